package dev.skein.server;

/** Encodes PUSH messages once for many receivers (PROTOCOL §10). */
public final class Messages {
  /** Bytes before the payload of a PUSH. */
  public static final int PUSH_HEADER_BYTES = 4;

  private Messages() {}

  /** {@code 0x03 ‖ ver ‖ cmd ‖ payload}. */
  public static byte[] push(int ver, int cmd, byte[] payload) {
    byte[] message = new byte[PUSH_HEADER_BYTES + payload.length];
    pushHeader(message, ver, cmd);
    System.arraycopy(payload, 0, message, PUSH_HEADER_BYTES, payload.length);
    return message;
  }

  /** Writes the header at the start of an array whose payload the caller fills in. */
  public static void pushHeader(byte[] message, int ver, int cmd) {
    if (ver < 0 || ver > 0xff || cmd < 0 || cmd > 0xffff) {
      throw new IllegalArgumentException("ver " + ver + ", cmd " + cmd + " is out of range");
    }
    message[0] = 0x03;
    message[1] = (byte) ver;
    message[2] = (byte) (cmd >>> 8);
    message[3] = (byte) cmd;
  }
}

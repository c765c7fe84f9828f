package dev.skein.server;

import dev.skein.protocol.packet.Varint;
import java.nio.charset.StandardCharsets;

/** Encodes the messages a server sends (PROTOCOL §10). Any thread. */
public final class Messages {
  /** Bytes before the payload of a PUSH. */
  public static final int PUSH_HEADER_BYTES = 4;

  private static final byte COMMAND = 0x01;
  private static final byte RESPONSE = 0x02;
  private static final byte PUSH = 0x03;
  private static final int COMMAND_NUMBER_BYTES = 3;

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
    checkNumber(ver, cmd);
    message[0] = PUSH;
    putNumber(message, 1, ver, cmd);
  }

  static void checkNumber(int ver, int cmd) {
    if (ver < 0 || ver > 0xff || cmd < 0 || cmd > 0xffff) {
      throw new IllegalArgumentException("ver " + ver + ", cmd " + cmd + " is out of range");
    }
  }

  static byte[] ok(Command command, byte[] payload) {
    byte[] message = response(command, Status.OK, payload.length);
    System.arraycopy(payload, 0, message, message.length - payload.length, payload.length);
    return message;
  }

  static byte[] failure(Command command, Status status, int code, String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    byte[] message = response(command, status, 2 + utf8.length);
    int at = message.length - utf8.length;
    System.arraycopy(utf8, 0, message, at, utf8.length);
    message[at - 2] = (byte) (code >>> 8);
    message[at - 1] = (byte) code;
    return message;
  }

  /**
   * Where the payload of a COMMAND begins.
   *
   * @return -1 if the bytes are no COMMAND
   */
  static int payloadOffset(byte[] message, int offset, int length) {
    if (length < 2 || message[offset] != COMMAND) {
      return -1;
    }
    int header = 1 + Varint.encodedBytes(message[offset + 1]) + COMMAND_NUMBER_BYTES;
    return length < header ? -1 : offset + header;
  }

  private static byte[] response(Command command, Status status, int restBytes) {
    int idBytes = Varint.size(command.requestId());
    byte[] message = new byte[1 + idBytes + COMMAND_NUMBER_BYTES + 1 + restBytes];
    message[0] = RESPONSE;
    int at = Varint.write(message, 1, command.requestId());
    putNumber(message, at, command.ver(), command.cmd());
    message[at + COMMAND_NUMBER_BYTES] = (byte) status.code();
    return message;
  }

  private static void putNumber(byte[] message, int at, int ver, int cmd) {
    message[at] = (byte) ver;
    message[at + 1] = (byte) (cmd >>> 8);
    message[at + 2] = (byte) cmd;
  }
}

package dev.skein.client;

import dev.skein.protocol.packet.Varint;

/** The layout of commands, responses and pushes (PROTOCOL §10). */
final class CommandWire {
  static final int COMMAND = 0x01;
  static final int RESPONSE = 0x02;
  static final int PUSH = 0x03;

  static final int OK = 1;
  static final int BAD = 4;
  static final int ERR = 5;

  private CommandWire() {}

  /** A COMMAND; request id 0 wants no OK answer. */
  static byte[] command(long requestId, int ver, int cmd, byte[] payload) {
    byte[] message = new byte[1 + Varint.size(requestId) + 3 + payload.length];
    message[0] = COMMAND;
    int at = Varint.write(message, 1, requestId);
    message[at] = (byte) ver;
    message[at + 1] = (byte) (cmd >>> 8);
    message[at + 2] = (byte) cmd;
    System.arraycopy(payload, 0, message, at + 3, payload.length);
    return message;
  }
}

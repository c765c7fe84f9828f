package dev.skein.simulation;

import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.PayloadReader;

/** A PUSH as a client got it. */
@SuppressWarnings("ArrayRecordComponent")
public record SimPush(int ver, int cmd, byte[] payload, Channel channel) {
  private static final int PUSH = 0x03;

  static SimPush decode(byte[] message, Channel channel) {
    PayloadReader in = new PayloadReader(message);
    if (in.u8() != PUSH) {
      throw new AssertionError("a server sent a user something that is no PUSH");
    }
    return new SimPush(in.u8(), in.u16(), in.rest(), channel);
  }
}

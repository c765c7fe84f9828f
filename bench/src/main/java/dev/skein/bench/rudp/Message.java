package dev.skein.bench.rudp;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * What is sent: the player, the sequence number, and when it was due to be sent. Both ends read the
 * same monotonic clock, for they are on one machine.
 */
final class Message {
  /** The least a message can be. */
  static final int HEADER_BYTES = 16;

  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private Message() {}

  static byte[] of(int bytes, int player, int sequence, long dueNanos) {
    byte[] message = new byte[bytes];
    INT.set(message, 0, player);
    INT.set(message, 4, sequence);
    LONG.set(message, 8, dueNanos);
    return message;
  }

  static int player(byte[] buffer, int offset) {
    return (int) INT.get(buffer, offset);
  }

  static int sequence(byte[] buffer, int offset) {
    return (int) INT.get(buffer, offset + 4);
  }

  static long dueNanos(byte[] buffer, int offset) {
    return (long) LONG.get(buffer, offset + 8);
  }
}

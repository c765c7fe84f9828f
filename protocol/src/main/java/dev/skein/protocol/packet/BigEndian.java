package dev.skein.protocol.packet;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** Fixed-width big-endian integers in byte arrays. */
public final class BigEndian {
  private static final VarHandle SHORT =
      MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle INT =
      MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

  private BigEndian() {}

  /** The u16 at {@code offset}, 0 to 65535. */
  public static int getShort(byte[] in, int offset) {
    return (short) SHORT.get(in, offset) & 0xFFFF;
  }

  public static void putShort(byte[] out, int offset, int value) {
    SHORT.set(out, offset, (short) value);
  }

  public static int getInt(byte[] in, int offset) {
    return (int) INT.get(in, offset);
  }

  public static void putInt(byte[] out, int offset, int value) {
    INT.set(out, offset, value);
  }

  public static long getLong(byte[] in, int offset) {
    return (long) LONG.get(in, offset);
  }

  public static void putLong(byte[] out, int offset, long value) {
    LONG.set(out, offset, value);
  }
}

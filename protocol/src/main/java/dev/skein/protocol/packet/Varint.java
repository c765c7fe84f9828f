package dev.skein.protocol.packet;

/**
 * The variable-length integer of RFC 9000 §16: the two top bits of the first byte give the length
 * 1, 2, 4 or 8, and 6, 14, 30 or 62 bits of value follow, big-endian.
 */
public final class Varint {
  /** The largest value that can be written, 2^62 - 1. */
  public static final long MAX = (1L << 62) - 1;

  /** The longest encoding in bytes. */
  public static final int MAX_BYTES = 8;

  private Varint() {}

  /**
   * The bytes {@link #write} needs for this value.
   *
   * @throws IllegalArgumentException if the value is negative or above {@link #MAX}
   */
  public static int size(long value) {
    if (value < 0 || value > MAX) {
      throw new IllegalArgumentException("value " + value + " is not within 0..2^62-1");
    }
    if (value < 1 << 6) {
      return 1;
    }
    if (value < 1 << 14) {
      return 2;
    }
    return value < 1 << 30 ? 4 : 8;
  }

  /**
   * Writes the shortest encoding.
   *
   * @return the offset after it
   * @throws IllegalArgumentException if the value is negative or above {@link #MAX}
   * @throws IndexOutOfBoundsException if it does not fit into the array
   */
  public static int write(byte[] out, int offset, long value) {
    switch (size(value)) {
      case 1 -> out[offset] = (byte) value;
      case 2 -> {
        out[offset] = (byte) (0x40 | value >>> 8);
        out[offset + 1] = (byte) value;
      }
      case 4 -> BigEndian.putInt(out, offset, (int) value | 0x8000_0000);
      default -> BigEndian.putLong(out, offset, value | 0xC000_0000_0000_0000L);
    }
    return offset + size(value);
  }

  /** The length, 1 to 8 bytes, of the encoding that starts with this byte. */
  public static int encodedBytes(byte first) {
    return 1 << ((first & 0xC0) >>> 6);
  }

  /**
   * Reads the encoding at {@code offset}; the caller has checked that {@link #encodedBytes} bytes
   * are there. The shortest form is not required.
   */
  public static long read(byte[] in, int offset) {
    byte first = in[offset];
    return switch ((first & 0xC0) >>> 6) {
      case 0 -> first;
      case 1 -> (first & 0x3F) << 8 | in[offset + 1] & 0xFF;
      case 2 -> BigEndian.getInt(in, offset) & 0x3FFF_FFFF;
      default -> BigEndian.getLong(in, offset) & MAX;
    };
  }
}

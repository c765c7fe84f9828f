package dev.skein.protocol.packet;

/**
 * The clear part of a packet (PROTOCOL §6.1): {@code flags ‖ [connection id] ‖ 1 to 4 bytes of
 * number}. The packet number is shortened as in RFC 9000 §17.1 and restored as in its appendix A.3.
 */
public final class PacketHeader {
  /** Where the connection id starts in a packet from the client. */
  public static final int CONNECTION_ID_OFFSET = 1;

  /** Bytes of a connection id. */
  public static final int CONNECTION_ID_BYTES = 8;

  /** The longest header: flags, connection id, number. */
  public static final int MAX_BYTES = 1 + CONNECTION_ID_BYTES + 4;

  /** Sending stops here (PROTOCOL §6.1). */
  public static final long MAX_NUMBER = 1L << 40;

  private static final int FIXED = 0b0100_0000;
  private static final int WITH_ID = 0b0010_0000;
  private static final int NUMBER_BYTES_MASK = 0b0000_0011;
  private static final int FORM_MASK = 0xFF & ~NUMBER_BYTES_MASK;

  private PacketHeader() {}

  /** True if a datagram that starts with this byte is a packet of a client (it carries an id). */
  public static boolean fromClient(byte flags) {
    return (flags & FORM_MASK) == (FIXED | WITH_ID);
  }

  /** True if a datagram that starts with this byte is a packet of a server (without an id). */
  public static boolean fromServer(byte flags) {
    return (flags & FORM_MASK) == FIXED;
  }

  /** The length of the header that starts with these flags, whoever sent it. */
  public static int bytes(byte flags) {
    return numberOffset(flags) + numberBytes(flags);
  }

  private static int numberBytes(byte flags) {
    return 1 + (flags & NUMBER_BYTES_MASK);
  }

  private static int numberOffset(byte flags) {
    return (flags & WITH_ID) == 0 ? 1 : 1 + CONNECTION_ID_BYTES;
  }

  /**
   * How many bytes of {@code number} the receiver needs.
   *
   * @param largestAcked the largest number the receiver is known to have, -1 for none
   */
  public static int numberBytes(long number, long largestAcked) {
    long unacked = number - largestAcked;
    // One bit more than the distance, so that the window of appendix A.3 contains the number.
    int bits = 64 - Long.numberOfLeadingZeros(unacked) + 1;
    // Four suffice even if the peer never acknowledges: it decodes against the largest it has.
    return Math.clamp((bits + 7) >>> 3, 1, 4);
  }

  /**
   * Writes a client's header.
   *
   * @return the offset after it
   */
  public static int writeFromClient(
      byte[] out, int offset, long connectionId, long number, long largestAcked) {
    int numberBytes = numberBytes(number, largestAcked);
    out[offset] = (byte) (FIXED | WITH_ID | numberBytes - 1);
    BigEndian.putLong(out, offset + CONNECTION_ID_OFFSET, connectionId);
    return writeNumber(out, offset + 1 + CONNECTION_ID_BYTES, number, numberBytes);
  }

  /**
   * Writes a server's header.
   *
   * @return the offset after it
   */
  public static int writeFromServer(byte[] out, int offset, long number, long largestAcked) {
    int numberBytes = numberBytes(number, largestAcked);
    out[offset] = (byte) (FIXED | numberBytes - 1);
    return writeNumber(out, offset + 1, number, numberBytes);
  }

  private static int writeNumber(byte[] out, int offset, long number, int numberBytes) {
    for (int shift = (numberBytes - 1) * 8; shift >= 0; shift -= 8) {
      out[offset++] = (byte) (number >>> shift);
    }
    return offset;
  }

  /**
   * The full number of the packet whose header starts at {@code offset}; the caller has checked
   * that {@link #bytes} bytes are there.
   *
   * @param largest the largest number opened so far, -1 for none
   */
  public static long number(byte[] in, int offset, long largest) {
    byte flags = in[offset];
    int at = offset + numberOffset(flags);
    int numberBytes = numberBytes(flags);
    long truncated = 0;
    for (int i = 0; i < numberBytes; i++) {
      truncated = truncated << 8 | in[at + i] & 0xFF;
    }
    return restore(truncated, numberBytes * 8, largest);
  }

  /** RFC 9000 appendix A.3. */
  static long restore(long truncated, int bits, long largest) {
    long expected = largest + 1;
    long window = 1L << bits;
    long half = window / 2;
    long candidate = expected & -window | truncated;
    if (candidate <= expected - half && candidate < (1L << 62) - window) {
      return candidate + window;
    }
    if (candidate > expected + half && candidate >= window) {
      return candidate - window;
    }
    return candidate;
  }
}

package dev.skein.testkit;

import java.nio.ByteBuffer;

/**
 * A payload that tells who it is: its stream, its place in the stream, and a filling that follows
 * from both, so that a mix-up or a torn message shows.
 */
final class Stamp {
  /** The shortest payload. */
  static final int MIN_BYTES = 12;

  private Stamp() {}

  static byte[] of(int stream, long sequence, int bytes) {
    if (bytes < MIN_BYTES) {
      throw new IllegalArgumentException("bytes " + bytes + " is below " + MIN_BYTES);
    }
    byte[] payload = new byte[bytes];
    ByteBuffer.wrap(payload).putInt(stream).putLong(sequence);
    for (int i = MIN_BYTES; i < bytes; i++) {
      payload[i] = filling(stream, sequence, i);
    }
    return payload;
  }

  /** The sequence of an intact payload of this stream. */
  static long check(int stream, byte[] buffer, int offset, int length) {
    if (length < MIN_BYTES) {
      throw new AssertionError("stream " + stream + ": a message of " + length + " bytes arrived");
    }
    ByteBuffer payload = ByteBuffer.wrap(buffer, offset, length);
    int actualStream = payload.getInt();
    long sequence = payload.getLong();
    if (actualStream != stream) {
      throw new AssertionError("stream " + stream + ": a message of " + actualStream + " arrived");
    }
    for (int i = MIN_BYTES; i < length; i++) {
      if (buffer[offset + i] != filling(stream, sequence, i)) {
        throw new AssertionError(
            "stream " + stream + ": message " + sequence + " is torn at byte " + i);
      }
    }
    return sequence;
  }

  private static byte filling(int stream, long sequence, int i) {
    return (byte) (stream * 31 + sequence * 7 + i);
  }
}

package dev.skein.testkit;

import java.util.BitSet;

/**
 * Checks one stream of messages without order: at most once each, and by {@link #isComplete}
 * whether all came. Fails with an {@link AssertionError} at the first duplicate.
 */
public final class ExactlyOnce {
  private final int stream;
  private final BitSet arrived = new BitSet();
  private int sent;

  /** A checker of the stream with this number. */
  public ExactlyOnce(int stream) {
    this.stream = stream;
  }

  /** The next payload to send, of at least 12 bytes. */
  public byte[] next(int bytes) {
    return Stamp.of(stream, sent++, bytes);
  }

  /** A payload arrived. */
  public void arrived(byte[] buffer, int offset, int length) {
    int sequence = (int) Stamp.check(stream, buffer, offset, length);
    if (sequence >= sent) {
      throw new AssertionError("stream " + stream + ": message " + sequence + " was never sent");
    }
    if (arrived.get(sequence)) {
      throw new AssertionError("stream " + stream + ": message " + sequence + " came twice");
    }
    arrived.set(sequence);
  }

  public long sent() {
    return sent;
  }

  public long received() {
    return arrived.cardinality();
  }

  /** True if everything sent has arrived. */
  public boolean isComplete() {
    return arrived.cardinality() == sent;
  }
}

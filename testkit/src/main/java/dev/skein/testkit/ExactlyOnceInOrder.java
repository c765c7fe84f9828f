package dev.skein.testkit;

/**
 * Checks one reliable-ordered stream of messages: every message arrives, once, in the order sent.
 * Fails with an {@link AssertionError} at the first that does not.
 */
public final class ExactlyOnceInOrder {
  private final int stream;
  private long sent;
  private long received;

  /** A checker of the stream with this number. */
  public ExactlyOnceInOrder(int stream) {
    this.stream = stream;
  }

  /** The next payload to send, of at least 12 bytes. */
  public byte[] next(int bytes) {
    return Stamp.of(stream, sent++, bytes);
  }

  /** A payload arrived. */
  public void arrived(byte[] buffer, int offset, int length) {
    long sequence = Stamp.check(stream, buffer, offset, length);
    if (sequence != received || sequence >= sent) {
      throw new AssertionError(
          "stream " + stream + ": expected message " + received + ", got " + sequence);
    }
    received++;
  }

  /** Payloads made so far. */
  public long sent() {
    return sent;
  }

  /** Payloads arrived so far. */
  public long received() {
    return received;
  }

  /** True if everything sent has arrived. */
  public boolean isComplete() {
    return received == sent;
  }
}

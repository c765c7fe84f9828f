package dev.skein.testkit;

/**
 * Checks one sequenced stream: a message may be missing, but none comes after a newer one, and none
 * twice. Fails with an {@link AssertionError} at the first that does.
 */
public final class NewestOnly {
  private final int stream;
  private long sent;
  private long newest = -1;
  private long received;

  /** A checker of the stream with this number. */
  public NewestOnly(int stream) {
    this.stream = stream;
  }

  /** The next payload to send, of at least 12 bytes. */
  public byte[] next(int bytes) {
    return Stamp.of(stream, sent++, bytes);
  }

  /** A payload arrived. */
  public void arrived(byte[] buffer, int offset, int length) {
    long sequence = Stamp.check(stream, buffer, offset, length);
    if (sequence <= newest) {
      throw new AssertionError(
          "stream " + stream + ": message " + sequence + " came after " + newest);
    }
    newest = sequence;
    received++;
  }

  public long sent() {
    return sent;
  }

  public long received() {
    return received;
  }
}

package dev.skein.cli.bot;

/**
 * Judges the sequence numbers that one bot hears from one other. Confined to the listener's thread.
 *
 * <p>It remembers the last {@value #WINDOW_MESSAGES} numbers; one older than that is taken for a
 * late first arrival, as there is no telling any more.
 */
final class SequenceWindow {
  static final int WINDOW_MESSAGES = 1024;

  /** What a number means. */
  enum Verdict {
    /** The newest so far. */
    IN_ORDER,
    /** Heard for the first time, after a newer one. */
    LATE,
    /** Heard before. */
    DUPLICATE
  }

  private final long[] heard = new long[WINDOW_MESSAGES / Long.SIZE];
  private int newest = -1;

  Verdict hear(int sequence) {
    if (sequence > newest) {
      forget(newest + 1, sequence);
      newest = sequence;
      mark(sequence);
      return Verdict.IN_ORDER;
    }
    if (sequence <= newest - WINDOW_MESSAGES) {
      return Verdict.LATE;
    }
    if (isMarked(sequence)) {
      return Verdict.DUPLICATE;
    }
    mark(sequence);
    return Verdict.LATE;
  }

  private void forget(int from, int to) {
    int first = Math.max(from, to - WINDOW_MESSAGES + 1);
    for (int sequence = first; sequence <= to; sequence++) {
      heard[word(sequence)] &= ~bit(sequence);
    }
  }

  private void mark(int sequence) {
    heard[word(sequence)] |= bit(sequence);
  }

  private boolean isMarked(int sequence) {
    return (heard[word(sequence)] & bit(sequence)) != 0;
  }

  private static int word(int sequence) {
    return (sequence & (WINDOW_MESSAGES - 1)) >>> 6;
  }

  private static long bit(int sequence) {
    return 1L << sequence;
  }
}

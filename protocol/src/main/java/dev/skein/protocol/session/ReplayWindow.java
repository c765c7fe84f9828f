package dev.skein.protocol.session;

/**
 * The packet numbers that have opened, over the last {@value #SIZE} (PROTOCOL §6.1). Asked before a
 * packet is opened, changed only after.
 */
final class ReplayWindow {
  static final int SIZE = 1024;

  /** One more than the window fills, since its ends rarely fall on the edges of words. */
  private static final int WORDS = SIZE / Long.SIZE + 1;

  private final long[] seen = new long[WORDS];
  private long largest = -1;

  /** The largest number so far, -1 for none. */
  long largest() {
    return largest;
  }

  /** True if this number must not be opened: seen, or too old to tell. */
  boolean refuses(long number) {
    if (number > largest) {
      return false;
    }
    return largest - number >= SIZE || (seen[word(number)] & bit(number)) != 0;
  }

  /** Remembers a number that {@link #refuses} did not. */
  void add(long number) {
    if (number > largest) {
      slideTo(number);
    }
    seen[word(number)] |= bit(number);
  }

  private void slideTo(long number) {
    long firstNewWord = (largest >> 6) + 1;
    long lastNewWord = number >> 6;
    for (long w = Math.max(firstNewWord, lastNewWord - WORDS + 1); w <= lastNewWord; w++) {
      seen[(int) (w % WORDS)] = 0;
    }
    largest = number;
  }

  private static int word(long number) {
    return (int) ((number >> 6) % WORDS);
  }

  private static long bit(long number) {
    return 1L << number;
  }
}

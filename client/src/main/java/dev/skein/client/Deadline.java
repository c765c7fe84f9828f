package dev.skein.client;

/**
 * Something that is due at a moment; stands in at most one {@link Deadlines}. Confined to the loop.
 */
abstract class Deadline {
  static final long NEVER = Long.MAX_VALUE;

  long atNanos = NEVER;

  /** Where it stands in the heap, -1 while it stands in none. */
  int place = -1;

  /** Called once, after it has been taken out. */
  abstract void onDue(long nowNanos);

  /** The earlier of two moments, either of which may be NEVER. */
  static long earlier(long a, long b) {
    if (a == NEVER || b == NEVER) {
      return a == NEVER ? b : a;
    }
    return a - b <= 0 ? a : b;
  }
}

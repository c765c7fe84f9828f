package dev.skein.client;

import java.util.concurrent.TimeUnit;

/**
 * The pauses between attempts to be heard again (PROTOCOL §8.4): none, then 250 ms doubling to 2 s.
 * Confined to the loop.
 */
final class Backoff {
  private static final long FIRST_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  private static final long MAX_NANOS = TimeUnit.SECONDS.toNanos(2);

  private long pauseNanos = FIRST_NANOS;

  /** The pause after the attempt made now; longer each time. */
  long next() {
    long pause = pauseNanos;
    pauseNanos = Math.min(2 * pauseNanos, MAX_NANOS);
    return pause;
  }

  void reset() {
    pauseNanos = FIRST_NANOS;
  }
}

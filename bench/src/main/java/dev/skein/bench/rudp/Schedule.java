package dev.skein.bench.rudp;

import java.util.concurrent.TimeUnit;

/**
 * When what is sent, the same for both ends. Players are spread evenly over one interval. Traffic
 * goes on for a moment after the measured time, so that its last messages are recovered as all
 * others are.
 *
 * @param startNanos the first message, of {@link System#nanoTime}
 */
record Schedule(
    long startNanos, int players, int perSecond, int messageBytes, int warmupMillis, int millis) {
  /** Traffic after the measured time. */
  static final int AFTER_MILLIS = 1_000;

  /** Silence after the traffic, for stragglers. */
  static final int STRAGGLERS_MILLIS = 1_500;

  long measureFromNanos() {
    return startNanos + TimeUnit.MILLISECONDS.toNanos(warmupMillis);
  }

  long measureToNanos() {
    return measureFromNanos() + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  long endNanos() {
    return measureToNanos() + TimeUnit.MILLISECONDS.toNanos(AFTER_MILLIS);
  }

  /** When the n-th message of all is due; it is for player n modulo players. */
  long dueNanos(long n) {
    return startNanos + n * TimeUnit.SECONDS.toNanos(1) / ((long) perSecond * players);
  }

  boolean measured(long dueNanos) {
    return dueNanos - measureFromNanos() >= 0 && dueNanos - measureToNanos() < 0;
  }

  /** The schedule as arguments of a peer process; {@link #parse} reads them. */
  String encode() {
    return "%d,%d,%d,%d,%d,%d"
        .formatted(startNanos, players, perSecond, messageBytes, warmupMillis, millis);
  }

  static Schedule parse(String text) {
    String[] parts = text.split(",", -1);
    return new Schedule(
        Long.parseLong(parts[0]),
        Integer.parseInt(parts[1]),
        Integer.parseInt(parts[2]),
        Integer.parseInt(parts[3]),
        Integer.parseInt(parts[4]),
        Integer.parseInt(parts[5]));
  }
}

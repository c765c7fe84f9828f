package dev.skein.protocol.session;

import java.util.concurrent.TimeUnit;

/** The round-trip time of one path as RFC 9002 §5 estimates it. Nanoseconds throughout. */
final class RttEstimator {
  /** Assumed until the first sample; a third of RFC 9002's, since a probe too early is cheap. */
  static final long INITIAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** No timer is shorter (RFC 9002 kGranularity). */
  static final long GRANULARITY_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  /** The least allowance for jitter in a probe timeout. */
  static final long PROBE_MARGIN_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(4);

  private long latest = INITIAL_NANOS;
  private long smoothed = INITIAL_NANOS;
  private long variation = INITIAL_NANOS / 2;
  private long min = Long.MAX_VALUE;

  /**
   * Takes a sample.
   *
   * @param ackDelayNanos how long the peer says it held the ack back, already limited to the agreed
   *     maximum
   */
  void sample(long rttNanos, long ackDelayNanos) {
    latest = Math.max(rttNanos, 1);
    if (min == Long.MAX_VALUE) {
      min = latest;
      // An ack may be held back on purpose: take the delay off at once, or the first estimate of a
      // stream of unreliable packets would be too long by the whole delay.
      smoothed = Math.max(latest - ackDelayNanos, GRANULARITY_NANOS);
      variation = smoothed / 2;
      return;
    }
    min = Math.min(min, latest);
    long adjusted = latest - ackDelayNanos >= min ? latest - ackDelayNanos : latest;
    variation += (Math.abs(smoothed - adjusted) - variation) / 4;
    smoothed += (adjusted - smoothed) / 8;
    latest = adjusted;
  }

  /** Forgets everything: the path changed. */
  void reset() {
    latest = INITIAL_NANOS;
    smoothed = INITIAL_NANOS;
    variation = INITIAL_NANOS / 2;
    min = Long.MAX_VALUE;
  }

  long smoothedNanos() {
    return smoothed;
  }

  /** How much older than an acknowledged packet a lost one is (RFC 9002 §6.1.2, 9/8 RTT). */
  long lossDelayNanos() {
    long rtt = Math.max(latest, smoothed);
    return Math.max(rtt + rtt / 8, GRANULARITY_NANOS);
  }

  /**
   * How long to wait for an ack that is sent at once (RFC 9002 §6.2.1 without max_ack_delay, which
   * reliable packets do not have here).
   */
  long probeNanos() {
    return smoothed + Math.max(4 * variation, PROBE_MARGIN_MIN_NANOS);
  }
}

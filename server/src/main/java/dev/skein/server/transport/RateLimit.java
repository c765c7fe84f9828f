package dev.skein.server.transport;

import java.util.concurrent.TimeUnit;

/**
 * A token bucket without a bucket: the state of one peer is one {@code long}, the time until which
 * it has spent its allowance (the generic cell rate algorithm, ITU-T I.371 annex A). Immutable; the
 * caller keeps the state.
 */
final class RateLimit {
  /** What {@link #spend} answers when it is too much. */
  static final long REFUSED = Long.MIN_VALUE;

  private final double nanosPerUnit;
  private final long burstNanos;

  /**
   * @param unitsPerSecond sustained
   * @param burstUnits that may come at once after silence
   */
  RateLimit(long unitsPerSecond, long burstUnits) {
    this.nanosPerUnit = (double) TimeUnit.SECONDS.toNanos(1) / unitsPerSecond;
    this.burstNanos = Math.round(burstUnits * nanosPerUnit);
  }

  /** The state of a peer that has spent nothing. */
  long fresh(long nowNanos) {
    return nowNanos - burstNanos;
  }

  /**
   * The new state after spending so many units now, or {@link #REFUSED}: then it stays as it was.
   */
  long spend(long spentUntil, long units, long nowNanos) {
    long from = Math.max(spentUntil, nowNanos - burstNanos);
    long until = from + Math.round(units * nanosPerUnit);
    return until <= nowNanos ? until : REFUSED;
  }
}

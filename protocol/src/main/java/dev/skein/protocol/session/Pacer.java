package dev.skein.protocol.session;

import java.util.concurrent.TimeUnit;

/**
 * Spreads a congestion window over a round trip (RFC 9002 §7.7): a bucket that holds a burst of 10
 * datagrams and fills at 5/4 windows per round trip.
 */
final class Pacer {
  static final int BURST_BYTES = 10 * SessionConfig.MAX_DATAGRAM_BYTES;
  private static final long FILL_MAX_NANOS = TimeUnit.SECONDS.toNanos(1);

  private int tokens = BURST_BYTES;
  private long filledNanos;

  Pacer(long nowNanos) {
    filledNanos = nowNanos;
  }

  void onSent(int bytes) {
    tokens -= bytes;
  }

  /** When a full datagram may leave: now or earlier if there are tokens. */
  long readyNanos(long nowNanos, int windowBytes, long rttNanos) {
    if (tokens >= SessionConfig.MAX_DATAGRAM_BYTES) {
      return nowNanos;
    }
    long rate = windowBytes + windowBytes / 4L;
    long elapsed = Math.min(nowNanos - filledNanos, FILL_MAX_NANOS);
    long earned = elapsed * rate / rttNanos;
    if (tokens + earned >= BURST_BYTES) {
      tokens = BURST_BYTES;
      filledNanos = nowNanos;
    } else {
      // Move the mark by what whole bytes took, or frequent calls would round the rest away.
      tokens += (int) earned;
      filledNanos += earned * rttNanos / rate;
    }
    int missing = SessionConfig.MAX_DATAGRAM_BYTES - tokens;
    return missing <= 0 ? nowNanos : filledNanos + missing * rttNanos / rate + 1;
  }

  void reset(long nowNanos) {
    tokens = BURST_BYTES;
    filledNanos = nowNanos;
  }
}

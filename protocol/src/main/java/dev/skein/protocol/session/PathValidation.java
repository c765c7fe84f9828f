package dev.skein.protocol.session;

import java.net.SocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Which address a server sends to, and the proof it asks for before it believes in another
 * (PROTOCOL §8.3).
 */
final class PathValidation {
  static final long CHALLENGE_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  static final long CHALLENGE_INTERVAL_MAX_NANOS = TimeUnit.SECONDS.toNanos(2);

  /** An unproven address gets at most this many times what it sent. */
  static final int AMPLIFICATION_LIMIT = 3;

  private SocketAddress path;
  private @Nullable SocketAddress candidate;
  private long token;
  private long allowanceBytes;
  private long nextChallengeNanos = Long.MAX_VALUE;
  private long intervalNanos;

  PathValidation(SocketAddress path) {
    this.path = path;
  }

  /** The validated address. */
  SocketAddress path() {
    return path;
  }

  /** The address a challenge goes to; the validated one if none is open. */
  SocketAddress candidate() {
    return candidate == null ? path : candidate;
  }

  long token() {
    return token;
  }

  /** The newest packet so far, authentic, came from this address. */
  void onNewest(SocketAddress from, int bytes, RandomGenerator random, long nowNanos) {
    if (from.equals(path)) {
      candidate = null;
      nextChallengeNanos = Long.MAX_VALUE;
      return;
    }
    if (!from.equals(candidate)) {
      candidate = from;
      token = random.nextLong();
      allowanceBytes = 0;
      intervalNanos = CHALLENGE_INTERVAL_NANOS;
      nextChallengeNanos = nowNanos;
    }
    allowanceBytes += (long) AMPLIFICATION_LIMIT * bytes;
  }

  /** When the next challenge should leave. */
  long dueNanos() {
    return allowanceBytes > 0 ? nextChallengeNanos : Long.MAX_VALUE;
  }

  /** True if a challenge of this size may leave now. */
  boolean mayChallenge(int bytes, long nowNanos) {
    return dueNanos() <= nowNanos && bytes <= allowanceBytes;
  }

  /** A challenge did not fit into the allowance: wait for the candidate to send more. */
  void exhaust() {
    allowanceBytes = 0;
  }

  void onChallengeSent(int bytes, long nowNanos) {
    allowanceBytes -= bytes;
    nextChallengeNanos = nowNanos + intervalNanos;
    intervalNanos = Math.min(2 * intervalNanos, CHALLENGE_INTERVAL_MAX_NANOS);
  }

  /**
   * The peer answered a challenge.
   *
   * @return true if this proves the candidate, which is the path from now on
   */
  boolean onResponse(long answeredToken) {
    if (candidate == null || answeredToken != token) {
      return false;
    }
    path = candidate;
    candidate = null;
    nextChallengeNanos = Long.MAX_VALUE;
    return true;
  }
}

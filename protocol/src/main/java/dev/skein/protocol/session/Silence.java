package dev.skein.protocol.session;

import java.util.concurrent.TimeUnit;

/**
 * What follows from hearing and saying nothing (PROTOCOL §8.4): detach, give up, and for a client
 * the keep-alive and the search for the server from a new socket.
 */
final class Silence {
  static final long SEEK_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(250);
  static final long SEEK_INTERVAL_MAX_NANOS = TimeUnit.SECONDS.toNanos(2);

  private static final long NEVER = Long.MAX_VALUE;

  private final boolean client;
  private final long idleNanos;
  private final long resumeTtlNanos;
  private long heardNanos;
  private long spokenNanos;
  private long nextSeekNanos = NEVER;
  private long seekIntervalNanos;

  /** A seek has ended when the peer acknowledges a packet from this number on. */
  private long seekFrom;

  Silence(Role role, SessionConfig config, long nowNanos) {
    client = role == Role.CLIENT;
    idleNanos = TimeUnit.MILLISECONDS.toNanos(config.idleTimeoutMillis());
    resumeTtlNanos = TimeUnit.MILLISECONDS.toNanos(config.resumeTtlMillis());
    heardNanos = nowNanos;
    spokenNanos = nowNanos;
  }

  void onHeard(long nowNanos) {
    heardNanos = nowNanos;
  }

  void onSpoken(long nowNanos) {
    spokenNanos = nowNanos;
  }

  /** Starts PINGs that go on until the peer acknowledges one. */
  void seek(long firstNumber, long nowNanos) {
    seekFrom = firstNumber;
    seekIntervalNanos = SEEK_INTERVAL_NANOS;
    nextSeekNanos = nowNanos;
  }

  void onAcked(long largest) {
    if (largest >= seekFrom) {
      nextSeekNanos = NEVER;
    }
  }

  boolean isIdle(long nowNanos) {
    return nowNanos - heardNanos >= idleNanos;
  }

  boolean isGone(long nowNanos) {
    return nowNanos - heardNanos >= idleNanos + resumeTtlNanos;
  }

  /** Tells whether a PING is due, and plans the next. */
  boolean wantsPing(long nowNanos) {
    if (!client) {
      return false;
    }
    if (nowNanos >= nextSeekNanos) {
      nextSeekNanos = nowNanos + seekIntervalNanos;
      seekIntervalNanos = Math.min(2 * seekIntervalNanos, SEEK_INTERVAL_MAX_NANOS);
      return true;
    }
    return nowNanos >= keepAliveNanos();
  }

  private long keepAliveNanos() {
    return client ? spokenNanos + idleNanos / 3 : NEVER;
  }

  /** When something of this is due next. */
  long deadlineNanos(boolean detached) {
    long end = heardNanos + idleNanos + (detached ? resumeTtlNanos : 0);
    return Math.min(end, Math.min(nextSeekNanos, keepAliveNanos()));
  }
}

package dev.skein.protocol.session;

import java.util.concurrent.TimeUnit;

/** When a stream session has to act by itself (PROTOCOL §9). Confined to its session. */
final class StreamTimers {
  static final long NEVER = Long.MAX_VALUE;

  /** How long a reliable message may wait to be counted in a RECEIVED. */
  static final long RECEIVED_DELAY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final boolean keepsAlive;
  private final long idleNanos;
  private final long resumeTtlNanos;
  private final long packWindowNanos;

  private long lastReceivedNanos;
  private long lastSentNanos;
  private long lastPingNanos;
  private long detachedNanos;
  private long lastQueuedNanos;
  private long sendDueNanos = NEVER;
  private long receivedDueNanos = NEVER;

  StreamTimers(Role role, SessionConfig config, long nowNanos) {
    keepsAlive = role == Role.CLIENT;
    idleNanos = TimeUnit.MILLISECONDS.toNanos(config.idleTimeoutMillis());
    resumeTtlNanos = TimeUnit.MILLISECONDS.toNanos(config.resumeTtlMillis());
    packWindowNanos = config.packWindowNanos();
    lastQueuedNanos = nowNanos - packWindowNanos;
    onStream(nowNanos);
  }

  /** A new stream counts as a sign of life in both directions. */
  void onStream(long nowNanos) {
    lastReceivedNanos = nowNanos;
    lastSentNanos = nowNanos;
    lastPingNanos = nowNanos;
  }

  void onReceived(long nowNanos) {
    lastReceivedNanos = nowNanos;
  }

  void onDetached(long nowNanos) {
    detachedNanos = nowNanos;
    receivedDueNanos = NEVER;
  }

  /** A message was queued: after a pause it leaves at once, a steady flow collects for a window. */
  void onQueued(long nowNanos) {
    boolean afterPause = nowNanos - lastQueuedNanos >= packWindowNanos;
    lastQueuedNanos = nowNanos;
    if (sendDueNanos == NEVER) {
      sendDueNanos = afterPause ? nowNanos : nowNanos + packWindowNanos;
    }
  }

  /** Something must not wait. */
  void sendNow(long nowNanos) {
    sendDueNanos = Math.min(sendDueNanos, nowNanos);
  }

  void onReliableReceived(long nowNanos) {
    receivedDueNanos = Math.min(receivedDueNanos, nowNanos + RECEIVED_DELAY_NANOS);
  }

  void onReceivedReported() {
    receivedDueNanos = NEVER;
  }

  /** A record was written. */
  void onSent(boolean moreToSend, long nowNanos) {
    lastSentNanos = nowNanos;
    if (moreToSend) {
      sendDueNanos = nowNanos;
    } else {
      sendDueNanos = NEVER;
    }
  }

  /** There was nothing to write after all. */
  void onNothingToSend() {
    sendDueNanos = NEVER;
  }

  long nextSendNanos() {
    return Math.min(sendDueNanos, receivedDueNanos);
  }

  boolean isPingDue(long nowNanos) {
    return nowNanos >= pingDueNanos();
  }

  void onPing(long nowNanos) {
    lastPingNanos = nowNanos;
  }

  private long pingDueNanos() {
    if (!keepsAlive) {
      return NEVER;
    }
    long quietSince = Math.max(Math.min(lastReceivedNanos, lastSentNanos), lastPingNanos);
    return quietSince + idleNanos / 3;
  }

  long idleDueNanos() {
    return lastReceivedNanos + idleNanos;
  }

  long openDueNanos() {
    return Math.min(idleDueNanos(), pingDueNanos());
  }

  long expiryNanos() {
    return detachedNanos + resumeTtlNanos;
  }
}

package dev.skein.protocol.session;

/** NewReno as in RFC 9002 §7 and appendix B, in bytes. */
final class CongestionController {
  /** RFC 9002 kInitialWindow. */
  static final int INITIAL_WINDOW_BYTES = 10 * SessionConfig.MAX_DATAGRAM_BYTES;

  /**
   * Twice RFC 9002's kMinimumWindow, so that losses never block a thin stream, whose acks may be
   * held back and whose packets come singly (PROTOCOL §8.2).
   */
  static final int MIN_WINDOW_BYTES = 4 * SessionConfig.MAX_DATAGRAM_BYTES;

  /** No path of a game needs more; keeps the arithmetic and the ring of sent packets small. */
  static final int MAX_WINDOW_BYTES = 4 << 20;

  private int window = INITIAL_WINDOW_BYTES;
  private int threshold = Integer.MAX_VALUE;
  private int inFlight;
  private long recoveryStartNanos = Long.MIN_VALUE;

  int windowBytes() {
    return window;
  }

  int inFlightBytes() {
    return inFlight;
  }

  boolean isFull() {
    return inFlight >= window;
  }

  void onSent(int bytes) {
    inFlight += bytes;
  }

  /**
   * A packet was acknowledged.
   *
   * @param inFlightBefore bytes in flight when the ack arrived; a window that was not used does not
   *     grow (RFC 9002 §7.8)
   */
  void onAcked(int bytes, long sentNanos, int inFlightBefore) {
    inFlight -= bytes;
    if (sentNanos <= recoveryStartNanos || inFlightBefore < window / 2) {
      return;
    }
    int growth =
        window < threshold
            ? bytes
            : (int) Math.max(1, (long) SessionConfig.MAX_DATAGRAM_BYTES * bytes / window);
    window = Math.min(window + growth, MAX_WINDOW_BYTES);
  }

  /** A packet was lost: halves the window, once per round trip. */
  void onLost(int bytes, long sentNanos, long nowNanos) {
    inFlight -= bytes;
    if (sentNanos <= recoveryStartNanos) {
      return;
    }
    recoveryStartNanos = nowNanos;
    window = Math.max(window / 2, MIN_WINDOW_BYTES);
    threshold = window;
  }

  /** A packet is no longer expected, for a reason that says nothing about the path. */
  void onForgotten(int bytes) {
    inFlight -= bytes;
  }

  /** Nothing comes back: start over from the smallest window (RFC 9002 §7.6). */
  void onSilence() {
    window = MIN_WINDOW_BYTES;
  }

  /** Forgets what was learned: the path changed. */
  void reset() {
    window = INITIAL_WINDOW_BYTES;
    threshold = Integer.MAX_VALUE;
    recoveryStartNanos = Long.MIN_VALUE;
  }
}

package dev.skein.protocol.session;

/**
 * How much may be sent once more before anyone knows whether it was lost (PROTOCOL §8.2): a share
 * of what is sent for the first time, spent first on what was lost once already.
 */
final class RepeatBudget {
  /** Bytes that may be repeated, of a hundred sent for the first time. */
  private static final int SHARE_PERCENT = 28;

  /** Neither saved up nor owed beyond one datagram. */
  private static final int CREDIT_MAX_BYTES = SessionConfig.MAX_DATAGRAM_BYTES;

  private int creditBytes;

  /** So many bytes of a message were sent for the first time. */
  void earn(int bytes) {
    creditBytes = Math.min(CREDIT_MAX_BYTES, creditBytes + bytes * SHARE_PERCENT / 100);
  }

  /** So many bytes were sent again because they had to be. */
  void owe(int bytes) {
    creditBytes = Math.max(-CREDIT_MAX_BYTES, creditBytes - bytes);
  }

  /** Takes so many bytes out for a repeat nobody asked for, if they are there. */
  boolean spend(int bytes) {
    if (creditBytes < bytes) {
      return false;
    }
    creditBytes -= bytes;
    return true;
  }
}

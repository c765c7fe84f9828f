package dev.skein.server.transport;

/**
 * What the send queues of a shard's sessions hold together, against what they may: many slow
 * readers must not fill the heap, each within its own limit. Confined to its shard.
 */
final class QueueBudget {
  private final long maxBytes;
  private long heldBytes;

  QueueBudget(long maxBytes) {
    this.maxBytes = maxBytes;
  }

  /** A session holds so much more than before, or less. */
  void add(long bytes) {
    heldBytes += bytes;
  }

  /** True if there is nothing left. */
  boolean isSpent() {
    return heldBytes >= maxBytes;
  }

  /** True if a session that holds this much takes more than so many sessions may evenly. */
  boolean isOverShare(long bytes, int sessions) {
    return bytes > maxBytes / Math.max(1, sessions);
  }
}

package dev.skein.server.transport;

import java.util.concurrent.atomic.AtomicLong;

/** One {@link RateLimit} that several threads spend from. */
final class SharedRateLimit {
  private final RateLimit limit;
  private final AtomicLong spentUntil;

  SharedRateLimit(RateLimit limit, long nowNanos) {
    this.limit = limit;
    this.spentUntil = new AtomicLong(limit.fresh(nowNanos));
  }

  /** True if one more is within the limit; it is then spent. */
  boolean spendOne(long nowNanos) {
    while (true) {
      long before = spentUntil.get();
      long after = limit.spend(before, 1, nowNanos);
      if (after == RateLimit.REFUSED) {
        return false;
      }
      if (spentUntil.compareAndSet(before, after)) {
        return true;
      }
    }
  }
}

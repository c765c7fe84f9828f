package dev.skein.testkit.relay;

import java.util.concurrent.atomic.LongAdder;

/** The running totals behind {@link RelayStats}; any thread may read them. */
final class RelayCounters {
  final LongAdder forwarded = new LongAdder();
  final LongAdder lost = new LongAdder();
  final LongAdder duplicated = new LongAdder();
  final LongAdder reordered = new LongAdder();
  final LongAdder corrupted = new LongAdder();
  final LongAdder overflowed = new LongAdder();

  RelayStats snapshot() {
    return new RelayStats(
        forwarded.sum(),
        lost.sum(),
        duplicated.sum(),
        reordered.sum(),
        corrupted.sum(),
        overflowed.sum());
  }
}

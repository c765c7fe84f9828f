package dev.skein.mesh;

import java.util.concurrent.atomic.LongAdder;

/** What a mesh node counts. Thread-safe. */
final class MeshCounters {
  final LongAdder framesIn = new LongAdder();
  final LongAdder bytesIn = new LongAdder();
  final LongAdder framesOut = new LongAdder();
  final LongAdder bytesOut = new LongAdder();
  final LongAdder refused = new LongAdder();
  final LongAdder malformed = new LongAdder();
  final LongAdder dropped = new LongAdder();
  final LongAdder timeouts = new LongAdder();
  final LongAdder handlersFailed = new LongAdder();

  MeshStats snapshot(int requestsOutstanding) {
    return new MeshStats(
        framesIn.sum(),
        bytesIn.sum(),
        framesOut.sum(),
        bytesOut.sum(),
        refused.sum(),
        malformed.sum(),
        dropped.sum(),
        timeouts.sum(),
        handlersFailed.sum(),
        requestsOutstanding);
  }
}

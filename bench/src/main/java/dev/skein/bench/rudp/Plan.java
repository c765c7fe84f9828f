package dev.skein.bench.rudp;

/** What every protocol has to carry. */
record Plan(int players, int perSecond, int messageBytes, int warmupMillis, int millis, long seed) {

  Schedule startingAt(long nanos) {
    return new Schedule(nanos, players, perSecond, messageBytes, warmupMillis, millis);
  }
}

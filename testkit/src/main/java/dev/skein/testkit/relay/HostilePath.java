package dev.skein.testkit.relay;

import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/**
 * One direction between one client and the server: draws what happens to each thing that passes.
 * The n-th of a direction meets the same fate in every run of the same seed. Confined to its
 * relay's thread.
 */
final class HostilePath {
  /** How much later than its turn a reordered datagram comes, at most: several frames of a game. */
  private static final long REORDER_MAX_NANOS = TimeUnit.MILLISECONDS.toNanos(60);

  private static final long REORDER_MIN_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

  private final SplittableRandom random;

  /** The {@code lane} tells the directions and clients of one relay apart. */
  HostilePath(long seed, long lane) {
    // The odd multiplier spreads neighbouring lanes over the seed space (Fibonacci hashing).
    random = new SplittableRandom(seed ^ (lane * 0x9e3779b97f4a7c15L));
  }

  boolean hits(double percent) {
    return random.nextDouble(100) < percent;
  }

  long delayNanos(Hostility hostility) {
    int jitter = hostility.jitterMillis();
    double millis =
        hostility.delayMillis() + (jitter == 0 ? 0 : random.nextDouble(-jitter, jitter));
    return Math.max(0, (long) (millis * 1_000_000));
  }

  long holdNanos() {
    return random.nextLong(REORDER_MIN_NANOS, REORDER_MAX_NANOS);
  }

  int between(int from, int toInclusive) {
    return random.nextInt(from, toInclusive + 1);
  }

  /** An exponentially distributed time: what is left until an event that comes at random. */
  long randomNanos(int meanMillis) {
    return (long) (-Math.log1p(-random.nextDouble()) * meanMillis * 1_000_000);
  }

  void turnOneBit(byte[] bytes) {
    if (bytes.length > 0) {
      int bit = random.nextInt(bytes.length * 8);
      bytes[bit >>> 3] ^= (byte) (1 << (bit & 7));
    }
  }
}

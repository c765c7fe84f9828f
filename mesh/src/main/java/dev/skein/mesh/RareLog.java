package dev.skein.mesh;

import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;

/**
 * Warnings of which a broken node could cause thousands: one a second at most, which tells how many
 * were left out. Thread-safe.
 */
final class RareLog {
  private static final long EVERY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private final Logger log;
  private final MeshRuntime runtime;
  private long nextNanos;
  private long leftOut;

  RareLog(Logger log, MeshRuntime runtime) {
    this.log = log;
    this.runtime = runtime;
    this.nextNanos = runtime.nanoTime();
  }

  /** Warns, with the placeholders of SLF4J. */
  void warn(String text, Object... arguments) {
    long before = turn();
    if (before >= 0) {
      log.warn(before == 0 ? text : text + " (and " + before + " warnings like it)", arguments);
    }
  }

  /** The warnings left out since the last one; -1 if this one is to be left out too. */
  private synchronized long turn() {
    long nowNanos = runtime.nanoTime();
    if (nowNanos - nextNanos < 0) {
      leftOut++;
      return -1;
    }
    long before = leftOut;
    leftOut = 0;
    nextNanos = nowNanos + EVERY_NANOS;
    return before;
  }
}

package dev.skein.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.concurrent.TimeUnit;

/**
 * The JIT compilers, whose time would be counted as that of the code they compile: of two nodes
 * with half the work each they take twice as long.
 */
final class Compilers {
  /** What a process is asked for to tell {@link #millis}. */
  static final String QUESTION = "compiled";

  /** How long to look at them at a time. */
  static final int LOOK_SECONDS = 3;

  private static final int LIMIT_SECONDS = 180;
  private static final double QUIET_SHARE = 0.01;

  private Compilers() {}

  /** What is known of how long the compilers of processes have worked. */
  interface Total {
    long millis() throws IOException;
  }

  /** How long those of this process have worked. */
  static long millis() {
    return ManagementFactory.getCompilationMXBean().getTotalCompilationTime();
  }

  /** Whether they had little to do in {@link #LOOK_SECONDS}. */
  static boolean areQuiet(long millis) {
    return millis < TimeUnit.SECONDS.toMillis(LOOK_SECONDS) * QUIET_SHARE;
  }

  /** Blocks until they have little to do, at most three minutes. */
  static void awaitQuiet(Total total) throws IOException, InterruptedException {
    long before = total.millis();
    for (int waited = 0; waited < LIMIT_SECONDS; waited += LOOK_SECONDS) {
      TimeUnit.SECONDS.sleep(LOOK_SECONDS);
      long now = total.millis();
      if (areQuiet(now - before)) {
        return;
      }
      before = now;
    }
    System.err.println("The compilers are not done yet: the figures will be too high.");
  }
}

package dev.skein.module;

import java.util.function.LongConsumer;

/** Runs a simulation with one seed after the other. */
public final class Seeds {
  private Seeds() {}

  /**
   * From 1 to {@code count}.
   *
   * @throws AssertionError naming the seed, if a run throws
   */
  public static void each(int count, LongConsumer simulation) {
    for (long seed = 1; seed <= count; seed++) {
      try {
        simulation.accept(seed);
      } catch (Throwable failed) {
        throw new AssertionError(
            "seed " + seed + " (replay: new Simulation(" + seed + "L).run())", failed);
      }
    }
  }
}

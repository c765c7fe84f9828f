package dev.skein.bench;

import dev.skein.cli.bot.Crowd;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.HdrHistogram.Histogram;

/**
 * What happened in the measured time.
 *
 * @param nanos how long it was
 * @param deliveries how many came
 * @param serverCpuNanos used by the server's process, or all servers'
 * @param playersCpuNanos used by this one
 * @param machineCpuNanos used by everything; negative if unknown
 * @param latency of the deliveries
 */
record Measured(
    long nanos,
    long deliveries,
    long serverCpuNanos,
    long playersCpuNanos,
    long machineCpuNanos,
    Histogram latency) {
  private static final Path PROC_STAT = Path.of("/proc/stat");
  private static final long NANOS_PER_TICK = 10_000_000L;
  private static final int UNKNOWN = -1;

  /** Waits for so long and tells what happened meanwhile. */
  static Measured over(Duration time, Crowd crowd, LongSupplier serverCpuNanos)
      throws InterruptedException {
    crowd.tally().forgetLatency();
    Now before = Now.of(crowd, serverCpuNanos);
    Thread.sleep(time);
    Now after = Now.of(crowd, serverCpuNanos);
    return new Measured(
        after.nanos - before.nanos,
        after.deliveries - before.deliveries,
        after.serverCpuNanos - before.serverCpuNanos,
        after.playersCpuNanos - before.playersCpuNanos,
        before.machineCpuNanos < 0 ? UNKNOWN : after.machineCpuNanos - before.machineCpuNanos,
        crowd.tally().latency());
  }

  private record Now(
      long nanos,
      long deliveries,
      long serverCpuNanos,
      long playersCpuNanos,
      long machineCpuNanos) {
    static Now of(Crowd crowd, LongSupplier serverCpuNanos) {
      return new Now(
          System.nanoTime(),
          crowd.tally().received(),
          serverCpuNanos.getAsLong(),
          AskedProcess.cpuNanos(ProcessHandle.current()),
          machineNow());
    }
  }

  double seconds() {
    return Math.round(nanos / 1e6) / 1e3;
  }

  double cpuSecondsPerMillionDeliveries() {
    return deliveries == 0 ? 0 : rounded(serverCpuNanos / 1e9 / (deliveries / 1e6));
  }

  double deliveriesPerSecond() {
    return Math.round(deliveries / (nanos / 1e9));
  }

  double serverCpuPercent() {
    return rounded(100.0 * serverCpuNanos / nanos);
  }

  double playersCpuPercent() {
    return rounded(100.0 * playersCpuNanos / nanos);
  }

  double othersCpuPercent() {
    return machineCpuNanos < 0
        ? UNKNOWN
        : rounded(
            Math.max(0, 100.0 * (machineCpuNanos - serverCpuNanos - playersCpuNanos) / nanos));
  }

  /** User, nice, system, interrupt and steal time of all processors, where the system tells. */
  private static long machineNow() {
    try {
      String[] fields = Files.readAllLines(PROC_STAT).getFirst().split("\\s+", -1);
      long ticks = 0;
      for (int field : new int[] {1, 2, 3, 6, 7, 8}) {
        ticks += Long.parseLong(fields[field]);
      }
      return ticks * NANOS_PER_TICK;
    } catch (IOException | RuntimeException e) {
      return UNKNOWN;
    }
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }
}

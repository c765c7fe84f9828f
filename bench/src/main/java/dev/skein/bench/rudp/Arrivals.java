package dev.skein.bench.rudp;

import java.util.BitSet;
import org.HdrHistogram.Histogram;

/** What the players received of the measured messages. Not thread-safe. */
final class Arrivals implements Contender.OnMessage {
  private static final long HIGHEST_MICROS = 60_000_000;

  private final Schedule schedule;
  private final Histogram micros = new Histogram(HIGHEST_MICROS, 3);
  private final BitSet[] seen;
  private final int[] newest;
  private long duplicated;
  private long outOfOrder;

  Arrivals(Schedule schedule) {
    this.schedule = schedule;
    seen = new BitSet[schedule.players()];
    newest = new int[schedule.players()];
    for (int player = 0; player < seen.length; player++) {
      seen[player] = new BitSet();
      newest[player] = -1;
    }
  }

  @Override
  public void received(byte[] buffer, int offset) {
    long dueNanos = Message.dueNanos(buffer, offset);
    if (!schedule.measured(dueNanos)) {
      return;
    }
    int player = Message.player(buffer, offset);
    int sequence = Message.sequence(buffer, offset);
    if (seen[player].get(sequence)) {
      duplicated++;
      return;
    }
    seen[player].set(sequence);
    if (sequence < newest[player]) {
      outOfOrder++;
    }
    newest[player] = Math.max(newest[player], sequence);
    micros.recordValue(Math.clamp((System.nanoTime() - dueNanos) / 1_000, 0, HIGHEST_MICROS));
  }

  /** The totals of one run. */
  record Summary(
      long received,
      long duplicated,
      long outOfOrder,
      double p50Millis,
      double p99Millis,
      double p999Millis,
      double maxMillis) {

    String encode() {
      return "%d,%d,%d,%.3f,%.3f,%.3f,%.3f"
          .formatted(received, duplicated, outOfOrder, p50Millis, p99Millis, p999Millis, maxMillis);
    }

    static Summary parse(String text) {
      String[] parts = text.split(",", -1);
      return new Summary(
          Long.parseLong(parts[0]),
          Long.parseLong(parts[1]),
          Long.parseLong(parts[2]),
          Double.parseDouble(parts[3]),
          Double.parseDouble(parts[4]),
          Double.parseDouble(parts[5]),
          Double.parseDouble(parts[6]));
    }
  }

  Summary summary() {
    return new Summary(
        micros.getTotalCount(),
        duplicated,
        outOfOrder,
        millis(50),
        millis(99),
        millis(99.9),
        micros.getMaxValue() / 1e3);
  }

  private double millis(double percentile) {
    return micros.getValueAtPercentile(percentile) / 1e3;
  }
}

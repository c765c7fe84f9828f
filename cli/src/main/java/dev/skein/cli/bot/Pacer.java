package dev.skein.cli.bot;

import java.util.List;

/**
 * Lets every bot speak at its times: bot phases are spread evenly over the interval. An open loop:
 * what is late is said at once and keeps its scheduled time. Confined to one thread.
 */
final class Pacer {
  private static final double NANOS_PER_SECOND = 1e9;

  private final int run;
  private final List<Bot> bots;
  private final int[] order;
  private final int sizeBytes;
  private final Tally tally;
  private final long startNanos;
  private final double gapNanos;
  private final long turns;
  private long turn;

  /** The first bot speaks at {@code startNanos} of the monotonic clock. */
  Pacer(int run, List<Bot> bots, BotPlan plan, Phases phases, Tally tally, long startNanos) {
    this.run = run;
    this.bots = List.copyOf(bots);
    this.sizeBytes = plan.sizeBytes();
    this.tally = tally;
    this.startNanos = startNanos;
    this.gapNanos = NANOS_PER_SECOND / plan.ratePerSecond() / bots.size();
    this.turns = plan.rounds() * bots.size();
    this.order = phases.order(bots.size(), run);
  }

  /** Says what is due, at most so many messages; the number said. */
  int speak(long nowNanos, int maxMessages) {
    int said = 0;
    while (said < maxMessages && !isDone() && nextNanos() <= nowNanos) {
      int speaker = order[(int) (turn % order.length)];
      int sequence = (int) (turn / order.length);
      Bot bot = bots.get(speaker);
      tally.said(bot.audience());
      bot.say(new Utterance(run, speaker, sequence, nextNanos()).encode(sizeBytes));
      turn++;
      said++;
    }
    return said;
  }

  /** When the next message is due. */
  long nextNanos() {
    return startNanos + (long) (turn * gapNanos);
  }

  /** True when everything has been said. */
  boolean isDone() {
    return turn >= turns;
  }
}

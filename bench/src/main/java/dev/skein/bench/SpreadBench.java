package dev.skein.bench;

import dev.skein.cli.bot.BotPlan;
import dev.skein.cli.bot.Phases;
import dev.skein.cli.bot.Report;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code skein bench spread}: rooms whose members are on two nodes beside the same rooms on one
 * node, in turns. Both have the same players, who say the same at the same times, and the same
 * processors; what is counted is the whole processor time of all server processes.
 */
@Command(
    name = "spread",
    mixinStandardHelpOptions = true,
    description = "Server CPU of a delivery in rooms spread over two nodes, beside one node.")
final class SpreadBench implements Callable<Integer> {
  @Option(names = "--room-size", description = "default ${DEFAULT-VALUE}")
  private int roomSize = 10;

  @Option(names = "--reliable", description = "reliable-ordered messages")
  private boolean reliable;

  @Option(names = "--rounds", description = "of both; default ${DEFAULT-VALUE}")
  private int rounds = 2;

  @Option(
      names = "--phases",
      paramLabel = "adjacent|shuffled",
      defaultValue = "adjacent",
      description = "as of the benchmark room; ${DEFAULT-VALUE} unless given")
  private Phases phases = Phases.ADJACENT;

  @Option(
      names = "--server-cpus",
      paramLabel = "LIST|all",
      description = {
        "Pins all servers, for example to 0,1; all: no pinning, and players who sleep.",
        "Unless given, the servers share the first processor and the players have the others."
      })
  private @Nullable String serverCpus;

  @Mixin private Talk talk = new Talk(1_000, 20);
  @Mixin private Telling telling = new Telling();

  /**
   * What it came to.
   *
   * @param ratio of the two nodes' processor time to the one's
   * @param ratioOfBroadcasts the same without what they take with everybody there and silent
   */
  record Outcome(
      int bots,
      int roomSize,
      boolean reliable,
      String phases,
      int rounds,
      Cost oneNode,
      Cost twoNodes,
      double ratio,
      double ratioOfBroadcasts,
      long lost) {}

  /**
   * What it came to on one node, or on two together.
   *
   * @param cpuSeconds per million deliveries
   * @param broadcastsCpuSeconds the same without what is taken with everybody there and silent
   * @param silentCpuPercent what that is, of a processor
   */
  record Cost(
      double cpuSeconds,
      double broadcastsCpuSeconds,
      double silentCpuPercent,
      double p50Millis,
      double p99Millis) {}

  /** Sums over the rounds of one of the two. */
  private static final class Part {
    private final int nodes;
    private final Histogram latency = new Histogram(3);
    private double cpuNanos;
    private double broadcastsCpuNanos;
    private double silentCpuShares;
    private long deliveries;
    private long lost;

    Part(int nodes) {
      this.nodes = nodes;
    }

    void add(Talk.Heard heard) {
      cpuNanos += heard.measured().serverCpuNanos();
      broadcastsCpuNanos += heard.cpuNanosOfDeliveries();
      silentCpuShares += heard.silentCpuShare();
      deliveries += heard.measured().deliveries();
      latency.add(heard.measured().latency());
      lost += heard.all().lost();
    }

    Cost cost(int rounds) {
      return new Cost(
          rounded(cpuNanos / 1e3 / deliveries),
          rounded(broadcastsCpuNanos / 1e3 / deliveries),
          rounded(100 * silentCpuShares / rounds),
          Report.millisAt(latency, 50),
          Report.millisAt(latency, 99));
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    boolean pinned = !"all".equals(serverCpus);
    Pinning pinning = serverCpus == null ? Pinning.automatic() : Pinning.of(serverCpus);
    Talk.Stage stage = new Talk.Stage(phases, pinning, pinned);
    Part one = new Part(1);
    Part two = new Part(2);
    for (int round = 0; round < rounds; round++) {
      measure(one, stage);
      measure(two, stage);
    }
    Outcome outcome = outcome(one, two);
    telling.tell(outcome, () -> print(outcome));
    return outcome.lost == 0 || !reliable ? 0 : 1;
  }

  private void measure(Part part, Talk.Stage stage) throws IOException, InterruptedException {
    part.add(talk.over(part.nodes, BotPlan.Scene.ROOM, roomSize, reliable, stage));
  }

  private Outcome outcome(Part one, Part two) {
    return new Outcome(
        talk.bots(),
        roomSize,
        reliable,
        phases.name().toLowerCase(Locale.ROOT),
        rounds,
        one.cost(rounds),
        two.cost(rounds),
        rounded(two.cpuNanos / one.cpuNanos * one.deliveries / two.deliveries),
        rounded(two.broadcastsCpuNanos / one.broadcastsCpuNanos * one.deliveries / two.deliveries),
        one.lost + two.lost);
  }

  private static double rounded(double value) {
    return Math.round(value * 100) / 100.0;
  }

  private static void print(Outcome outcome) {
    System.out.printf(
        Locale.ROOT,
        "%,d players in rooms of %d, %s, %s phases, %d rounds%n",
        outcome.bots,
        outcome.roomSize,
        outcome.reliable ? "reliable" : "unreliable",
        outcome.phases,
        outcome.rounds);
    row("one node", outcome.oneNode);
    row("two nodes", outcome.twoNodes);
    System.out.printf(
        Locale.ROOT,
        "  ratio      %.2f, of broadcasts alone %.2f; %,d lost%n",
        outcome.ratio,
        outcome.ratioOfBroadcasts,
        outcome.lost);
  }

  private static void row(String what, Cost cost) {
    System.out.printf(
        Locale.ROOT,
        "  %-9s  %.2f CPU seconds per million deliveries (%.2f without the %.1f %% of a"
            + " processor that are taken in silence), p50 %.1f, p99 %.1f ms%n",
        what,
        cost.cpuSeconds,
        cost.broadcastsCpuSeconds,
        cost.silentCpuPercent,
        cost.p50Millis,
        cost.p99Millis);
  }
}

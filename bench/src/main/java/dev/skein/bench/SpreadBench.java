package dev.skein.bench;

import dev.skein.cli.bot.BotPlan;
import dev.skein.cli.bot.Phases;
import dev.skein.cli.bot.Report;
import dev.skein.room.RemoteJoin;
import java.io.IOException;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code skein bench spread}: rooms whose members are on two nodes beside rooms of the same two
 * nodes whose members are together on one of them, and beside the same rooms on a node that is
 * alone, in turns. All have the same players, who say the same at the same times, and the same
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

  @Option(names = "--rounds", description = "of all three; default ${DEFAULT-VALUE}")
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
   * What it came to. A ratio is of the processor time of spread rooms to that of others.
   *
   * @param oneNode rooms of a node that is alone
   * @param together rooms of two nodes, each with all its members on one of them
   * @param spread rooms of two nodes with members on both
   * @param ratioToTogether what it costs that members are spread
   * @param ratioToOneNode what it costs that there are two nodes and members are spread
   * @param broadcastsToTogether the same without what they take with everybody there and silent
   * @param broadcastsToOneNode the same without what they take with everybody there and silent
   */
  record Outcome(
      int bots,
      int roomSize,
      boolean reliable,
      String phases,
      int rounds,
      Cost oneNode,
      Cost together,
      Cost spread,
      double ratioToTogether,
      double ratioToOneNode,
      double broadcastsToTogether,
      double broadcastsToOneNode,
      long lost) {}

  /**
   * What one of the three came to.
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

  /** Sums over the rounds of one of the three. */
  private static final class Part {
    private final int nodes;
    private final Talk.Stage stage;
    private final Histogram latency = new Histogram(3);
    private double cpuNanos;
    private double broadcastsCpuNanos;
    private double silentCpuShares;
    private long deliveries;
    private long lost;

    Part(int nodes, Talk.Stage stage) {
      this.nodes = nodes;
      this.stage = stage;
    }

    void add(Talk.Heard heard) {
      cpuNanos += heard.measured().serverCpuNanos();
      broadcastsCpuNanos += heard.cpuNanosOfDeliveries();
      silentCpuShares += heard.silentCpuShare();
      deliveries += heard.measured().deliveries();
      latency.add(heard.measured().latency());
      lost += heard.all().lost();
    }

    double cpuMicros() {
      return cpuNanos / 1e3 / deliveries;
    }

    double broadcastsCpuMicros() {
      return broadcastsCpuNanos / 1e3 / deliveries;
    }

    Cost cost(int rounds) {
      return new Cost(
          rounded(cpuMicros()),
          rounded(broadcastsCpuMicros()),
          rounded(100 * silentCpuShares / rounds),
          Report.millisAt(latency, 50),
          Report.millisAt(latency, 99));
    }
  }

  @Override
  public Integer call() throws IOException, InterruptedException {
    boolean pinned = !"all".equals(serverCpus);
    Pinning pinning = serverCpus == null ? Pinning.automatic() : Pinning.of(serverCpus);
    Talk.Stage stays = new Talk.Stage(phases, pinning, pinned, RemoteJoin.RELAY);
    Talk.Stage comes = new Talk.Stage(phases, pinning, pinned, RemoteJoin.MOVE);
    Part one = new Part(1, stays);
    Part together = new Part(2, comes);
    Part spread = new Part(2, stays);
    for (int round = 0; round < rounds; round++) {
      for (Part part : List.of(one, together, spread)) {
        part.add(talk.over(part.nodes, BotPlan.Scene.ROOM, roomSize, reliable, part.stage));
      }
    }
    Outcome outcome = outcome(one, together, spread);
    telling.tell(outcome, () -> print(outcome));
    return outcome.lost == 0 || !reliable ? 0 : 1;
  }

  private Outcome outcome(Part one, Part together, Part spread) {
    return new Outcome(
        talk.bots(),
        roomSize,
        reliable,
        phases.name().toLowerCase(Locale.ROOT),
        rounds,
        one.cost(rounds),
        together.cost(rounds),
        spread.cost(rounds),
        rounded(spread.cpuMicros() / together.cpuMicros()),
        rounded(spread.cpuMicros() / one.cpuMicros()),
        rounded(spread.broadcastsCpuMicros() / together.broadcastsCpuMicros()),
        rounded(spread.broadcastsCpuMicros() / one.broadcastsCpuMicros()),
        one.lost + together.lost + spread.lost);
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
    row("two nodes, rooms together", outcome.together);
    row("two nodes, rooms spread", outcome.spread);
    ratio("rooms together", outcome.ratioToTogether, outcome.broadcastsToTogether);
    ratio("one node", outcome.ratioToOneNode, outcome.broadcastsToOneNode);
    System.out.printf(Locale.ROOT, "  %,d lost%n", outcome.lost);
  }

  private static void ratio(String to, double ofAll, double ofBroadcasts) {
    System.out.printf(
        Locale.ROOT, "  spread to %s: %.2f, broadcasts alone %.2f%n", to, ofAll, ofBroadcasts);
  }

  private static void row(String what, Cost cost) {
    System.out.printf(
        Locale.ROOT,
        "  %-25s  %.2f CPU seconds per million deliveries (%.2f without the %.1f %% of a"
            + " processor that are taken in silence), p50 %.1f, p99 %.1f ms%n",
        what,
        cost.cpuSeconds,
        cost.broadcastsCpuSeconds,
        cost.silentCpuPercent,
        cost.p50Millis,
        cost.p99Millis);
  }
}

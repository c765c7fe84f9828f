package dev.skein.bench;

import dev.skein.cli.bot.BotPlan;
import dev.skein.cli.bot.Crowd;
import dev.skein.cli.bot.Gathering;
import dev.skein.cli.bot.Report;
import dev.skein.cli.bot.ReportPrinter;
import dev.skein.client.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code skein bench spread}: rooms whose members are on two nodes beside the same rooms on one
 * node, in turns.
 */
@Command(
    name = "spread",
    mixinStandardHelpOptions = true,
    description = "Server CPU of a delivery in rooms spread over two nodes, beside one node.")
final class SpreadBench implements Callable<Integer> {
  private static final Duration STRAGGLERS_LIMIT = Duration.ofSeconds(10);

  @Option(names = "--bots", description = "players; default ${DEFAULT-VALUE}")
  private int bots = 500;

  @Option(names = "--room-size", description = "default ${DEFAULT-VALUE}")
  private int roomSize = 10;

  @Option(names = "--rate", description = "messages a second of each; default ${DEFAULT-VALUE}")
  private double rate = 10;

  @Option(names = "--size", description = "payload bytes; default ${DEFAULT-VALUE}")
  private int size = 64;

  @Option(names = "--seconds", description = "measured; default ${DEFAULT-VALUE}")
  private int seconds = 8;

  @Option(names = "--warm-up-seconds", description = "before; default ${DEFAULT-VALUE}")
  private int warmUpSeconds = 20;

  @Option(names = "--reliable", description = "reliable-ordered messages")
  private boolean reliable;

  @Option(names = "--json", description = "the result as one JSON object on the last line")
  private boolean json;

  /**
   * What it came to.
   *
   * @param oneNodeCpuSeconds of the server per million deliveries
   * @param twoNodesCpuSeconds of both servers together per million deliveries
   */
  record Outcome(
      int bots,
      int roomSize,
      boolean reliable,
      double oneNodeCpuSeconds,
      double twoNodesCpuSeconds,
      double ratio,
      double oneNodeP99Millis,
      double twoNodesP99Millis,
      long lost) {}

  /** One of the two. */
  private record Part(double cpuSeconds, double p99Millis, long lost) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Part one = measure(1);
    Part two = measure(2);
    Outcome outcome =
        new Outcome(
            bots,
            roomSize,
            reliable,
            one.cpuSeconds,
            two.cpuSeconds,
            Math.round(two.cpuSeconds / one.cpuSeconds * 100) / 100.0,
            one.p99Millis,
            two.p99Millis,
            one.lost + two.lost);
    if (json) {
      ReportPrinter.json(outcome, System.out);
    } else {
      print(outcome);
    }
    return outcome.lost == 0 || !reliable ? 0 : 1;
  }

  private Part measure(int nodes) throws IOException, InterruptedException {
    BotPlan.Scene scene = BotPlan.Scene.ROOM;
    try (ServerCluster cluster = ServerCluster.start(nodes, Transport.UDP)) {
      BotPlan plan =
          new BotPlan(
              scene,
              cluster.entry(),
              List.of(Transport.UDP),
              bots,
              roomSize,
              rate,
              size,
              warmUpSeconds + seconds + 1,
              reliable);
      try (Crowd crowd = Gathering.of(plan).gather()) {
        crowd.speak();
        Thread.sleep(Duration.ofSeconds(warmUpSeconds));
        Measured measured = Measured.over(Duration.ofSeconds(seconds), crowd, cluster::cpuNanos);
        crowd.awaitStragglers(STRAGGLERS_LIMIT);
        return new Part(
            measured.cpuSecondsPerMillionDeliveries(),
            Report.millisAt(measured.latency(), 99),
            crowd.report().lost());
      }
    }
  }

  private static void print(Outcome outcome) {
    System.out.printf(
        Locale.ROOT,
        "%,d players in rooms of %d, %s%n"
            + "  one node   %.2f CPU seconds per million deliveries, p99 %.1f ms%n"
            + "  two nodes  %.2f CPU seconds per million deliveries, p99 %.1f ms%n"
            + "  ratio      %.2f; %,d lost%n",
        outcome.bots,
        outcome.roomSize,
        outcome.reliable ? "reliable" : "unreliable",
        outcome.oneNodeCpuSeconds,
        outcome.oneNodeP99Millis,
        outcome.twoNodesCpuSeconds,
        outcome.twoNodesP99Millis,
        outcome.ratio,
        outcome.lost);
  }
}

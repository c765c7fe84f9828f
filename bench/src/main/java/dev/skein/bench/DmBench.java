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

/** {@code skein bench dm}: direct messages of pairs whose halves are on any of the nodes. */
@Command(
    name = "dm",
    mixinStandardHelpOptions = true,
    description = "Latency and server CPU of direct messages over several nodes.")
final class DmBench implements Callable<Integer> {
  private static final Duration STRAGGLERS_LIMIT = Duration.ofSeconds(10);

  @Option(names = "--nodes", description = "default ${DEFAULT-VALUE}")
  private int nodes = 2;

  @Option(names = "--bots", description = "players; default ${DEFAULT-VALUE}")
  private int bots = 200;

  @Option(names = "--rate", description = "messages a second of each; default ${DEFAULT-VALUE}")
  private double rate = 10;

  @Option(names = "--size", description = "payload bytes; default ${DEFAULT-VALUE}")
  private int size = 64;

  @Option(names = "--seconds", description = "measured; default ${DEFAULT-VALUE}")
  private int seconds = 8;

  @Option(names = "--warm-up-seconds", description = "before; default ${DEFAULT-VALUE}")
  private int warmUpSeconds = 15;

  @Option(names = "--json", description = "the result as one JSON object on the last line")
  private boolean json;

  /** What it came to; messages are reliable and ordered. */
  record Outcome(
      int nodes,
      int bots,
      double messagesPerSecond,
      double p50Millis,
      double p99Millis,
      double p999Millis,
      double cpuSecondsPerMillionMessages,
      long lost,
      long duplicated) {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (ServerCluster cluster = ServerCluster.start(nodes, Transport.UDP)) {
      BotPlan plan =
          new BotPlan(
              BotPlan.Scene.DM,
              cluster.entry(),
              List.of(Transport.UDP),
              bots,
              2,
              rate,
              size,
              warmUpSeconds + seconds + 1,
              true);
      try (Crowd crowd = Gathering.of(plan).gather()) {
        crowd.speak();
        Thread.sleep(Duration.ofSeconds(warmUpSeconds));
        Measured measured = Measured.over(Duration.ofSeconds(seconds), crowd, cluster::cpuNanos);
        crowd.awaitStragglers(STRAGGLERS_LIMIT);
        return tell(measured, crowd.report());
      }
    }
  }

  private int tell(Measured measured, Report all) {
    Outcome outcome =
        new Outcome(
            nodes,
            bots,
            measured.deliveriesPerSecond(),
            Report.millisAt(measured.latency(), 50),
            Report.millisAt(measured.latency(), 99),
            Report.millisAt(measured.latency(), 99.9),
            measured.cpuSecondsPerMillionDeliveries(),
            all.lost(),
            all.duplicated());
    if (json) {
      ReportPrinter.json(outcome, System.out);
    } else {
      System.out.printf(
          Locale.ROOT,
          "%,d players on %d nodes, %,.0f direct messages a second%n"
              + "  latency  p50 %.2f, p99 %.2f, p99.9 %.2f ms%n"
              + "  servers  %.1f CPU seconds per million messages%n"
              + "  wrong    %,d lost, %,d duplicated%n",
          bots,
          nodes,
          outcome.messagesPerSecond,
          outcome.p50Millis,
          outcome.p99Millis,
          outcome.p999Millis,
          outcome.cpuSecondsPerMillionMessages,
          outcome.lost,
          outcome.duplicated);
    }
    return outcome.lost + outcome.duplicated == 0 ? 0 : 1;
  }
}

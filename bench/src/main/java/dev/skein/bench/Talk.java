package dev.skein.bench;

import dev.skein.cli.bot.BotPlan;
import dev.skein.cli.bot.Crowd;
import dev.skein.cli.bot.Gathering;
import dev.skein.cli.bot.Report;
import dev.skein.client.Transport;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import picocli.CommandLine.Option;

/** The options of benchmarks in which bots talk over nodes, and their way from start to end. */
final class Talk {
  private static final int SPEAKING_MAX_SECONDS = 3_600;
  private static final Duration STRAGGLERS_LIMIT = Duration.ofSeconds(10);

  @Option(names = "--bots", description = "players; default ${DEFAULT-VALUE}")
  private int bots;

  @Option(names = "--rate", description = "messages a second of each; default ${DEFAULT-VALUE}")
  private double rate = 10;

  @Option(names = "--size", description = "payload bytes; default ${DEFAULT-VALUE}")
  private int size = 64;

  @Option(names = "--seconds", description = "measured; default ${DEFAULT-VALUE}")
  private int seconds = 8;

  @Option(
      names = "--warm-up-seconds",
      description = "before, and until compilers are done; ${DEFAULT-VALUE}")
  private int warmUpSeconds;

  /** With these defaults. */
  Talk(int bots, int warmUpSeconds) {
    this.bots = bots;
    this.warmUpSeconds = warmUpSeconds;
  }

  /**
   * What was heard.
   *
   * @param all from start to end, {@code measured} after the warm-up
   */
  record Heard(Measured measured, Report all) {}

  int bots() {
    return bots;
  }

  /**
   * Has the bots talk over so many nodes of their own.
   *
   * @param together how many bots hear each other
   */
  Heard over(int nodes, BotPlan.Scene scene, int together, boolean reliable)
      throws IOException, InterruptedException {
    try (ServerCluster cluster = ServerCluster.start(nodes, Transport.UDP)) {
      BotPlan plan =
          new BotPlan(
              scene,
              cluster.entry(),
              List.of(Transport.UDP),
              bots,
              together,
              rate,
              size,
              SPEAKING_MAX_SECONDS,
              reliable);
      try (Crowd crowd = Gathering.of(plan).gather()) {
        crowd.speak();
        Thread.sleep(Duration.ofSeconds(warmUpSeconds));
        cluster.awaitCompiled();
        Measured measured = Measured.over(Duration.ofSeconds(seconds), crowd, cluster::cpuNanos);
        crowd.hush();
        crowd.awaitStragglers(STRAGGLERS_LIMIT);
        return new Heard(measured, crowd.report());
      }
    }
  }
}

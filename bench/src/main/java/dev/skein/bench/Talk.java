package dev.skein.bench;

import dev.skein.cli.bot.BotPlan;
import dev.skein.cli.bot.Crowd;
import dev.skein.cli.bot.Gathering;
import dev.skein.cli.bot.Phases;
import dev.skein.cli.bot.Report;
import dev.skein.client.Transport;
import dev.skein.room.RemoteJoin;
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

  @Option(
      names = "--silent-seconds",
      description = "measured afterwards, with everybody there and silent; ${DEFAULT-VALUE}")
  private int silentSeconds = 5;

  /** With these defaults. */
  Talk(int bots, int warmUpSeconds) {
    this.bots = bots;
    this.warmUpSeconds = warmUpSeconds;
  }

  /**
   * What was heard.
   *
   * @param all from start to end, {@code measured} after the warm-up
   * @param silentCpuShare of a processor that the servers took when everybody was there and silent
   */
  record Heard(Measured measured, Report all, double silentCpuShare) {
    /** What the servers took for the measured deliveries alone. */
    double cpuNanosOfDeliveries() {
      return measured.serverCpuNanos() - silentCpuShare * measured.nanos();
    }
  }

  int bots() {
    return bots;
  }

  /**
   * How the bots share the machine with the servers.
   *
   * @param phases how their times follow each other
   * @param pinning where they and the servers run
   * @param busyPoll whether they never sleep, which takes a processor of their own
   * @param remoteJoin what happens when one joins a room of another node
   */
  record Stage(Phases phases, Pinning pinning, boolean busyPoll, RemoteJoin remoteJoin) {
    /** Wherever the system wants them, each at a time of its own. */
    static final Stage OPEN =
        new Stage(Phases.SHUFFLED, Pinning.of("all"), false, RemoteJoin.RELAY);
  }

  /**
   * Has the bots talk over so many nodes of their own.
   *
   * @param together how many bots hear each other
   */
  Heard over(int nodes, BotPlan.Scene scene, int together, boolean reliable, Stage stage)
      throws IOException, InterruptedException {
    try (ServerCluster cluster =
        ServerCluster.start(nodes, Transport.UDP, stage.pinning, stage.remoteJoin)) {
      stage.pinning.moveHere();
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
      try (Crowd crowd = gathering(plan, stage).gather()) {
        crowd.speak();
        Thread.sleep(Duration.ofSeconds(warmUpSeconds));
        cluster.awaitCompiled();
        Measured measured = Measured.over(Duration.ofSeconds(seconds), crowd, cluster::cpuNanos);
        crowd.hush();
        crowd.awaitStragglers(STRAGGLERS_LIMIT);
        return new Heard(measured, crowd.report(), silentCpuShare(crowd, cluster));
      }
    }
  }

  private double silentCpuShare(Crowd crowd, ServerCluster cluster) throws InterruptedException {
    Measured silent = Measured.over(Duration.ofSeconds(silentSeconds), crowd, cluster::cpuNanos);
    return (double) silent.serverCpuNanos() / silent.nanos();
  }

  private static Gathering gathering(BotPlan plan, Stage stage) {
    return Gathering.of(plan).phases(stage.phases).busyPoll(stage.busyPoll);
  }
}

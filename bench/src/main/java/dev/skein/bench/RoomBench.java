package dev.skein.bench;

import dev.skein.cli.bot.BotPlan;
import dev.skein.cli.bot.Crowd;
import dev.skein.cli.bot.Gathering;
import dev.skein.cli.bot.Phases;
import dev.skein.cli.bot.ProgressLine;
import dev.skein.cli.bot.Report;
import dev.skein.cli.bot.ReportPrinter;
import dev.skein.client.Transport;
import dev.skein.protocol.session.SessionConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.HdrHistogram.Histogram;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * What a room costs a server: the server runs in a process of its own, the players in this one,
 * each with a socket and an encrypted session of its own.
 *
 * <p>Steps: the server's heap with nobody; with everybody connected and silent; then everybody in
 * rooms, a warm-up, the measured time, and the heap again.
 */
@Command(
    name = "room",
    description = "Server CPU, latency and heap of players who relay to their rooms.",
    mixinStandardHelpOptions = true)
final class RoomBench implements Callable<Integer> {
  private static final Duration STRAGGLERS_LIMIT = Duration.ofSeconds(10);
  private static final Duration SETTLE = Duration.ofMillis(1_500);
  private static final int FIRST_CONTACT_BOTS = 50;
  private static final double BYTES_PER_KILOBYTE = 1_000;

  @Option(
      names = "--transport",
      paramLabel = "udp|tcp|ws",
      defaultValue = "udp",
      description = "${DEFAULT-VALUE} unless given.")
  private Transport transport = Transport.UDP;

  @Option(names = "--bots", defaultValue = "1000", description = "Players; ${DEFAULT-VALUE}.")
  private int bots;

  @Option(names = "--room-size", defaultValue = "10", description = "${DEFAULT-VALUE}.")
  private int roomSize;

  @Option(
      names = "--rate",
      defaultValue = "10",
      description = "Messages a second of each; ${DEFAULT-VALUE}.")
  private double rate;

  @Option(names = "--size", defaultValue = "64", description = "Payload bytes; ${DEFAULT-VALUE}.")
  private int size;

  @Option(names = "--seconds", defaultValue = "10", description = "Measured; ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(
      names = "--warm-up-seconds",
      defaultValue = "30",
      description = "Not measured; ${DEFAULT-VALUE}.")
  private int warmUpSeconds;

  @Option(
      names = "--window-millis",
      description = "How long the server lets messages wait for company; its default unless given.")
  private int windowMillis = SessionConfig.DEFAULTS.packWindowMillis();

  @Option(names = "--reliable", description = "Reliable-ordered instead of unreliable messages.")
  private boolean reliable;

  @Option(
      names = "--phases",
      paramLabel = "adjacent|shuffled",
      defaultValue = "adjacent",
      description = {
        "How the players' times follow each other: a room's players one right after the other,",
        "or those of all rooms mixed; ${DEFAULT-VALUE} unless given."
      })
  private Phases phases = Phases.ADJACENT;

  @Option(
      names = "--loops",
      defaultValue = "1",
      description = "Threads of the players, each spinning on a core; ${DEFAULT-VALUE}.")
  private int loops;

  @Option(
      names = "--server-cpus",
      paramLabel = "LIST|all",
      description = {
        "Pins the server's process, for example to 0,1; all: no pinning.",
        "Unless given, the server has the first processor and the players the others."
      })
  private @Nullable String serverCpus;

  @Option(names = "--json", description = "The result as one JSON object on the last line.")
  private boolean json;

  @Override
  public Integer call() throws IOException, InterruptedException {
    ProgressLine progress = ProgressLine.onTerminal();
    Pinning pinning = serverCpus == null ? Pinning.automatic() : Pinning.of(serverCpus);
    try (ServerProcess server = ServerProcess.start(transport, windowMillis, pinning)) {
      pinning.moveHere();
      RoomBenchReport report = measure(server, progress);
      progress.clear();
      if (json) {
        ReportPrinter.json(report, System.out);
      } else {
        report.print(System.out);
      }
      return report.lost() == 0 || !reliable ? 0 : 1;
    }
  }

  private RoomBenchReport measure(ServerProcess server, ProgressLine progress)
      throws IOException, InterruptedException {
    progress.show("the heap with nobody …");
    connected(server, FIRST_CONTACT_BOTS).close();
    Thread.sleep(SETTLE);
    long empty = server.heapBytes();

    progress.show("the heap with everybody connected and silent …");
    long idle;
    try (Crowd silent = connected(server, bots)) {
      Thread.sleep(SETTLE);
      idle = server.heapBytes();
      requireAll(silent);
    }
    Thread.sleep(SETTLE);

    progress.show("warming up …");
    try (Crowd crowd = gathering(server, BotPlan.Scene.ROOM, bots, true).gather()) {
      requireAll(crowd);
      crowd.speak();
      Thread.sleep(Duration.ofSeconds(warmUpSeconds));
      progress.show("measuring …");
      Measured measured = Measured.over(Duration.ofSeconds(seconds), crowd, server::cpuNanos);
      crowd.awaitStragglers(STRAGGLERS_LIMIT.plusSeconds(1));
      Report all = crowd.report();
      long loaded = server.heapBytes();
      return report(measured, all, perConnection(idle - empty), perConnection(loaded - empty));
    }
  }

  private Crowd connected(ServerProcess server, int count) {
    return gathering(server, BotPlan.Scene.ECHO, count, false).gather();
  }

  private Gathering gathering(
      ServerProcess server, BotPlan.Scene scene, int count, boolean busyPoll) {
    BotPlan plan =
        new BotPlan(
            scene,
            server.entry(),
            List.of(transport),
            count,
            roomSize,
            rate,
            size,
            warmUpSeconds + seconds + 1,
            reliable);
    return Gathering.of(plan).loops(loops).busyPoll(busyPoll).phases(phases);
  }

  private static void requireAll(Crowd crowd) {
    Report report = crowd.report();
    if (report.connected() < report.bots()) {
      throw new IllegalStateException(
          "only " + report.connected() + " of " + report.bots() + " players are connected");
    }
  }

  private double perConnection(long bytes) {
    return Math.round(bytes / BYTES_PER_KILOBYTE / bots * 100) / 100.0;
  }

  private RoomBenchReport report(
      Measured measured, Report all, double idleKilobytes, double loadedKilobytes) {
    Histogram latency = measured.latency();
    return new RoomBenchReport(
        transport.name().toLowerCase(Locale.ROOT),
        bots,
        roomSize,
        rate,
        size,
        windowMillis,
        reliable,
        phases.name().toLowerCase(Locale.ROOT),
        measured.seconds(),
        measured.cpuSecondsPerMillionDeliveries(),
        measured.deliveriesPerSecond(),
        Report.millisAt(latency, 50),
        Report.millisAt(latency, 99),
        Report.millisAt(latency, 99.9),
        Report.millisAt(latency, 100),
        measured.serverCpuPercent(),
        measured.playersCpuPercent(),
        measured.othersCpuPercent(),
        idleKilobytes,
        loadedKilobytes,
        all.expected(),
        all.received(),
        all.lost(),
        all.duplicated(),
        all.outOfOrder());
  }
}

package dev.skein.cli;

import ch.qos.logback.classic.Level;
import dev.skein.cli.bot.BotPlan;
import dev.skein.cli.bot.Crowd;
import dev.skein.cli.bot.Gathering;
import dev.skein.cli.bot.Report;
import dev.skein.cli.bot.ReportPrinter;
import dev.skein.client.Transport;
import dev.skein.server.Port;
import dev.skein.server.Role;
import dev.skein.server.Server;
import dev.skein.server.ServerBuilder;
import dev.skein.server.config.Settings.LogFormat;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The first thing a stranger runs: a server and a hundred players, for a few seconds. */
@Command(
    name = "demo",
    description = {
      "Starts a server on free ports and lets 100 players talk to each other in rooms of 10,",
      "over UDP, TCP and WebSocket at once. Exit code 0 if nothing was lost."
    },
    mixinStandardHelpOptions = true)
final class DemoCommand implements Callable<Integer> {
  private static final int BOTS = 100;
  private static final int ROOM_SIZE = 10;
  private static final double RATE_PER_SECOND = 10;
  private static final int SIZE_BYTES = 64;
  private static final Duration PROGRESS_STEP = Duration.ofMillis(250);
  private static final Duration STRAGGLERS_LIMIT = Duration.ofMinutes(1);

  @Option(names = "--seconds", defaultValue = "10", description = "How long; ${DEFAULT-VALUE}.")
  private int seconds;

  @Option(names = "--json", description = "The report as one JSON object on the last line.")
  private boolean json;

  @Override
  public Integer call() throws InterruptedException {
    Logs.configure(LogFormat.TEXT, Level.ERROR);
    ServerBuilder builder =
        Server.builder().listen(Port.http(0), Port.udp(0), Port.tcp(0), Port.websocket(0));
    KnownModules.all().forEach(builder::with);
    try (Server server = builder.start()) {
      String entry = Node.text(server.address(Role.HTTP).orElseThrow());
      Report report = play(plan(entry));
      if (json) {
        ReportPrinter.json(report, System.out);
      } else {
        ReportPrinter.table("What arrived", report, System.out);
        System.out.println(verdict(report));
      }
      return report.flawless() ? 0 : 1;
    }
  }

  private BotPlan plan(String entry) {
    return new BotPlan(
        BotPlan.Scene.ROOM,
        "http://" + entry,
        List.of(Transport.UDP, Transport.TCP, Transport.WS),
        BOTS,
        ROOM_SIZE,
        RATE_PER_SECOND,
        SIZE_BYTES,
        seconds,
        true);
  }

  private Report play(BotPlan plan) throws InterruptedException {
    DemoDisplay display = DemoDisplay.open(plan, System.err);
    try (Crowd crowd = Gathering.of(plan).gather()) {
      crowd.speak();
      while (crowd.isSpeaking()) {
        Thread.sleep(PROGRESS_STEP);
        display.show(crowd);
      }
      crowd.awaitStragglers(STRAGGLERS_LIMIT);
      display.finish(crowd);
      return crowd.report();
    }
  }

  private static String verdict(Report report) {
    return report.flawless()
        ? "Every message arrived at every other player of its room, once and in order."
        : "Something is wrong: see the row above.";
  }
}

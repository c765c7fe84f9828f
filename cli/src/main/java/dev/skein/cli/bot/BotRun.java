package dev.skein.cli.bot;

import dev.skein.cli.Refusal;
import dev.skein.testkit.relay.Hostility;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/** One run from connect to report, as {@code skein bot} shows it. One thread. */
final class BotRun {
  private static final Duration STRAGGLERS_LIMIT = Duration.ofMinutes(2);
  private static final Duration PROGRESS_STEP = Duration.ofMillis(250);

  private final BotPlan plan;
  private final Optional<Hostility> hostility;

  private BotRun(BotPlan plan, Optional<Hostility> hostility) {
    this.plan = plan;
    this.hostility = hostility;
  }

  static BotRun of(BotPlan plan, Optional<Hostility> hostility) {
    return new BotRun(plan, hostility);
  }

  /** The exit code: 1 if bots were lost, or anything of what should be reliable was. */
  int run(boolean json) throws Exception {
    Report report = hostility.isPresent() ? throughRelay(hostility.get()) : play(plan);
    if (json) {
      ReportPrinter.json(report, System.out);
    } else {
      ReportPrinter.table(title(), report, System.out);
    }
    return report.flawless() || (!plan.reliable() && report.connected() == plan.bots()) ? 0 : 1;
  }

  private Report throughRelay(Hostility hostile) throws Exception {
    if (plan.endpoints().size() > 1) {
      throw new Refusal("--hostile goes with one --http address only");
    }
    URI node = URI.create(plan.endpoints().getFirst());
    try (HostileEntry entry = HostileEntry.start(node, hostile)) {
      return play(plan.against(entry.address().toString()));
    }
  }

  private static Report play(BotPlan plan) throws InterruptedException {
    ProgressLine progress = ProgressLine.onTerminal();
    progress.show("connecting " + plan.bots() + " bots …");
    try (Crowd crowd = Gathering.of(plan).gather()) {
      crowd.speak();
      while (crowd.isSpeaking()) {
        Thread.sleep(PROGRESS_STEP);
        progress.show(line(crowd));
      }
      progress.show(line(crowd) + " · waiting for stragglers");
      crowd.awaitStragglers(STRAGGLERS_LIMIT);
      return crowd.report();
    } finally {
      progress.clear();
    }
  }

  private static String line(Crowd crowd) {
    Tally tally = crowd.tally();
    var latency = tally.latency();
    return String.format(
        Locale.ROOT,
        "%d connected · %,d said · %,d of %,d heard · %d doubled · %d out of order · p50 %.2f p99 %.2f ms",
        crowd.connected(),
        tally.sent(),
        tally.received(),
        tally.expected(),
        tally.duplicated(),
        tally.outOfOrder(),
        Report.millisAt(latency, 50),
        Report.millisAt(latency, 99));
  }

  private String title() {
    return String.format(
        Locale.ROOT,
        "%s over %s, %s%s",
        switch (plan.scene()) {
          case ECHO -> "Echo";
          case ROOM -> "Rooms of " + plan.roomSize();
          case ROOM_CHECK -> "Checked rooms of " + plan.roomSize();
          case GROUP -> "Groups of " + plan.roomSize();
          case DM -> "Direct messages";
          case SESSION -> "Sessions of " + plan.roomSize();
          case DIVE -> "Dive";
        },
        String.join(", ", plan.transports().stream().map(Enum::name).toList()),
        plan.reliable() ? "reliable" : "unreliable",
        hostility.map(h -> ", through " + h).orElse(""));
  }
}

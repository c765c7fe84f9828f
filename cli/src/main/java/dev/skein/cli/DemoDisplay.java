package dev.skein.cli;

import dev.skein.cli.bot.BotPlan;
import dev.skein.cli.bot.Crowd;
import dev.skein.cli.bot.ProgressLine;
import dev.skein.cli.bot.Report;
import dev.skein.cli.bot.Tally;
import java.io.PrintStream;
import java.util.List;
import java.util.Locale;
import org.HdrHistogram.Histogram;

/** Shows a demo while it plays: a picture on a terminal, a line a second elsewhere. One thread. */
final class DemoDisplay {
  private static final int BAR_CELLS = 50;
  private static final String BOLD = "\033[1m";
  private static final String GREEN = "\033[32m";
  private static final String RED = "\033[31m";
  private static final String PLAIN = "\033[0m";
  private static final String ERASE_LINE = "\033[K";

  private final BotPlan plan;
  private final PrintStream out;
  private final boolean picture;
  private final long startNanos = System.nanoTime();
  private int linesShown;
  private long secondsShown;

  private DemoDisplay(BotPlan plan, PrintStream out, boolean picture) {
    this.plan = plan;
    this.out = out;
    this.picture = picture;
  }

  static DemoDisplay open(BotPlan plan, PrintStream out) {
    DemoDisplay display = new DemoDisplay(plan, out, ProgressLine.watched());
    String title =
        plan.bots()
            + " players in rooms of "
            + plan.roomSize()
            + ", over UDP, TCP and WebSocket at once";
    out.println(display.picture ? BOLD + title + PLAIN : title);
    return display;
  }

  /** The state of things now. */
  void show(Crowd crowd) {
    if (picture) {
      draw(crowd);
    } else {
      printOncePerSecond(crowd);
    }
  }

  /** The last state. */
  void finish(Crowd crowd) {
    if (picture) {
      draw(crowd);
    }
  }

  private void draw(Crowd crowd) {
    Tally tally = crowd.tally();
    Histogram latency = tally.latency();
    boolean clean = tally.duplicated() == 0 && tally.outOfOrder() == 0;
    List<String> lines =
        List.of(
            "  " + bar(),
            format("  connected %,12d", crowd.connected()),
            format("  said      %,12d messages", tally.sent()),
            format("  heard     %,12d deliveries", tally.received()),
            format("  under way %,12d", tally.expected() - tally.received()),
            (clean ? GREEN : RED)
                + format(
                    "  doubled   %,12d, out of order %,d", tally.duplicated(), tally.outOfOrder())
                + PLAIN,
            format(
                "  latency   %9.2f ms (median), 99 of 100 within %.2f ms",
                Report.millisAt(latency, 50), Report.millisAt(latency, 99)));
    if (linesShown > 0) {
      out.print("\033[" + linesShown + "A");
    }
    lines.forEach(line -> out.print("\r" + line + ERASE_LINE + "\n"));
    out.flush();
    linesShown = lines.size();
  }

  private void printOncePerSecond(Crowd crowd) {
    long seconds = (System.nanoTime() - startNanos) / 1_000_000_000L;
    if (seconds > secondsShown) {
      secondsShown = seconds;
      Tally tally = crowd.tally();
      out.println(
          format(
              "%3d s: %,d said, %,d of %,d heard, p99 %.2f ms",
              seconds,
              tally.sent(),
              tally.received(),
              tally.expected(),
              Report.millisAt(tally.latency(), 99)));
    }
  }

  private String bar() {
    double part = Math.clamp((System.nanoTime() - startNanos) / 1e9 / plan.seconds(), 0, 1);
    int full = (int) (part * BAR_CELLS);
    return "█".repeat(full)
        + "░".repeat(BAR_CELLS - full)
        + format(" %.0f of %d s", part * plan.seconds(), plan.seconds());
  }

  private static String format(String pattern, Object... values) {
    return String.format(Locale.ROOT, pattern, values);
  }
}

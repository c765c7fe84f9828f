package dev.skein.bench;

import dev.skein.cli.bot.BotPlan;
import dev.skein.cli.bot.Report;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code skein bench dm}: direct messages of pairs whose halves are on any of the nodes. */
@Command(
    name = "dm",
    mixinStandardHelpOptions = true,
    description = "Latency and server CPU of direct messages over several nodes.")
final class DmBench implements Callable<Integer> {
  private static final int PAIR = 2;

  @Option(names = "--nodes", description = "default ${DEFAULT-VALUE}")
  private int nodes = 2;

  @Mixin private Talk talk = new Talk(200, 15);
  @Mixin private Telling telling = new Telling();

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
    Talk.Heard heard = talk.over(nodes, BotPlan.Scene.DM, PAIR, true, Talk.Stage.OPEN);
    Measured measured = heard.measured();
    Outcome outcome =
        new Outcome(
            nodes,
            talk.bots(),
            measured.deliveriesPerSecond(),
            Report.millisAt(measured.latency(), 50),
            Report.millisAt(measured.latency(), 99),
            Report.millisAt(measured.latency(), 99.9),
            measured.cpuSecondsPerMillionDeliveries(),
            heard.all().lost(),
            heard.all().duplicated());
    telling.tell(outcome, () -> print(outcome));
    return outcome.lost + outcome.duplicated == 0 ? 0 : 1;
  }

  private static void print(Outcome outcome) {
    System.out.printf(
        Locale.ROOT,
        "%,d players on %d nodes, %,.0f direct messages a second%n"
            + "  latency  p50 %.2f, p99 %.2f, p99.9 %.2f ms%n"
            + "  servers  %.1f CPU seconds per million messages%n"
            + "  wrong    %,d lost, %,d duplicated%n",
        outcome.bots,
        outcome.nodes,
        outcome.messagesPerSecond,
        outcome.p50Millis,
        outcome.p99Millis,
        outcome.p999Millis,
        outcome.cpuSecondsPerMillionMessages,
        outcome.lost,
        outcome.duplicated);
  }
}

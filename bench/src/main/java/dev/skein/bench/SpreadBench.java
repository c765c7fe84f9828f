package dev.skein.bench;

import dev.skein.cli.bot.BotPlan;
import dev.skein.cli.bot.Report;
import java.io.IOException;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
  @Option(names = "--room-size", description = "default ${DEFAULT-VALUE}")
  private int roomSize = 10;

  @Option(names = "--reliable", description = "reliable-ordered messages")
  private boolean reliable;

  @Mixin private Talk talk = new Talk(500, 20);
  @Mixin private Telling telling = new Telling();

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
            talk.bots(),
            roomSize,
            reliable,
            one.cpuSeconds,
            two.cpuSeconds,
            Math.round(two.cpuSeconds / one.cpuSeconds * 100) / 100.0,
            one.p99Millis,
            two.p99Millis,
            one.lost + two.lost);
    telling.tell(outcome, () -> print(outcome));
    return outcome.lost == 0 || !reliable ? 0 : 1;
  }

  private Part measure(int nodes) throws IOException, InterruptedException {
    Talk.Heard heard = talk.over(nodes, BotPlan.Scene.ROOM, roomSize, reliable);
    return new Part(
        heard.measured().cpuSecondsPerMillionDeliveries(),
        Report.millisAt(heard.measured().latency(), 99),
        heard.all().lost());
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

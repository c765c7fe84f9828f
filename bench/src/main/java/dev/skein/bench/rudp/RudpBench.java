package dev.skein.bench.rudp;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code skein bench rudp}. */
@Command(
    name = "rudp",
    mixinStandardHelpOptions = true,
    description = {
      "Compares Skein's datagram session with KCP, QUIC and TCP over the same lossy wire.",
      "Needs root on Linux: it makes two network namespaces of its own and removes them again."
    })
public final class RudpBench implements Callable<Integer> {
  private static final int WARMUP_MILLIS = 3_000;

  @Option(names = "--seconds", description = "measured time of each point (default 10)")
  private int seconds = 10;

  @Option(names = "--streams", description = "players, each with one stream (default 100)")
  private int streams = 100;

  @Option(
      names = "--loss",
      split = ",",
      description = "packets lost each way, in percent (default 0,1,5,10)")
  private List<Double> loss = List.of(0.0, 1.0, 5.0, 10.0);

  @Option(names = "--rtt-millis", description = "round trip of the wire (default 50)")
  private int rttMillis = 50;

  @Option(names = "--rate", description = "messages a second and stream (default 30)")
  private int rate = 30;

  @Option(names = "--size", description = "bytes of a message (default 100)")
  private int size = 100;

  @Option(
      names = "--only",
      split = ",",
      description = "some protocols: skein-reliable, skein-unreliable, kcp, quic, tcp")
  private List<String> only = List.of();

  @Option(names = "--seed", description = "of the losses (default 7)")
  private long seed = 7;

  @Option(names = "--json", description = "one JSON object as the last line")
  private boolean json;

  @Option(names = "--trace", description = "a file that gets one line for each packet")
  private @Nullable Path trace;

  @Override
  public Integer call() throws IOException {
    Plan plan = plan();
    List<Protocol> compared = protocols();
    List<Outcome> outcomes = new ArrayList<>();
    if (!json) {
      System.out.println(Outcome.TITLE);
    }
    try (Arena arena = Arena.open(plan, rttMillis, openTrace())) {
      for (double percent : loss) {
        for (Protocol protocol : compared) {
          Outcome outcome = arena.run(protocol, percent);
          outcomes.add(outcome);
          (json ? System.err : System.out).println(outcome.row());
        }
      }
    }
    if (json) {
      System.out.println(json(outcomes));
    }
    return 0;
  }

  private Plan plan() {
    require(seconds > 0, "--seconds must be positive");
    require(streams > 0 && streams <= 1_000, "--streams must be within 1..1000");
    require(rate > 0 && rate <= 1_000, "--rate must be within 1..1000");
    require(
        size >= Message.HEADER_BYTES && size <= 1_000,
        "--size must be within " + Message.HEADER_BYTES + "..1000");
    require(rttMillis >= 0 && rttMillis <= 2_000, "--rtt-millis must be within 0..2000");
    require(
        loss.stream().allMatch(percent -> percent >= 0 && percent < 100),
        "--loss must be within 0..99");
    return new Plan(streams, rate, size, WARMUP_MILLIS, seconds * 1_000, seed);
  }

  private List<Protocol> protocols() {
    List<Protocol> chosen =
        Arrays.stream(Protocol.values())
            .filter(protocol -> only.isEmpty() || only.contains(protocol.label()))
            .toList();
    require(
        chosen.size() == (only.isEmpty() ? Protocol.values().length : only.size()),
        "--only names a protocol that is not compared: " + only);
    return chosen;
  }

  private Optional<PrintWriter> openTrace() throws IOException {
    return trace == null
        ? Optional.empty()
        : Optional.of(new PrintWriter(trace.toFile(), StandardCharsets.UTF_8));
  }

  private static void require(boolean condition, String message) {
    if (!condition) {
      throw new IllegalArgumentException(message);
    }
  }

  private String json(List<Outcome> outcomes) {
    return String.format(
        Locale.ROOT,
        "{\"rttMillis\":%d,\"streams\":%d,\"messagesPerSecond\":%d,\"messageBytes\":%d,"
            + "\"seconds\":%d,\"seed\":%d,\"results\":[%s]}",
        rttMillis,
        streams,
        rate,
        size,
        seconds,
        seed,
        outcomes.stream().map(Outcome::json).collect(Collectors.joining(",")));
  }
}

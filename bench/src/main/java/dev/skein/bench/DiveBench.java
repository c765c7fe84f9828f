package dev.skein.bench;

import dev.skein.dive.Storage;
import dev.skein.mesh.clustered.MeshPorts;
import dev.skein.protocol.payload.Value;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import org.infinispan.AdvancedCache;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code skein bench dive}: a storage of Dive beside a cache of Infinispan with the same copies and
 * segments. The same processes hold both; they take turns.
 */
@Command(
    name = "dive",
    mixinStandardHelpOptions = true,
    description = "Reads and writes of Dive on three nodes beside bare Infinispan.")
final class DiveBench implements Callable<Integer> {
  private static final int PEERS = 2;
  private static final int WARM_UP_MAX_SECONDS = 180;

  @Option(names = "--seconds", description = "of each measurement; default ${DEFAULT-VALUE}")
  private int seconds = 2;

  @Option(names = "--rounds", description = "of all measurements; default ${DEFAULT-VALUE}")
  private int rounds = 3;

  @Option(
      names = "--warm-up-seconds",
      description = "before, of each kind, and until compilers are done; ${DEFAULT-VALUE}")
  private int warmUpSeconds = 10;

  @Option(names = "--keys", description = "default ${DEFAULT-VALUE}")
  private int keys = 10_000;

  @Option(names = "--size", description = "bytes of a value; default ${DEFAULT-VALUE}")
  private int size = 100;

  @Option(names = "--together", description = "calls under way at a time; ${DEFAULT-VALUE}")
  private int together = 64;

  @Mixin private Telling telling = new Telling();

  private final List<AskedProcess> peers = new ArrayList<>();
  private final SplittableRandom random = new SplittableRandom(1);

  /** Sums over the counted rounds of one kind of call. */
  private static final class Figure {
    private final Histogram nanos = new Histogram(3);
    private long calls;
    private double seconds;
    private long cpuNanos;

    double perSecond() {
      return Math.round(calls / seconds);
    }

    /** Of all nodes together, the calling one's included. */
    double cpuMicros() {
      return rounded(cpuNanos / 1e3 / calls);
    }

    double p50Micros() {
      return nanos.getValueAtPercentile(50) / 1_000.0;
    }
  }

  /**
   * What it came to; a ratio is Dive to bare, above 1 where Dive is faster.
   *
   * @param barePutMicros median of one call at a time, and so on
   * @param barePutsPerSecond with many under way at a time, and so on
   * @param barePutCpuMicros processor time of all nodes for one of those, and so on
   */
  record Outcome(
      int nodes,
      int keys,
      int size,
      int together,
      double barePutMicros,
      double divePutMicros,
      double bareGetMicros,
      double diveGetMicros,
      double barePutsPerSecond,
      double divePutsPerSecond,
      double bareGetsPerSecond,
      double diveGetsPerSecond,
      double barePutCpuMicros,
      double divePutCpuMicros,
      double bareGetCpuMicros,
      double diveGetCpuMicros,
      double putRatio,
      double getRatio) {}

  @Override
  public Integer call() throws Exception {
    List<Integer> seeds = List.of(MeshPorts.free(1).getFirst(), MeshPorts.free(1).getFirst());
    try (DivePeer here = DivePeer.join("bench", seeds, seeds)) {
      for (int i = 0; i < PEERS; i++) {
        peers.add(startPeer("peer-" + i, seeds));
      }
      here.awaitNodes(1 + PEERS);
      Outcome outcome = measure(here);
      telling.tell(outcome, () -> print(outcome));
    } finally {
      for (AskedProcess peer : peers) {
        peer.close();
      }
    }
    return 0;
  }

  private static AskedProcess startPeer(String name, List<Integer> seeds) throws IOException {
    List<String> arguments =
        List.of(
            name,
            Integer.toString(MeshPorts.free(1).getFirst()),
            Integer.toString(MeshPorts.free(1).getFirst()),
            seeds.get(0).toString(),
            seeds.get(1).toString());
    AskedProcess peer = new AskedProcess(List.of(), List.of("-Xmx1g"), DivePeer.class, arguments);
    peer.await(DivePeer.READY);
    return peer;
  }

  private Outcome measure(DivePeer here) throws IOException, InterruptedException {
    byte[] bytes = new byte[size];
    Value value = Value.of(bytes);
    Storage storage = here.storage();
    AdvancedCache<String, byte[]> cache = here.grid().cache();
    List<Function<String, CompletionStage<?>>> calls =
        List.of(
            key -> cache.putAsync(key, bytes),
            key -> storage.set(key, value),
            cache::getAsync,
            storage::get);
    List<Figure> alone = calls.stream().map(each -> new Figure()).toList();
    List<Figure> many = calls.stream().map(each -> new Figure()).toList();
    for (Function<String, CompletionStage<?>> call : calls) {
      warmUp(call);
    }
    for (int round = 0; round < rounds; round++) {
      for (int i = 0; i < calls.size(); i++) {
        run(calls.get(i), 1, seconds, alone.get(i));
        run(calls.get(i), together, seconds, many.get(i));
      }
    }
    return outcome(alone, many);
  }

  /** For the time asked for, and until the compilers are done with what it calls. */
  private void warmUp(Function<String, CompletionStage<?>> call)
      throws IOException, InterruptedException {
    long before;
    int more = warmUpSeconds;
    int left = WARM_UP_MAX_SECONDS;
    do {
      before = compiledMillis();
      run(call, together, more, new Figure());
      left -= more;
      more = Compilers.LOOK_SECONDS;
    } while (!Compilers.areQuiet(compiledMillis() - before) && left > 0);
  }

  private long compiledMillis() throws IOException {
    long millis = Compilers.millis();
    for (AskedProcess peer : peers) {
      millis += peer.ask(Compilers.QUESTION);
    }
    return millis;
  }

  private Outcome outcome(List<Figure> alone, List<Figure> many) {
    return new Outcome(
        1 + PEERS,
        keys,
        size,
        together,
        alone.get(0).p50Micros(),
        alone.get(1).p50Micros(),
        alone.get(2).p50Micros(),
        alone.get(3).p50Micros(),
        many.get(0).perSecond(),
        many.get(1).perSecond(),
        many.get(2).perSecond(),
        many.get(3).perSecond(),
        many.get(0).cpuMicros(),
        many.get(1).cpuMicros(),
        many.get(2).cpuMicros(),
        many.get(3).cpuMicros(),
        rounded(many.get(1).perSecond() / many.get(0).perSecond()),
        rounded(many.get(3).perSecond() / many.get(2).perSecond()));
  }

  private static double rounded(double ratio) {
    return Math.round(ratio * 100) / 100.0;
  }

  /** Keeps so many calls under way for the time. */
  private void run(
      Function<String, CompletionStage<?>> call, int width, int forSeconds, Figure figure)
      throws InterruptedException {
    Semaphore places = new Semaphore(width);
    AtomicLong failed = new AtomicLong();
    Histogram nanos = new ConcurrentHistogram(3);
    long cpuBefore = cpuNanos();
    long began = System.nanoTime();
    long end = began + TimeUnit.SECONDS.toNanos(forSeconds);
    long made = 0;
    while (System.nanoTime() - end < 0) {
      places.acquire();
      long calledAt = System.nanoTime();
      call.apply("k" + random.nextInt(keys))
          .whenComplete((answer, failure) -> {
            nanos.recordValue(Math.max(1, System.nanoTime() - calledAt));
            if (failure != null) {
              failed.incrementAndGet();
            }
            places.release();
          });
      made++;
    }
    places.acquire(width);
    if (failed.get() > 0) {
      throw new IllegalStateException(failed + " calls failed");
    }
    figure.nanos.add(nanos);
    figure.calls += made;
    figure.seconds += (System.nanoTime() - began) / 1e9;
    figure.cpuNanos += cpuNanos() - cpuBefore;
  }

  private long cpuNanos() {
    return peers.stream().mapToLong(AskedProcess::cpuNanos).sum()
        + AskedProcess.cpuNanos(ProcessHandle.current());
  }

  private static void print(Outcome outcome) {
    System.out.printf(
        Locale.ROOT, "%d nodes, %,d keys of %d bytes%n", outcome.nodes, outcome.keys, outcome.size);
    row("put, one at a time, p50", outcome.barePutMicros, outcome.divePutMicros, "µs");
    row("get, one at a time, p50", outcome.bareGetMicros, outcome.diveGetMicros, "µs");
    String many = ", " + outcome.together + " at a time";
    row("put" + many, outcome.barePutsPerSecond, outcome.divePutsPerSecond, "/s");
    row("get" + many, outcome.bareGetsPerSecond, outcome.diveGetsPerSecond, "/s");
    row("put" + many + ", CPU", outcome.barePutCpuMicros, outcome.divePutCpuMicros, "µs");
    row("get" + many + ", CPU", outcome.bareGetCpuMicros, outcome.diveGetCpuMicros, "µs");
    System.out.printf(
        Locale.ROOT, "  %-26s put %.2f, get %.2f%n", "ratio", outcome.putRatio, outcome.getRatio);
  }

  private static void row(String what, double bare, double dive, String unit) {
    System.out.printf(
        Locale.ROOT, "  %-26s bare %,.1f %s, Dive %,.1f %s%n", what, bare, unit, dive, unit);
  }
}

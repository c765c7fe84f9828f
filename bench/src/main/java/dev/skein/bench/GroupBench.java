package dev.skein.bench;

import dev.skein.client.Client;
import dev.skein.client.ClientLoop;
import dev.skein.client.ReconnectPolicy;
import dev.skein.client.Transport;
import dev.skein.client.group.Group;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/**
 * {@code skein bench group}: one member after the other speaks to a group of thousands on three
 * nodes, each when everybody has heard the one before.
 */
@Command(
    name = "group",
    mixinStandardHelpOptions = true,
    description = "A broadcast to a group of 10,000 members on three nodes.")
final class GroupBench implements Callable<Integer> {
  private static final int AT_ONCE_MAX_COUNT = 250;
  private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(60);
  private static final long HEARD_LIMIT_SECONDS = 30;

  @Option(names = "--nodes", description = "default ${DEFAULT-VALUE}")
  private int nodes = 3;

  @Option(names = "--members", description = "default ${DEFAULT-VALUE}")
  private int members = 10_000;

  @Option(names = "--broadcasts", description = "measured; default ${DEFAULT-VALUE}")
  private int broadcasts = 30;

  @Option(names = "--warm-up", description = "broadcasts before; default ${DEFAULT-VALUE}")
  private int warmUp = 10;

  @Option(names = "--size", description = "payload bytes; default ${DEFAULT-VALUE}")
  private int size = 64;

  @Mixin private Telling telling = new Telling();

  private final List<Client> clients = new ArrayList<>();
  private final List<Group> groups = new ArrayList<>();
  private final Histogram deliveryNanos = new ConcurrentHistogram(3);
  private volatile Broadcast current = new Broadcast(-1, 0);

  /** What is being said and how many have not heard it yet. */
  private static final class Broadcast {
    private final int number;
    private final AtomicInteger missing;
    private final CompletableFuture<Long> heardByAllNanos = new CompletableFuture<>();
    private volatile long saidNanos;

    private Broadcast(int number, int members) {
      this.number = number;
      this.missing = new AtomicInteger(members);
    }
  }

  /**
   * What it came to.
   *
   * @param gatheredSeconds from the first login until everybody was a member
   * @param gatheringCpuMillis of all servers together for one member
   * @param p50Millis from the call to a member's listener, and so on; the players share this
   *     machine with the servers and decrypt for themselves
   * @param heardByAllP50Millis until the last member has heard it, and so on
   * @param cpuSecondsPerMillionDeliveries of all servers together
   */
  record Outcome(
      int nodes,
      int members,
      int broadcasts,
      double gatheredSeconds,
      double gatheringCpuMillis,
      double p50Millis,
      double p99Millis,
      double heardByAllP50Millis,
      double heardByAllMaxMillis,
      double cpuSecondsPerMillionDeliveries,
      long doubled) {}

  private final AtomicInteger doubled = new AtomicInteger();

  @Override
  public Integer call() throws Exception {
    ClientLoop loop = ClientLoop.builder().name("members").start();
    try (ServerCluster cluster = ServerCluster.start(nodes, Transport.UDP)) {
      Gathered gathered = gather(cluster, loop);
      speak(warmUp, new Histogram(3));
      deliveryNanos.reset();
      Histogram allNanos = new Histogram(3);
      long cpuBefore = cluster.cpuNanos();
      speak(broadcasts, allNanos);
      tell(gathered, cluster.cpuNanos() - cpuBefore, allNanos);
    } finally {
      loop.close();
    }
    return doubled.get() == 0 ? 0 : 1;
  }

  /** How long it took, and of all servers together. */
  private record Gathered(long nanos, long cpuNanos) {}

  private Gathered gather(ServerCluster cluster, ClientLoop loop) throws InterruptedException {
    long began = System.nanoTime();
    long cpuBefore = cluster.cpuNanos();
    Semaphore places = new Semaphore(AT_ONCE_MAX_COUNT);
    List<CompletableFuture<Group>> joining = new ArrayList<>();
    for (int i = 0; i < members; i++) {
      places.acquire();
      CompletableFuture<Group> joined = join(cluster, loop, "member-" + i);
      joined.whenComplete((group, failure) -> places.release());
      joining.add(joined);
    }
    joining.forEach(each -> groups.add(each.join()));
    return new Gathered(System.nanoTime() - began, cluster.cpuNanos() - cpuBefore);
  }

  private CompletableFuture<Group> join(ServerCluster cluster, ClientLoop loop, String uid) {
    Client client =
        Client.builder()
            .http(cluster.entry())
            .uid(uid)
            .transport(Transport.UDP)
            .reconnect(ReconnectPolicy.NEVER)
            .connectTimeout(CONNECT_TIMEOUT)
            .callTimeout(CONNECT_TIMEOUT)
            .loop(loop)
            .build();
    clients.add(client);
    return client
        .connect()
        .thenCompose(up -> up.groups().join(BenchedServer.GROUP))
        .thenApply(group -> {
          group.onBroadcast((who, data) -> hear(ByteBuffer.wrap(data).getInt()));
          return group;
        });
  }

  private void hear(int number) {
    Broadcast said = current;
    if (said.number != number) {
      doubled.incrementAndGet();
      return;
    }
    long now = System.nanoTime();
    deliveryNanos.recordValue(now - said.saidNanos);
    if (said.missing.decrementAndGet() == 0) {
      said.heardByAllNanos.complete(now - said.saidNanos);
    }
  }

  private void speak(int count, Histogram allNanos) throws Exception {
    for (int i = 0; i < count; i++) {
      Broadcast next = new Broadcast(current.number + 1, members);
      byte[] data = ByteBuffer.allocate(size).putInt(next.number).array();
      Group speaker = groups.get(next.number * 37 % groups.size());
      current = next;
      next.saidNanos = System.nanoTime();
      speaker.broadcast(data);
      allNanos.recordValue(next.heardByAllNanos.get(HEARD_LIMIT_SECONDS, TimeUnit.SECONDS));
    }
  }

  private void tell(Gathered gathered, long cpuNanos, Histogram allNanos) {
    double deliveries = (double) broadcasts * members;
    Outcome outcome =
        new Outcome(
            nodes,
            members,
            broadcasts,
            Math.round(gathered.nanos / 1e8) / 10.0,
            Math.round(gathered.cpuNanos / 1e5 / members) / 10.0,
            millis(deliveryNanos.getValueAtPercentile(50)),
            millis(deliveryNanos.getValueAtPercentile(99)),
            millis(allNanos.getValueAtPercentile(50)),
            millis(allNanos.getMaxValue()),
            Math.round(cpuNanos / deliveries / 10) / 100.0,
            doubled.get());
    telling.tell(outcome, () -> print(outcome));
  }

  private static void print(Outcome outcome) {
    System.out.printf(
        Locale.ROOT,
        "%,d broadcasts, one after the other, to %,d members on %d nodes%n"
            + "  gathered in   %.1f s, %.1f ms CPU of the servers a member%n"
            + "  a delivery    p50 %.1f, p99 %.1f ms%n"
            + "  heard by all  p50 %.1f, max %.1f ms%n"
            + "  servers       %.1f CPU seconds per million deliveries%n",
        outcome.broadcasts,
        outcome.members,
        outcome.nodes,
        outcome.gatheredSeconds,
        outcome.gatheringCpuMillis,
        outcome.p50Millis,
        outcome.p99Millis,
        outcome.heardByAllP50Millis,
        outcome.heardByAllMaxMillis,
        outcome.cpuSecondsPerMillionDeliveries);
  }

  private static double millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nanos) / 1e3;
  }
}

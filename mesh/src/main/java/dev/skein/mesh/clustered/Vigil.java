package dev.skein.mesh.clustered;

import dev.skein.mesh.clustered.Signal.Echo;
import dev.skein.mesh.clustered.Signal.Goodbye;
import dev.skein.mesh.clustered.Signal.Ping;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import org.jgroups.Address;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches over the cluster's wholeness. Infinispan takes every loss of many nodes at once for a
 * partition and stops the stores of those who are left, for good. This knows better: nodes that
 * leave say goodbye, one after the other; of nodes that vanish it finds out whether they are dead;
 * and where the {@link Census} allows it, it lets the stores go on. Any thread may call.
 */
final class Vigil implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Vigil.class);
  private static final long LOOK_MILLIS = 250;

  /** While the cluster is whole; a change of the view is looked at at once. */
  private static final long CALM_LOOK_MILLIS = 1_000;

  private static final long PING_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final int PROBE_LIMIT_MILLIS = 400;

  /** After a change of the view Infinispan decides first. */
  private static final long PRECEDENCE_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** In this time goodbyes that cross each other arrive. */
  private static final long GOODBYE_MILLIS = 50;

  private static final long TURN_PATIENCE_MILLIS = 5_000;
  private static final long TURN_LOOK_MILLIS = 20;

  private final Stores stores;
  private final Post post;
  private final RoundTrips roundTrips = new RoundTrips();
  private final Census census = new Census();
  private final Map<UUID, Address> addresses = new LinkedHashMap<>();
  private Map<String, UUID> idsByName = Map.of();
  private Function<Address, Optional<InetSocketAddress>> endpoints = address -> Optional.empty();
  private long viewNanos;
  private boolean leaves;
  private boolean isToldDegraded;
  private @Nullable Thread watch;

  /** Carries signals to other nodes. */
  interface Post {
    boolean send(String node, byte[] signal);

    String self();
  }

  Vigil(Stores stores, Post post) {
    this.stores = stores;
    this.post = post;
  }

  synchronized void start() {
    watch = Thread.ofVirtual().name("mesh-vigil").start(this::watch);
  }

  /**
   * @param endpointOf where a node in sight listens; empty while that is not known
   */
  void onView(List<Address> members, Function<Address, Optional<InetSocketAddress>> endpointOf) {
    Map<String, UUID> names = new LinkedHashMap<>();
    members.forEach(member -> names.put(NodeAddress.nameOf(member), NodeAddress.idOf(member)));
    synchronized (this) {
      addresses.clear();
      members.forEach(member -> addresses.put(NodeAddress.idOf(member), member));
      idsByName = names;
      endpoints = endpointOf;
      viewNanos = System.nanoTime();
      census.see(addresses.keySet());
      LockSupport.unpark(watch);
    }
    roundTrips.see(names.keySet());
  }

  /** False if the bytes are no signal. */
  boolean onSignal(String sender, byte[] bytes) {
    Optional<Signal> signal = Signal.decode(bytes);
    signal.ifPresent(known -> {
      switch (known) {
        case Goodbye bye -> onGoodbye(sender);
        case Ping ping -> post.send(sender, new Echo(ping.number()).encode());
        case Echo echo -> roundTrips.end(sender, echo.number(), System.nanoTime());
      }
    });
    return signal.isPresent();
  }

  private synchronized void onGoodbye(String sender) {
    UUID id = idsByName.get(sender);
    if (id != null) {
      census.saidGoodbye(id);
    }
  }

  /** True if all nodes in sight, and no others, have their shares of all stores. */
  synchronized boolean isWhole() {
    return stores.areWhole(addresses.keySet());
  }

  Map<String, Long> roundTripMicros() {
    return roundTrips.micros();
  }

  // --- Watching ---

  private void watch() {
    long pingNanos = System.nanoTime() + PING_NANOS;
    boolean isWhole = false;
    while (rest(isWhole ? CALM_LOOK_MILLIS : LOOK_MILLIS)) {
      try {
        isWhole = look();
        if (System.nanoTime() - pingNanos >= 0) {
          pingNanos = System.nanoTime() + PING_NANOS;
          ping();
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      } catch (RuntimeException e) {
        LOG.warn("Looking after the cluster failed; it is tried again", e);
      }
    }
  }

  /** Until the view changes, at most so long; false if the watch is over. */
  private boolean rest(long millis) {
    LockSupport.parkNanos(this, TimeUnit.MILLISECONDS.toNanos(millis));
    return !Thread.currentThread().isInterrupted();
  }

  /** True if the cluster is whole. */
  private boolean look() throws InterruptedException {
    Map<UUID, InetSocketAddress> missing;
    synchronized (this) {
      learnEndpoints();
      tellWhetherDegraded();
      if (isWhole()) {
        census.whole();
        return true;
      }
      if (leaves || System.nanoTime() - viewNanos < PRECEDENCE_NANOS || !stores.areDegraded()) {
        return false;
      }
      missing = census.missing();
    }
    Map<UUID, Boolean> refused = probe(missing);
    boolean goesOn;
    synchronized (this) {
      refused.forEach(census::probed);
      goesOn = census.mayGoOn() && !leaves;
    }
    if (goesOn) {
      LOG.warn(
          "The stores go on with {}: the nodes that are missing are dead, or fewer than these",
          post.self());
      stores.goOn();
    }
    return false;
  }

  private void tellWhetherDegraded() {
    boolean isDegraded = stores.areDegraded();
    if (isDegraded && !isToldDegraded) {
      LOG.warn(
          "{} may be cut off with the smaller part of its cluster: stores refuse until that is "
              + "over or the missing nodes are known to be dead",
          post.self());
    } else if (!isDegraded && isToldDegraded) {
      LOG.warn("The stores of {} serve again", post.self());
    }
    isToldDegraded = isDegraded;
  }

  private void learnEndpoints() {
    addresses.forEach((id, address) -> {
      if (!census.knowsEndpoint(id)) {
        endpoints.apply(address).ifPresent(endpoint -> census.listens(id, endpoint));
      }
    });
  }

  private static Map<UUID, Boolean> probe(Map<UUID, InetSocketAddress> nodes)
      throws InterruptedException {
    Map<UUID, Future<Boolean>> probes = new HashMap<>();
    Map<UUID, Boolean> refused = new HashMap<>();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      nodes.forEach((id, endpoint) -> probes.put(id, threads.submit(() -> isDead(endpoint))));
      for (Map.Entry<UUID, Future<Boolean>> each : probes.entrySet()) {
        refused.put(each.getKey(), each.getValue().get());
      }
    } catch (ExecutionException e) {
      throw new IllegalStateException(e.getCause());
    }
    return refused;
  }

  private static boolean isDead(InetSocketAddress endpoint) {
    int detectionPort = endpoint.getPort() + ClusterConfig.DETECTION_PORT_OFFSET;
    return refuses(endpoint)
        && refuses(new InetSocketAddress(endpoint.getAddress(), detectionPort));
  }

  /** Only a machine that is up refuses; one that is off, or beyond a broken network, is silent. */
  private static boolean refuses(InetSocketAddress endpoint) {
    try (Socket socket = new Socket()) {
      socket.connect(endpoint, PROBE_LIMIT_MILLIS);
      return false;
    } catch (ConnectException e) {
      return String.valueOf(e.getMessage()).contains("refused");
    } catch (IOException e) {
      return false;
    }
  }

  private void ping() {
    Set<String> names;
    synchronized (this) {
      names = Set.copyOf(idsByName.keySet());
    }
    for (String name : names) {
      if (!name.equals(post.self())) {
        post.send(name, roundTrips.begin(name, System.nanoTime()).encode());
      }
    }
  }

  // --- Leaving ---

  /**
   * Says goodbye, then blocks until this node can go without taking values along: those who leave
   * at the same time go one by one, each when the others have their shares. Gives up after {@value
   * #TURN_PATIENCE_MILLIS} ms.
   */
  void leave() {
    Set<String> others;
    synchronized (this) {
      leaves = true;
      others = new HashSet<>(idsByName.keySet());
    }
    others.remove(post.self());
    if (others.isEmpty()) {
      return;
    }
    others.forEach(other -> post.send(other, new Goodbye().encode()));
    long endNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TURN_PATIENCE_MILLIS);
    try {
      TimeUnit.MILLISECONDS.sleep(GOODBYE_MILLIS);
      while (!isOurTurn() && System.nanoTime() - endNanos < 0) {
        TimeUnit.MILLISECONDS.sleep(TURN_LOOK_MILLIS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** The youngest goes first: the oldest has the most to hand over. */
  private synchronized boolean isOurTurn() {
    List<UUID> others =
        addresses.keySet().stream().filter(id -> !id.equals(idsByName.get(post.self()))).toList();
    if (others.stream().allMatch(census::isLeaving)) {
      return true;
    }
    List<UUID> view = List.copyOf(addresses.keySet());
    int place = view.indexOf(idsByName.get(post.self()));
    boolean isYoungest = view.subList(place + 1, view.size()).stream().noneMatch(census::isLeaving);
    return isYoungest && (isWhole() || stores.areDegraded());
  }

  @Override
  public synchronized void close() {
    if (watch != null) {
      watch.interrupt();
    }
  }
}

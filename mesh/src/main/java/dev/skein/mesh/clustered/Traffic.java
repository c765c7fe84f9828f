package dev.skein.mesh.clustered;

import dev.skein.mesh.clustered.Stack.Binding;
import dev.skein.mesh.engine.Engine.Listener;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jgroups.Address;
import org.jgroups.View;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is in sight, what goes to them and what comes from them. In sight is who is in the cluster's
 * view and connected. Any thread may call. The listener is called under a lock, one call at a time,
 * so it must not block; it may call back.
 */
final class Traffic implements Switchboard.Subscriber, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Traffic.class);

  /** Connected, and not in the view yet. */
  private static final int EARLY_MAX_COUNT = 64;

  /** How long a newcomer waits until it is connected with all, before it sees anybody. */
  private static final long FIRST_SIGHT_MILLIS = 2_000;

  private final ClusterConfig config;
  private final LongAdder refused = new LongAdder();
  private final LongAdder malformed = new LongAdder();
  private final ReentrantLock calling = new ReentrantLock();

  /** The cluster as it is now, in the order its nodes joined. */
  private final Map<UUID, Address> view = new LinkedHashMap<>();

  /** To nodes of the view, and to some that will be in it soon. */
  private final Map<UUID, Trunk> trunks = new HashMap<>();

  private volatile Map<String, Outlet> outlets = Map.of();
  private volatile List<String> names = List.of();
  private volatile Map<UUID, String> namesById = Map.of();
  private volatile boolean mayBeAlone;
  private volatile boolean closed;
  private FirstSight firstSight = FirstSight.AHEAD;
  private String self = "";
  private UUID selfId = new UUID(0, 0);
  private @Nullable Mirror mirror;
  private @Nullable Switchboard switchboard;
  private @Nullable Listener listener;
  private @Nullable Stores stores;
  private @Nullable Vigil vigil;
  private Function<Address, Optional<InetSocketAddress>> endpoints = address -> Optional.empty();

  /** When a newcomer sees the others: together, so that it knows when it has met them all. */
  private enum FirstSight {
    AHEAD,
    WAITS_FOR_ALL,
    OVER
  }

  Traffic(ClusterConfig config) {
    this.config = config;
  }

  /** Begins to listen for other nodes; gives where. */
  InetSocketAddress start(Binding here, Listener hears, Stores serves, Vigil watches) {
    self = here.name();
    listener = hears;
    stores = serves;
    vigil = watches;
    int port = here.port() == 0 ? 0 : here.port() + ClusterConfig.TRUNK_PORT_OFFSET;
    Switchboard opened = new Switchboard(config, here.host(), port, here.tls(), refused, this);
    switchboard = opened;
    mirror =
        new Mirror(
            config.queueMaxBytes(),
            opened::execute,
            (array, length) -> deliver(self, array, length),
            refused);
    opened.start();
    return opened.address();
  }

  /**
   * A new attempt to join begins.
   *
   * @param endpointOf where a node of the view has its mesh port; empty while that is not known
   */
  void onAttempt(
      UUID id, boolean aloneIsFine, Function<Address, Optional<InetSocketAddress>> endpointOf) {
    calling.lock();
    try {
      selfId = id;
      mayBeAlone = aloneIsFine;
      endpoints = endpointOf;
      Objects.requireNonNull(switchboard).named(id);
    } finally {
      calling.unlock();
    }
  }

  /** Until it joins, this node sees itself. */
  void onAlone() {
    calling.lock();
    try {
      if (names.isEmpty()) {
        show(List.of(self), Map.of(self, Objects.requireNonNull(mirror)));
      }
    } finally {
      calling.unlock();
    }
  }

  List<String> members() {
    return names;
  }

  /** True if all nodes of the cluster's view are in sight. */
  boolean seesAll() {
    return names.size() == namesById.size();
  }

  Optional<String> nameOf(UUID id) {
    return Optional.ofNullable(namesById.get(id));
  }

  long refused() {
    return refused.sum();
  }

  long malformed() {
    return malformed.sum();
  }

  long queuedBytes() {
    return outlets.values().stream().mapToLong(Outlet::queuedBytes).sum();
  }

  boolean send(Batch.Kind kind, String node, byte[] frame, Outlet.Haste haste) {
    if (frame.length > config.frameMaxBytes()) {
      throw new IllegalArgumentException(
          "a frame of " + frame.length + " bytes; at most " + config.frameMaxBytes());
    }
    Outlet outlet = outlets.get(node);
    if (outlet == null) {
      refused.increment();
      return false;
    }
    return outlet.offer(kind, frame, haste);
  }

  // --- Who is in sight ---

  /** The cluster has these nodes now. Called by JGroups, one call at a time. */
  void onView(View now) {
    if (closed || (now.size() == 1 && !mayBeAlone && names.size() <= 1)) {
      return;
    }
    calling.lock();
    try {
      Set<UUID> before = Set.copyOf(view.keySet());
      takeNote(now);
      before.stream().filter(id -> !view.containsKey(id)).forEach(this::part);
      Objects.requireNonNull(vigil).onView(now.getMembers(), endpoints);
      view.keySet().forEach(this::connect);
      look();
      if (firstSight == FirstSight.AHEAD) {
        firstSight = FirstSight.WAITS_FOR_ALL;
        Thread.ofVirtual().name("mesh-first-sight").start(this::waitNoMore);
      }
    } finally {
      calling.unlock();
    }
  }

  private void takeNote(View now) {
    view.clear();
    Set<String> taken = new HashSet<>();
    for (Address address : now.getMembers()) {
      String name = NodeAddress.nameOf(address);
      if (taken.add(name)) {
        view.put(NodeAddress.idOf(address), address);
      } else {
        LOG.error("Two nodes are called {}; the one that came later is ignored", name);
      }
    }
    namesById =
        now.getMembers().stream()
            .collect(Collectors.toUnmodifiableMap(NodeAddress::idOf, NodeAddress::nameOf));
  }

  private void part(UUID id) {
    Objects.requireNonNull(switchboard).forget(id);
    Trunk trunk = trunks.remove(id);
    if (trunk != null) {
      trunk.close();
    }
  }

  private void connect(UUID id) {
    Address address = view.get(id);
    if (address != null && !id.equals(selfId) && !trunks.containsKey(id)) {
      NodeAddress.doorOf(address)
          .ifPresent(door -> Objects.requireNonNull(switchboard).connect(id, door));
    }
  }

  @Override
  public void onTrunk(Trunk trunk) {
    calling.lock();
    try {
      UUID id = trunk.node();
      Trunk old = trunks.remove(id);
      if (old != null) {
        old.close();
        look(); // what was under way is lost, so the node leaves and comes back
      }
      if (closed || (!view.containsKey(id) && trunks.size() - view.size() > EARLY_MAX_COUNT)) {
        trunk.close();
      } else {
        trunks.put(id, trunk);
        look();
      }
    } finally {
      calling.unlock();
    }
  }

  @Override
  public void onBroken(Trunk trunk, IOException why) {
    calling.lock();
    try {
      trunk.close();
      UUID id = trunk.node();
      if (trunks.remove(id, trunk) && !closed) {
        LOG.info("The connection to {} broke: {}", namesById.get(id), why.getMessage());
        look();
        connect(id);
      }
    } finally {
      calling.unlock();
    }
  }

  /** So that nobody waits for ever for one that cannot be reached. */
  private void waitNoMore() {
    try {
      TimeUnit.MILLISECONDS.sleep(FIRST_SIGHT_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    calling.lock();
    try {
      firstSight = FirstSight.OVER;
      look();
    } finally {
      calling.unlock();
    }
  }

  /** Finds out who is in sight. */
  private void look() {
    if (closed) {
      return;
    }
    Map<String, Outlet> next = new LinkedHashMap<>();
    List<Trunk> fresh = new ArrayList<>();
    view.forEach((id, address) -> {
      Trunk trunk = trunks.get(id);
      if (id.equals(selfId)) {
        next.put(self, Objects.requireNonNull(mirror));
      } else if (trunk != null) {
        String name = NodeAddress.nameOf(address);
        next.put(name, trunk);
        if (outlets.get(name) != trunk) {
          fresh.add(trunk);
        }
      }
    });
    boolean all = next.size() == view.size();
    if (next.isEmpty() || (!all && firstSight != FirstSight.OVER)) {
      return;
    }
    firstSight = FirstSight.OVER;
    List<String> nextNames = List.copyOf(next.keySet());
    if (!fresh.isEmpty() || !nextNames.equals(names)) {
      LOG.info("Nodes in sight: {} (were: {})", nextNames, names);
      show(nextNames, Map.copyOf(next));
    }
    fresh.forEach(Objects.requireNonNull(switchboard)::listen);
  }

  private void show(List<String> nextNames, Map<String, Outlet> next) {
    outlets = next;
    names = nextNames;
    Objects.requireNonNull(stores).onMembers(Set.copyOf(nextNames));
    try {
      Objects.requireNonNull(listener).onView(nextNames);
    } catch (RuntimeException e) {
      LOG.error("The mesh failed to take note of the nodes in sight", e);
    }
  }

  // --- What comes from them ---

  @Override
  public int onBytes(Trunk trunk, byte[] array, int length) {
    String name = namesById.get(trunk.node());
    return name != null && outlets.get(name) == trunk ? deliver(name, array, length) : length;
  }

  private record Aside(Batch.Kind kind, byte[] frame) {}

  /** Frames for stores are handled outside the lock: their callers' code may run at once. */
  private int deliver(String sender, byte[] array, int length) {
    List<Aside> asides = new ArrayList<>(0);
    int read;
    calling.lock();
    try {
      read =
          Batch.read(
              array,
              length,
              (kind, frame) -> {
                switch (kind) {
                  case MESH -> hear(sender, frame);
                  case STORE, SIGNAL -> asides.add(new Aside(kind, frame));
                }
              },
              () -> countMalformed(sender, "frame of a known kind"));
    } finally {
      calling.unlock();
    }
    for (Aside aside : asides) {
      boolean reads =
          aside.kind == Batch.Kind.STORE
              ? Objects.requireNonNull(stores).onFrame(sender, aside.frame)
              : Objects.requireNonNull(vigil).onSignal(sender, aside.frame);
      if (!reads) {
        countMalformed(sender, "frame of an engine");
      }
    }
    return read;
  }

  private void countMalformed(String sender, String what) {
    malformed.increment();
    if (Long.bitCount(malformed.sum()) == 1) {
      LOG.warn("Node {} sent what is no {} ({} so far)", sender, what, malformed);
    }
  }

  private void hear(String sender, byte[] frame) {
    try {
      Objects.requireNonNull(listener).onFrame(sender, frame);
    } catch (RuntimeException e) {
      LOG.error("The mesh failed on a frame from {}", sender, e);
    }
  }

  @Override
  public void close() {
    closed = true;
    Switchboard opened = switchboard;
    if (opened != null) {
      opened.close();
    }
    calling.lock();
    try {
      trunks.values().forEach(Trunk::close);
    } finally {
      calling.unlock();
    }
  }
}

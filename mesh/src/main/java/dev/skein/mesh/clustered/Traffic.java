package dev.skein.mesh.clustered;

import dev.skein.mesh.engine.Engine.Listener;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;
import org.jgroups.Address;
import org.jgroups.View;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is in sight, what goes to them and what comes from them. Any thread may call. The listener is
 * called under a lock, one call at a time, so it must not block; it may call back.
 */
final class Traffic implements Frames.Receiver, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Traffic.class);
  private static final int EARLY_MAX_COUNT = 64;

  private final ClusterConfig config;
  private final LongAdder refused = new LongAdder();
  private final LongAdder malformed = new LongAdder();
  private final ReentrantLock calling = new ReentrantLock();
  private final Map<Address, Early> early = new HashMap<>();
  private volatile Map<String, Peer> peers = Map.of();
  private volatile List<String> names = List.of();
  private volatile Map<UUID, String> namesById = Map.of();
  private volatile @Nullable Frames frames;
  private volatile boolean mayBeAlone;
  private volatile boolean closed;
  private String self = "";
  private @Nullable Listener listener;
  private @Nullable Stores stores;
  private @Nullable Vigil vigil;

  /**
   * A node in sight.
   *
   * @param address null for this node before it has joined
   */
  private record Peer(@Nullable Address address, Outbox outbox) {}

  /** What came from a node before the view that has it. */
  private static final class Early {
    private final ArrayDeque<byte[]> batches = new ArrayDeque<>();
    private int bytes;
  }

  Traffic(ClusterConfig config) {
    this.config = config;
  }

  void start(String name, Listener hears, Stores serves, Vigil watches) {
    self = name;
    listener = hears;
    stores = serves;
    vigil = watches;
  }

  /** A new attempt to join begins. */
  void onChannel(Frames channel, boolean aloneIsFine) {
    frames = channel;
    mayBeAlone = aloneIsFine;
  }

  /** Until it joins, this node sees itself. */
  void onAlone() {
    calling.lock();
    try {
      if (peers.isEmpty()) {
        show(List.of(self), Map.of(self, new Peer(null, outbox(self, null))));
      }
    } finally {
      calling.unlock();
    }
  }

  List<String> members() {
    return names;
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
    return peers.values().stream().mapToLong(peer -> peer.outbox.queuedBytes()).sum();
  }

  boolean send(Batch.Kind kind, String node, byte[] frame, boolean reliable) {
    if (frame.length > config.frameMaxBytes()) {
      throw new IllegalArgumentException(
          "a frame of " + frame.length + " bytes; at most " + config.frameMaxBytes());
    }
    Peer peer = peers.get(node);
    if (peer == null) {
      refused.increment();
      return false;
    }
    return peer.outbox.offer(kind, frame, reliable);
  }

  @Override
  public void onMembers(View view) {
    if (closed || (view.size() == 1 && !mayBeAlone && names.size() <= 1)) {
      return;
    }
    calling.lock();
    try {
      Map<String, Peer> next = new LinkedHashMap<>();
      for (Address address : view.getMembers()) {
        String name = NodeName.of(address);
        Peer known = peers.get(name);
        if (next.containsKey(name)) {
          LOG.error("Two nodes are called {}; the one that came later is ignored", name);
        } else {
          next.put(
              name,
              known != null && address.equals(known.address)
                  ? known
                  : new Peer(address, outbox(name, address)));
        }
      }
      namesById =
          view.getMembers().stream()
              .collect(Collectors.toUnmodifiableMap(NodeName::idOf, NodeName::of));
      Frames channel = Objects.requireNonNull(frames);
      Objects.requireNonNull(vigil).onView(view.getMembers(), channel::endpointOf);
      List<String> before = names;
      show(List.copyOf(next.keySet()), Map.copyOf(next));
      LOG.info("Nodes in sight: {} (were: {})", names, before);
      deliverEarly(view);
    } finally {
      calling.unlock();
    }
  }

  private void show(List<String> nextNames, Map<String, Peer> next) {
    Map<String, Peer> before = peers;
    peers = next;
    names = nextNames;
    before.forEach((name, peer) -> {
      Peer now = next.get(name);
      if (now == null || now.outbox != peer.outbox) {
        peer.outbox.close();
      }
    });
    Objects.requireNonNull(stores).onMembers(Set.copyOf(nextNames));
    try {
      Objects.requireNonNull(listener).onView(nextNames);
    } catch (RuntimeException e) {
      LOG.error("The mesh failed to take note of the nodes in sight", e);
    }
  }

  private Outbox outbox(String name, @Nullable Address address) {
    Frames channel = frames;
    return new Outbox(
        name,
        config.queueMaxBytes(),
        (array, length) -> {
          if (name.equals(self)) {
            deliver(name, array, 0, length);
          } else {
            Objects.requireNonNull(channel).send(Objects.requireNonNull(address), array, length);
          }
        },
        refused);
  }

  @Override
  public void onMessage(Address sender, byte[] array, int offset, int length) {
    String name = NodeName.of(sender);
    Peer peer = peers.get(name);
    if (peer == null || !sender.equals(peer.address)) {
      calling.lock();
      try {
        peer = peers.get(name);
        if (peer == null || !sender.equals(peer.address)) {
          keepForLater(sender, array, offset, length);
          return;
        }
      } finally {
        calling.unlock();
      }
    }
    deliver(name, array, offset, length);
  }

  private void keepForLater(Address sender, byte[] array, int offset, int length) {
    if (early.size() >= EARLY_MAX_COUNT && !early.containsKey(sender)) {
      early.clear();
    }
    Early kept = early.computeIfAbsent(sender, unused -> new Early());
    if (kept.bytes + length > config.queueMaxBytes()) {
      refused.increment();
      return;
    }
    kept.bytes += length;
    kept.batches.add(Arrays.copyOfRange(array, offset, offset + length));
  }

  private void deliverEarly(View view) {
    for (Address address : view.getMembers()) {
      Early kept = early.remove(address);
      if (kept != null) {
        kept.batches.forEach(batch -> deliver(NodeName.of(address), batch, 0, batch.length));
      }
    }
  }

  private record Aside(Batch.Kind kind, byte[] frame) {}

  /** Frames for stores are handled outside the lock: their callers' code may run at once. */
  private void deliver(String sender, byte[] array, int offset, int length) {
    List<Aside> asides = new ArrayList<>(0);
    calling.lock();
    try {
      boolean whole =
          Batch.read(
              array,
              offset,
              length,
              (kind, frame) -> {
                switch (kind) {
                  case MESH -> hear(sender, frame);
                  case STORE, SIGNAL -> asides.add(new Aside(kind, frame));
                }
              });
      if (!whole) {
        countMalformed(sender, "batch of frames");
      }
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
    peers.values().forEach(peer -> peer.outbox.close());
  }
}

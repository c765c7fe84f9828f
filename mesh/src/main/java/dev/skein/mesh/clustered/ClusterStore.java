package dev.skein.mesh.clustered;

import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import dev.skein.mesh.clustered.StoreFrame.Answer;
import dev.skein.mesh.clustered.StoreFrame.Ask;
import dev.skein.mesh.clustered.StoreFrame.Read;
import dev.skein.mesh.clustered.StoreFrame.Request;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import org.infinispan.AdvancedCache;
import org.infinispan.notifications.Listener;
import org.infinispan.notifications.cachelistener.annotation.CacheEntryCreated;
import org.infinispan.notifications.cachelistener.annotation.CacheEntryExpired;
import org.infinispan.notifications.cachelistener.annotation.CacheEntryModified;
import org.infinispan.notifications.cachelistener.annotation.CacheEntryRemoved;
import org.infinispan.notifications.cachelistener.annotation.TopologyChanged;
import org.infinispan.notifications.cachelistener.event.CacheEntryEvent;
import org.infinispan.notifications.cachelistener.event.Event;
import org.infinispan.notifications.cachelistener.event.TopologyChangedEvent;
import org.infinispan.partitionhandling.AvailabilityMode;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One store on one node. Any thread may call. */
final class ClusterStore implements Store {
  private static final Logger LOG = LoggerFactory.getLogger(ClusterStore.class);

  private final StoreOptions options;
  private final Operator operator;
  private final Stores stores;
  private final NearCache near;
  private final Optional<Archive> archive;
  private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();
  private volatile @Nullable Part part;
  private volatile boolean keeps = true;
  private boolean watched;

  /** What exists once this node has joined. */
  private record Part(AdvancedCache<String, byte[]> cache, StoreOwner owner) {}

  /**
   * @param archive where this node's values outlive it
   */
  ClusterStore(StoreOptions options, Operator operator, Stores stores, Optional<Archive> archive) {
    this.options = options;
    this.operator = operator;
    this.stores = stores;
    this.archive = archive;
    this.near = new NearCache(options.nearCacheMaxCount(), System::nanoTime);
  }

  /**
   * Blocks until this node has its share. One that keeps no values waits in the background: until
   * one that does is there, the store exists nowhere.
   */
  void open(Grid grid) {
    if (grid.keeps(options)) {
      openNow(grid);
    } else {
      Thread.ofVirtual().name("mesh-store-" + options.name()).start(() -> openNow(grid));
    }
    keeps = grid.keeps(options);
  }

  private void openNow(Grid grid) {
    AdvancedCache<String, byte[]> cache = grid.open(options);
    archive.ifPresent(files -> {
      watch(cache);
      files.restore(cache, stores.timeoutMillis());
      files.catchUp(cache);
      cache.addListener(new Moves(files, cache));
    });
    part = new Part(cache, stores.owner(cache, operator, options));
    if (!listeners.isEmpty()) {
      watch(cache);
    }
  }

  /** Only where somebody wants to know: the grid makes an event of every change then. */
  private synchronized void watch(AdvancedCache<String, byte[]> cache) {
    if (!watched) {
      watched = true;
      cache.addListener(new Changes());
    }
  }

  StoreOptions options() {
    return options;
  }

  boolean isSettled() {
    Part there = part;
    return there == null ? !keeps : Grid.isSettled(there.cache);
  }

  boolean isWhole(Set<UUID> nodes) {
    Part there = part;
    return there == null ? !keeps : Grid.isWhole(there.cache, nodes);
  }

  boolean isDegraded() {
    Part there = part;
    return there != null && there.cache.getAvailability() != AvailabilityMode.AVAILABLE;
  }

  void goOn() {
    Part there = part;
    if (there != null) {
      there.cache.setAvailability(AvailabilityMode.AVAILABLE);
    }
  }

  @Override
  public CompletionStage<Optional<byte[]>> get(String key) {
    Part there = part;
    if (there == null) {
      return CompletableFuture.failedFuture(Stores.notJoined());
    }
    Future<byte[]> seen = there.owner.glance(key);
    if (seen != null && seen.state() == Future.State.SUCCESS) {
      return CompletableFuture.completedFuture(value(seen.resultNow()));
    }
    Optional<byte[]> known = near.get(key);
    if (known != null) {
      return CompletableFuture.completedFuture(known);
    }
    long askedAt = near.changesCount();
    CompletableFuture<Optional<byte[]>> asked = isDegraded() ? fetch(there, key) : ask(there, key);
    return asked.whenComplete((value, failure) -> {
      if (failure == null) {
        near.put(key, value, askedAt);
      }
    });
  }

  /** By the key's owner. */
  private CompletableFuture<Optional<byte[]>> ask(Part part, String key) {
    return stores
        .calls()
        .read(this, key)
        .thenCompose(answer ->
            switch (answer.result()) {
              case DONE -> CompletableFuture.completedFuture(Optional.of(answer.content()));
              case TOO_LARGE -> fetch(part, key);
              case ABSENT, REFUSED, TRY_AGAIN ->
                  CompletableFuture.completedFuture(Optional.empty());
            });
  }

  /** By the grid, which knows at once if it cannot, and has room for anything. */
  private CompletableFuture<Optional<byte[]>> fetch(Part part, String key) {
    return stores
        .onThread(() -> part.cache.getAsync(key))
        .handle((stored, failure) -> {
          if (failure != null) {
            throw Stores.networkFailed(failure);
          }
          return value(stored);
        });
  }

  private static Optional<byte[]> value(byte @Nullable [] stored) {
    return stored == null ? Optional.empty() : Optional.ofNullable(Envelope.valueIn(stored));
  }

  @Override
  public CompletionStage<byte[]> apply(String key, byte[] operation) {
    if (operation.length == 0) {
      throw new IllegalArgumentException("an empty operation");
    }
    return stores
        .calls()
        .ask(this, key, operation.clone())
        .whenComplete((answer, failure) -> near.forget(key))
        .thenApply(Answer::content);
  }

  @Override
  public String owner(String key) {
    return ownerNow(key).orElseGet(stores::self);
  }

  /** Empty before this node has joined, and while no node can keep values. */
  Optional<String> ownerNow(String key) {
    Part there = part;
    return there == null ? Optional.empty() : Grid.owner(there.cache, key).flatMap(stores::nameOf);
  }

  /** Does what another node, or this one, asks for. */
  void serve(Request request, Consumer<Answer> reply) {
    Part there = part;
    if (there == null) {
      reply.accept(request.again());
      return;
    }
    try {
      switch (request) {
        case Ask ask -> there.owner.run(ask, reply);
        case Read read -> there.owner.read(read, reply);
      }
    } catch (RuntimeException e) {
      LOG.debug("The store {} cannot answer", options.name(), e);
      reply.accept(request.again());
    }
  }

  /** The owner of the key has changed it. */
  void forgetNear(String key) {
    near.forget(key);
  }

  void closeFile() {
    archive.ifPresent(Archive::close);
  }

  @Override
  public void onChange(ChangeListener listener) {
    listeners.add(listener);
    Part there = part;
    if (there != null) {
      watch(there.cache);
    }
  }

  /** Infinispan calls its listeners by reflection. */
  @Listener(observation = Listener.Observation.POST)
  public final class Changes {
    private Changes() {}

    @CacheEntryCreated
    @CacheEntryModified
    @CacheEntryRemoved
    @CacheEntryExpired
    public void onEntry(CacheEntryEvent<String, byte[]> event) {
      boolean gone =
          event.getType() == Event.Type.CACHE_ENTRY_REMOVED
              || event.getType() == Event.Type.CACHE_ENTRY_EXPIRED;
      byte[] stored = event.getValue();
      Envelope envelope = stored == null ? Envelope.EMPTY : Envelope.decode(stored);
      byte[] value = envelope.value();
      if (!gone && stored != null) {
        archive.ifPresent(
            files -> files.note(event.getKey(), envelope, event.getMetadata().lifespan()));
      }
      boolean wasThere = value != null || event.getType() == Event.Type.CACHE_ENTRY_MODIFIED;
      if (wasThere) {
        tell(event.getKey(), gone ? null : value);
      }
    }
  }

  /** Values that came here or went elsewhere, because nodes did. */
  @Listener(observation = Listener.Observation.POST)
  public final class Moves {
    private final Archive files;
    private final AdvancedCache<String, byte[]> cache;

    private Moves(Archive files, AdvancedCache<String, byte[]> cache) {
      this.files = files;
      this.cache = cache;
    }

    @TopologyChanged
    public void onTopology(TopologyChangedEvent<String, byte[]> event) {
      stores.execute(() -> {
        try {
          if (Grid.isSettled(cache)) {
            files.catchUp(cache);
          }
        } catch (RuntimeException e) {
          LOG.debug("Values that moved are noted when nodes come or go again", e);
        }
      });
    }
  }

  private void tell(String key, byte @Nullable [] value) {
    for (ChangeListener listener : listeners) {
      try {
        listener.onChange(key, value);
      } catch (RuntimeException e) {
        LOG.error("A listener of the store {} failed", options.name(), e);
      }
    }
  }
}

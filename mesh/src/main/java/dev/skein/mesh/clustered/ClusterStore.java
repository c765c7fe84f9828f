package dev.skein.mesh.clustered;

import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import dev.skein.mesh.clustered.StoreFrame.Answer;
import dev.skein.mesh.clustered.StoreFrame.Ask;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
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
    cache.addListener(new Changes());
    archive.ifPresent(files -> {
      files.restore(cache, stores.timeoutMillis());
      files.catchUp(cache);
      cache.addListener(new Moves(files, cache));
    });
    part = new Part(cache, stores.owner(cache, operator, options));
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
    if (Grid.isLocal(there.cache, key)) {
      return read(there, key);
    }
    Optional<byte[]> known = near.get(key);
    if (known != null) {
      return CompletableFuture.completedFuture(known);
    }
    long askedAt = near.changesCount();
    return stores
        .onThread(() -> read(there, key))
        .whenComplete((value, failure) -> {
          if (failure == null) {
            near.put(key, value, askedAt);
          }
        });
  }

  private static CompletableFuture<Optional<byte[]>> read(Part part, String key) {
    CompletableFuture<byte[]> stored;
    try {
      stored = part.cache.getAsync(key);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(Stores.networkFailed(e));
    }
    return stored.handle((bytes, failure) -> {
      if (failure != null) {
        throw Stores.networkFailed(failure);
      }
      return bytes == null ? Optional.empty() : Optional.ofNullable(Envelope.decode(bytes).value());
    });
  }

  @Override
  public CompletionStage<byte[]> apply(String key, byte[] operation) {
    if (operation.length == 0) {
      throw new IllegalArgumentException("an empty operation");
    }
    return stores
        .ask(this, key, operation.clone())
        .whenComplete((answer, failure) -> near.forget(key));
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

  /** Runs an operation another node, or this one, asks for. */
  void serve(Ask ask, Consumer<Answer> reply) {
    Part there = part;
    if (there == null) {
      reply.accept(new Answer(ask.call(), StoreFrame.Result.TRY_AGAIN, new byte[0]));
    } else {
      there.owner.run(ask, reply);
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

package dev.skein.mesh.clustered;

import dev.skein.mesh.MeshException;
import dev.skein.mesh.MeshException.NetworkFailed;
import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import dev.skein.mesh.clustered.StoreFrame.Answer;
import dev.skein.mesh.clustered.StoreFrame.Changed;
import dev.skein.mesh.clustered.StoreFrame.Request;
import dev.skein.mesh.journal.Entry;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Supplier;
import org.infinispan.AdvancedCache;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All stores of a node, and what they say to those of other nodes. Any thread may call. */
final class Stores implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Stores.class);
  private static final long REMEMBER_REMOVED_MILLIS = 60_000;

  private final ClusterConfig config;
  private final Post post;
  private final Map<String, ClusterStore> stores = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("mesh-store-", 0).factory());
  private final Hands hands = new Hands(threads);
  private final Calls calls;
  private volatile Set<String> inSight = Set.of();

  /** Carries frames to other nodes' stores. */
  interface Post {
    /** False if it was refused. */
    boolean send(String node, byte[] frame);

    String self();

    /** The name of a node in sight. */
    Optional<String> nameOf(UUID id);
  }

  Stores(ClusterConfig config, Post post) {
    this.config = config;
    this.post = post;
    this.calls = new Calls(config, post, hands);
  }

  Store add(StoreOptions options, Store.Operator operator) {
    if (stores.containsKey(options.name())) {
      throw new IllegalStateException("the store " + options.name() + " is open already");
    }
    boolean keeps = Grid.keeps(options, config);
    Optional<Archive> archive =
        keeps ? options.journal(System::currentTimeMillis).map(Archive::new) : Optional.empty();
    ClusterStore store = new ClusterStore(options, operator, this, archive);
    stores.put(options.name(), store);
    return store;
  }

  /** Blocks until this node has its shares; all stores fetch theirs at the same time. */
  void open(Grid grid) {
    CompletableFuture<?>[] opened =
        stores.values().stream()
            .map(store -> CompletableFuture.runAsync(() -> store.open(grid), threads))
            .toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(opened).join();
    } catch (CompletionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : e;
    }
  }

  boolean areSettled() {
    return stores.values().stream().allMatch(ClusterStore::isSettled);
  }

  /** True if these nodes, and no others, have their shares of all stores. */
  boolean areWhole(Set<UUID> nodes) {
    return stores.values().stream().allMatch(store -> store.isWhole(nodes));
  }

  /** True if a store serves nobody because too many nodes were lost at once. */
  boolean areDegraded() {
    return stores.values().stream().anyMatch(ClusterStore::isDegraded);
  }

  /** Has degraded stores serve again with the values that are left; blocks. */
  void goOn() {
    stores.values().stream().filter(ClusterStore::isDegraded).forEach(ClusterStore::goOn);
  }

  StoreOwner owner(
      AdvancedCache<String, byte[]> cache, Store.Operator operator, StoreOptions options) {
    boolean lasts = options.directory().isPresent();
    return new StoreOwner(
        cache,
        operator,
        hands,
        System::currentTimeMillis,
        config.frameMaxBytes() - StoreFrame.ANSWER_HEAD_BYTES,
        lasts ? Entry.REMOVED_MILLIS : REMEMBER_REMOVED_MILLIS,
        options.nearCacheMaxCount() == 0 ? key -> {} : key -> tellChanged(options.name(), key));
  }

  /** Who does not hear of it has an old value at hand until its time is over. */
  private void tellChanged(String store, String key) {
    byte[] changed = new Changed(store, key).encode();
    for (String node : inSight) {
      if (!node.equals(self())) {
        post.send(node, changed);
      }
    }
  }

  long timeoutMillis() {
    return config.storeTimeoutMillis();
  }

  /** Runs what may block, unless this node is going. */
  void execute(Runnable task) {
    try {
      threads.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.debug("Not run any more: the mesh is closed");
    }
  }

  String self() {
    return post.self();
  }

  Optional<String> nameOf(UUID id) {
    return post.nameOf(id);
  }

  static MeshException notJoined() {
    return new NetworkFailed("this node has not joined its cluster yet");
  }

  static MeshException networkFailed(Throwable failure) {
    Throwable cause = failure;
    while (cause instanceof CompletionException && cause.getCause() != null) {
      cause = cause.getCause();
    }
    return cause instanceof MeshException known
        ? known
        : new NetworkFailed(String.valueOf(cause.getMessage()));
  }

  /** Runs what may block on a thread for it. */
  <T> CompletableFuture<T> onThread(Supplier<CompletableFuture<T>> task) {
    try {
      return CompletableFuture.supplyAsync(task, threads).thenCompose(stage -> stage);
    } catch (RejectedExecutionException e) {
      return CompletableFuture.failedFuture(new NetworkFailed("the mesh is closed"));
    }
  }

  Calls calls() {
    return calls;
  }

  /** A frame from a node's stores; false if it is none. */
  boolean onFrame(String sender, byte[] bytes) {
    try {
      switch (StoreFrame.decode(bytes)) {
        case Request request -> serve(sender, request);
        case Answer answer -> calls.onAnswer(answer);
        case Changed changed -> onChanged(changed);
      }
      return true;
    } catch (IllegalArgumentException e) {
      LOG.debug("Node {} sent what is no store frame: {}", sender, e.getMessage());
      return false;
    }
  }

  private void serve(String sender, Request request) {
    ClusterStore store = stores.get(request.store());
    if (store == null) {
      post.send(sender, request.again().encode());
    } else {
      store.serve(request, answer -> post.send(sender, answer.encode()));
    }
  }

  private void onChanged(Changed changed) {
    ClusterStore store = stores.get(changed.store());
    if (store != null) {
      store.forgetNear(changed.key());
    }
  }

  void onMembers(Set<String> names) {
    inSight = names;
    calls.onMembers(names);
  }

  @Override
  public void close() {
    threads.shutdownNow();
    calls.close();
  }

  /** After the grid was closed: nothing changes any more. */
  void closeFiles() {
    stores.values().forEach(ClusterStore::closeFile);
  }
}

package dev.skein.mesh.clustered;

import dev.skein.mesh.MeshException;
import dev.skein.mesh.MeshException.HandlerFailed;
import dev.skein.mesh.MeshException.NetworkFailed;
import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import dev.skein.mesh.clustered.StoreFrame.Answer;
import dev.skein.mesh.clustered.StoreFrame.Ask;
import dev.skein.mesh.clustered.StoreFrame.Changed;
import dev.skein.mesh.journal.Entry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.infinispan.AdvancedCache;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All stores of a node, and their calls under way. A call goes to the key's owner and, if that one
 * dies or is no longer the owner, to the next one under the same number, until its time is over.
 * Any thread may call, nothing blocks.
 */
final class Stores implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Stores.class);
  private static final long SWEEP_MILLIS = 50;
  private static final long REPEAT_MILLIS = 3_000;
  private static final long REMEMBER_REMOVED_MILLIS = 60_000;

  private final ClusterConfig config;
  private final Post post;
  private final long caller = ThreadLocalRandom.current().nextLong();
  private final AtomicLong numbers = new AtomicLong();
  private final Map<String, ClusterStore> stores = new ConcurrentHashMap<>();
  private final Map<Long, Call> calls = new ConcurrentHashMap<>();
  private final Map<Line, ArrayDeque<Call>> lines = new HashMap<>();
  private final Semaphore places;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("mesh-store-", 0).factory());
  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("mesh-store-clock").daemon().factory());
  private volatile Set<String> inSight = Set.of();

  /** Carries frames to other nodes' stores. */
  interface Post {
    /** False if it was refused. */
    boolean send(String node, byte[] frame);

    String self();

    /** The name of a node in sight. */
    Optional<String> nameOf(UUID id);
  }

  /** Operations of this node on one key go one after the other; see {@link Envelope}. */
  private record Line(String store, String key) {}

  /** An operation under way; what changes is confined to whoever handles the call now. */
  private static final class Call {
    private final ClusterStore store;
    private final Line line;
    private final long number;
    private final byte[] operation;
    private final long endNanos;
    private final CompletableFuture<byte[]> result = new CompletableFuture<>();
    private volatile long againNanos;
    private volatile @Nullable String asked;

    private Call(ClusterStore store, Line line, long number, byte[] operation, long endNanos) {
      this.store = store;
      this.line = line;
      this.number = number;
      this.operation = operation;
      this.endNanos = endNanos;
    }
  }

  Stores(ClusterConfig config, Post post) {
    this.config = config;
    this.post = post;
    this.places = new Semaphore(config.storeMaxPendingCount());
    clock.scheduleWithFixedDelay(this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
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
        threads,
        System::currentTimeMillis,
        config.storeTimeoutMillis(),
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

  /** Runs what may block on a thread for it, if there is a place. */
  <T> CompletableFuture<T> onThread(Supplier<CompletableFuture<T>> task) {
    if (!places.tryAcquire()) {
      return CompletableFuture.failedFuture(tooMany());
    }
    return CompletableFuture.supplyAsync(task, threads)
        .thenCompose(stage -> stage)
        .whenComplete((value, failure) -> places.release());
  }

  private MeshException tooMany() {
    return new NetworkFailed(
        "more than " + config.storeMaxPendingCount() + " calls of stores are under way");
  }

  /** Has the owner of the key run the operation. */
  CompletableFuture<byte[]> ask(ClusterStore store, String key, byte[] operation) {
    if (!places.tryAcquire()) {
      return CompletableFuture.failedFuture(tooMany());
    }
    long now = System.nanoTime();
    long end = now + TimeUnit.MILLISECONDS.toNanos(config.storeTimeoutMillis());
    Call call;
    boolean first;
    synchronized (lines) {
      Line line = new Line(store.options().name(), key);
      call = new Call(store, line, numbers.incrementAndGet(), operation, end);
      ArrayDeque<Call> waiting = lines.computeIfAbsent(line, unused -> new ArrayDeque<>(1));
      first = waiting.isEmpty();
      waiting.add(call);
    }
    if (first) {
      begin(call, now);
    }
    return call.result;
  }

  private void begin(Call call, long now) {
    calls.put(call.number, call);
    attempt(call, now);
  }

  private void attempt(Call call, long now) {
    String owner = call.store.ownerNow(call.line.key).orElse(null);
    call.asked = owner;
    // Before it is sent: the answer, which may be to try again soon, can be faster than this.
    call.againNanos = now + TimeUnit.MILLISECONDS.toNanos(REPEAT_MILLIS);
    boolean sent =
        owner != null
            && post.send(
                owner,
                new Ask(
                        call.number,
                        caller,
                        call.number,
                        call.line.store,
                        call.line.key,
                        call.operation)
                    .encode());
    if (!sent) {
      call.againNanos = now + TimeUnit.MILLISECONDS.toNanos(SWEEP_MILLIS);
    }
  }

  /** A frame from a node's stores; false if it is none. */
  boolean onFrame(String sender, byte[] bytes) {
    try {
      switch (StoreFrame.decode(bytes)) {
        case Ask ask -> serve(sender, ask);
        case Answer answer -> onAnswer(answer);
        case Changed changed -> onChanged(changed);
      }
      return true;
    } catch (IllegalArgumentException e) {
      LOG.debug("Node {} sent what is no store frame: {}", sender, e.getMessage());
      return false;
    }
  }

  private void serve(String sender, Ask ask) {
    ClusterStore store = stores.get(ask.store());
    if (store == null) {
      post.send(sender, new Answer(ask.call(), StoreFrame.Result.TRY_AGAIN, new byte[0]).encode());
    } else {
      store.serve(ask, answer -> post.send(sender, answer.encode()));
    }
  }

  private void onChanged(Changed changed) {
    ClusterStore store = stores.get(changed.store());
    if (store != null) {
      store.forgetNear(changed.key());
    }
  }

  private void onAnswer(Answer answer) {
    Call call = calls.get(answer.call());
    if (call == null) {
      return;
    }
    switch (answer.result()) {
      case DONE -> finish(call, () -> call.result.complete(answer.content()));
      case REFUSED -> {
        String text = new String(answer.content(), StandardCharsets.UTF_8);
        finish(call, () -> call.result.completeExceptionally(new HandlerFailed(text)));
      }
      case TRY_AGAIN ->
          call.againNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(SWEEP_MILLIS);
    }
  }

  /** The next of the line starts, and its place is free, before the caller hears. */
  private void finish(Call call, Runnable tell) {
    if (!calls.remove(call.number, call)) {
      return;
    }
    places.release();
    Call next;
    synchronized (lines) {
      ArrayDeque<Call> line = Objects.requireNonNull(lines.get(call.line));
      line.remove();
      next = line.peek();
      if (next == null) {
        lines.remove(call.line);
      }
    }
    if (next != null) {
      begin(next, System.nanoTime());
    }
    try {
      threads.execute(tell); // what the caller does then may block
    } catch (RejectedExecutionException e) {
      tell.run(); // this node is closing
    }
  }

  void onMembers(Set<String> names) {
    inSight = names;
    clock.execute(this::sweep);
  }

  private void sweep() {
    try {
      long now = System.nanoTime();
      for (Call call : calls.values()) {
        String asked = call.asked;
        if (now - call.endNanos >= 0) {
          String text =
              "no answer from the key's owner "
                  + asked
                  + " within "
                  + config.storeTimeoutMillis()
                  + " ms";
          finish(call, () -> call.result.completeExceptionally(new NetworkFailed(text)));
        } else if (now - call.againNanos >= 0 || (asked != null && !inSight.contains(asked))) {
          attempt(call, now);
        }
      }
    } catch (RuntimeException e) {
      LOG.error("Looking after the calls of stores failed", e);
    }
  }

  @Override
  public void close() {
    clock.shutdownNow();
    threads.shutdownNow();
    for (Call call : calls.values()) {
      finish(
          call, () -> call.result.completeExceptionally(new NetworkFailed("the mesh is closed")));
    }
  }

  /** After the grid was closed: nothing changes any more. */
  void closeFiles() {
    stores.values().forEach(ClusterStore::closeFile);
  }
}

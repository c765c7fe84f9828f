package dev.skein.mesh.clustered;

import dev.skein.mesh.MeshException;
import dev.skein.mesh.MeshException.HandlerFailed;
import dev.skein.mesh.MeshException.NetworkFailed;
import dev.skein.mesh.clustered.StoreFrame.Answer;
import dev.skein.mesh.clustered.StoreFrame.Ask;
import dev.skein.mesh.clustered.StoreFrame.Read;
import dev.skein.mesh.clustered.StoreFrame.Request;
import dev.skein.mesh.clustered.StoreFrame.Result;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * What this node has asked keys' owners for. A call goes to the key's owner and, if that one dies
 * or is no longer the owner, to the next one under the same number, until its time is over. Any
 * thread may call, nothing blocks.
 */
final class Calls implements AutoCloseable {
  private static final long SWEEP_MILLIS = 50;
  private static final long REPEAT_MILLIS = 3_000;

  private final ClusterConfig config;
  private final Stores.Post post;
  private final Executor hands;
  private final long caller = ThreadLocalRandom.current().nextLong();
  private final AtomicLong numbers = new AtomicLong();
  private final Map<Long, Call> underWay = new ConcurrentHashMap<>();
  private final Map<Line, ArrayDeque<Call>> lines = new HashMap<>();
  private final Semaphore places;
  private final RestingClock clock;
  private volatile Set<String> inSight = Set.of();

  /** Operations of this node on one key go one after the other; see {@link Envelope}. */
  private record Line(String store, String key) {}

  /** What changes is confined to whoever handles the call now. */
  private static final class Call {
    private final ClusterStore store;
    private final Request request;
    private final @Nullable Line line;
    private final long endNanos;
    private final CompletableFuture<Answer> result = new CompletableFuture<>();
    private volatile long againNanos;
    private volatile @Nullable String asked;

    private Call(ClusterStore store, Request request, @Nullable Line line, long endNanos) {
      this.store = store;
      this.request = request;
      this.line = line;
      this.endNanos = endNanos;
    }
  }

  /**
   * @param hands run what callers do with their answers, which may block
   */
  Calls(ClusterConfig config, Stores.Post post, Executor hands) {
    this.config = config;
    this.post = post;
    this.hands = hands;
    this.places = new Semaphore(config.storeMaxPendingCount());
    this.clock =
        new RestingClock("mesh-store-clock", SWEEP_MILLIS, () -> !underWay.isEmpty(), this::sweep);
  }

  /** Has the owner of the key run the operation; the result is {@link Result#DONE}. */
  CompletableFuture<Answer> ask(ClusterStore store, String key, byte[] operation) {
    if (!places.tryAcquire()) {
      return CompletableFuture.failedFuture(tooMany());
    }
    long now = System.nanoTime();
    Line line = new Line(store.options().name(), key);
    Call call;
    boolean first;
    synchronized (lines) {
      long number = numbers.incrementAndGet();
      Ask ask = new Ask(number, caller, number, line.store, key, operation);
      call = new Call(store, ask, line, end(now));
      ArrayDeque<Call> waiting = lines.computeIfAbsent(line, unused -> new ArrayDeque<>(1));
      first = waiting.isEmpty();
      waiting.add(call);
    }
    if (first) {
      begin(call, now);
    }
    return call.result;
  }

  /** Asks the owner of the key for the value. */
  CompletableFuture<Answer> read(ClusterStore store, String key) {
    if (!places.tryAcquire()) {
      return CompletableFuture.failedFuture(tooMany());
    }
    long now = System.nanoTime();
    Read read = new Read(numbers.incrementAndGet(), store.options().name(), key);
    Call call = new Call(store, read, null, end(now));
    begin(call, now);
    return call.result;
  }

  private long end(long now) {
    return now + TimeUnit.MILLISECONDS.toNanos(config.storeTimeoutMillis());
  }

  private MeshException tooMany() {
    return new NetworkFailed(
        "more than " + config.storeMaxPendingCount() + " calls of stores are under way");
  }

  private void begin(Call call, long now) {
    underWay.put(call.request.call(), call);
    clock.wake();
    attempt(call, now);
  }

  private void attempt(Call call, long now) {
    String owner = call.store.ownerNow(call.request.key()).orElse(null);
    call.asked = owner;
    // Before it is sent: the answer, which may be to try again soon, can be faster than this.
    call.againNanos = now + TimeUnit.MILLISECONDS.toNanos(REPEAT_MILLIS);
    if (owner == null) {
      call.againNanos = now + TimeUnit.MILLISECONDS.toNanos(SWEEP_MILLIS);
    } else if (owner.equals(post.self())) {
      call.store.serve(call.request, this::onAnswer);
    } else if (!post.send(owner, call.request.encode())) {
      call.againNanos = now + TimeUnit.MILLISECONDS.toNanos(SWEEP_MILLIS);
    }
  }

  /** An owner has answered. */
  void onAnswer(Answer answer) {
    Call call = underWay.get(answer.call());
    if (call == null) {
      return;
    }
    switch (answer.result()) {
      case DONE, ABSENT, TOO_LARGE -> finish(call, () -> call.result.complete(answer));
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
    if (!underWay.remove(call.request.call(), call)) {
      return;
    }
    places.release();
    Call next = call.line == null ? null : next(call.line);
    if (next != null) {
      begin(next, System.nanoTime());
    }
    try {
      hands.execute(tell);
    } catch (RejectedExecutionException e) {
      tell.run(); // this node is closing
    }
  }

  /** Who comes after the first of the line, which leaves it. */
  private @Nullable Call next(Line line) {
    synchronized (lines) {
      ArrayDeque<Call> waiting = Objects.requireNonNull(lines.get(line));
      waiting.remove();
      Call next = waiting.peek();
      if (next == null) {
        lines.remove(line);
      }
      return next;
    }
  }

  void onMembers(Set<String> names) {
    inSight = names;
    clock.runNow();
  }

  private void sweep() {
    long now = System.nanoTime();
    for (Call call : underWay.values()) {
      String asked = call.asked;
      if (now - call.endNanos >= 0) {
        fail(
            call,
            "no answer from the key's owner "
                + asked
                + " within "
                + config.storeTimeoutMillis()
                + " ms");
      } else if (now - call.againNanos >= 0 || (asked != null && !inSight.contains(asked))) {
        attempt(call, now);
      }
    }
  }

  private void fail(Call call, String why) {
    finish(call, () -> call.result.completeExceptionally(new NetworkFailed(why)));
  }

  @Override
  public void close() {
    clock.close();
    underWay.values().forEach(call -> fail(call, "the mesh is closed"));
  }
}

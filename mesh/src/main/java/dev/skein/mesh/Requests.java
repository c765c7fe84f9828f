package dev.skein.mesh;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongFunction;
import java.util.function.Predicate;

/**
 * Questions to other nodes that wait for their answers. Any thread may call. Each ends once: with
 * its answer, when its time is over, or when the node asked goes out of sight.
 */
final class Requests {
  private static final int SWEEP_MIN_MILLIS = 5;
  private static final int SWEEP_MAX_MILLIS = 250;
  private static final int SWEEPS_PER_TIMEOUT = 8;

  private final NodeTable table;
  private final Link link;
  private final MeshRuntime runtime;
  private final MeshCounters counters;
  private final int timeoutMillis;
  private final int outstandingMaxCount;
  private final Map<Long, Pending> pending = new ConcurrentHashMap<>();
  private final AtomicLong numbers = new AtomicLong();
  private final AtomicBoolean sweeping = new AtomicBoolean();
  private volatile Optional<String> shut = Optional.of("the mesh has not started");

  private record Pending(String address, long deadlineNanos, CompletableFuture<byte[]> result) {
    void fail(String why) {
      result.completeExceptionally(new MeshException.NetworkFailed(why));
    }
  }

  Requests(
      NodeTable table,
      Link link,
      MeshRuntime runtime,
      MeshCounters counters,
      MeshSettings settings) {
    this.table = table;
    this.link = link;
    this.runtime = runtime;
    this.counters = counters;
    this.timeoutMillis = settings.requestTimeoutMillis();
    this.outstandingMaxCount = settings.requestsOutstandingMaxCount();
  }

  int outstanding() {
    return pending.size();
  }

  /**
   * Asks a node.
   *
   * @param frame the question with the number its answer will carry
   * @return ends on the engine's thread, which nobody may block
   */
  CompletableFuture<byte[]> ask(String address, LongFunction<Frame> frame) {
    if (shut.isPresent()) {
      return failed(shut.get());
    }
    if (!table.isInSight(address)) {
      return failed("no node " + address + " is in sight");
    }
    if (pending.size() >= outstandingMaxCount) {
      return failed(outstandingMaxCount + " requests wait for an answer already");
    }
    long number = numbers.incrementAndGet();
    long deadlineNanos = runtime.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    Pending request = new Pending(address, deadlineNanos, new CompletableFuture<>());
    pending.put(number, request);
    if (!link.send(address, frame.apply(number))) {
      pending.remove(number);
      return failed("the queue to " + address + " is full or it has just left");
    }
    if (!table.isInSight(address) || shut.isPresent()) {
      // It left between the two looks, so nobody else may fail this request.
      failIf(each -> each == request, address + " left before it answered");
    }
    sweepLater();
    return request.result();
  }

  /** An answer came. */
  void answered(String sender, Frame.Answer answer) {
    Pending request = pending.get(answer.number());
    if (request == null
        || !request.address().equals(sender)
        || !pending.remove(answer.number(), request)) {
      counters.dropped.increment();
      return;
    }
    switch (answer.verdict()) {
      case OK -> request.result().complete(answer.body());
      case HANDLER_FAILED ->
          request.result().completeExceptionally(new MeshException.HandlerFailed(text(answer)));
      case UNREACHABLE -> request.fail(text(answer));
    }
  }

  /** A node went out of sight: it will answer no more. */
  void left(String address) {
    failIf(each -> each.address().equals(address), address + " left before it answered");
  }

  void open() {
    shut = Optional.empty();
  }

  void close() {
    String why = "the mesh is closed";
    shut = Optional.of(why);
    failIf(each -> true, why);
  }

  static CompletableFuture<byte[]> failed(String why) {
    return CompletableFuture.failedFuture(new MeshException.NetworkFailed(why));
  }

  private void failIf(Predicate<Pending> affected, String why) {
    pending.forEach((number, each) -> {
      if (affected.test(each) && pending.remove(number, each)) {
        each.fail(why);
      }
    });
  }

  private void sweepLater() {
    if (sweeping.compareAndSet(false, true)) {
      long everyMillis =
          Math.clamp(timeoutMillis / SWEEPS_PER_TIMEOUT, SWEEP_MIN_MILLIS, SWEEP_MAX_MILLIS);
      runtime.schedule(this::sweep, everyMillis);
    }
  }

  private void sweep() {
    sweeping.set(false);
    long nowNanos = runtime.nanoTime();
    pending.forEach((number, each) -> {
      if (each.deadlineNanos() - nowNanos <= 0 && pending.remove(number, each)) {
        counters.timeouts.increment();
        each.fail("no answer of " + each.address() + " within " + timeoutMillis + " ms");
      }
    });
    if (!pending.isEmpty()) {
      sweepLater();
    }
  }

  private static String text(Frame.Answer answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }
}

package dev.skein.simulation;

import dev.skein.mesh.MeshException;
import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * One store of a simulated cluster. An operation travels to the key's owner, takes effect there at
 * one instant, and its answer travels back, so histories are linearizable. Callers who are cut off
 * with the smaller part are refused after a time; a value is lost only with all its holders.
 */
final class SimStore {
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final SimNet net;
  private final StoreOptions options;
  private final Store.Operator operator;
  private final Map<String, Kept> values = new LinkedHashMap<>();
  private final Map<String, Door> doors = new HashMap<>();

  @SuppressWarnings("ArrayRecordComponent")
  private record Kept(byte[] value) {}

  SimStore(SimNet net, StoreOptions options, Store.Operator operator) {
    this.net = net;
    this.options = options;
    this.operator = operator;
  }

  Store openAt(String address, SimRuntime runtime) {
    Door door = new Door(address, runtime);
    doors.put(address, door);
    return door;
  }

  /** Nodes have crashed so shortly after one another that nobody has taken their place. */
  void lose(Set<String> crashed) {
    if (options.directory().isPresent()) {
      return;
    }
    Set<String> before = new HashSet<>(crashed);
    before.addAll(candidates());
    values
        .keySet()
        .removeIf(key -> crashed.containsAll(SimNet.holders(key, before, options.copiesCount())));
  }

  /** The members that may hold values. */
  private List<String> candidates() {
    return net.members().stream()
        .filter(address ->
            options.nodeTypes().isEmpty()
                || net.type(address).filter(options.nodeTypes()::contains).isPresent())
        .toList();
  }

  private List<String> holders(String key, Collection<String> among) {
    return SimNet.holders(key, among, options.copiesCount());
  }

  private byte[] run(String key, byte[] operation, long nowMillis) {
    Kept kept = values.get(key);
    byte[] current = kept == null ? null : kept.value();
    Store.Outcome outcome = operator.run(current, operation, nowMillis);
    byte[] value = outcome.value();
    if (value != current) {
      write(key, value, outcome.ttlMillis());
    }
    return outcome.answer();
  }

  private void write(String key, byte @Nullable [] value, long ttlMillis) {
    if (value == null) {
      values.remove(key);
    } else {
      Kept kept = new Kept(value);
      values.put(key, kept);
      if (ttlMillis > 0) {
        net.clock().after(TimeUnit.MILLISECONDS.toNanos(ttlMillis), () -> expire(key, kept));
      }
    }
    tell(key, value);
  }

  private void expire(String key, Kept kept) {
    if (values.remove(key, kept)) {
      tell(key, null);
    }
  }

  private void tell(String key, byte @Nullable [] value) {
    for (String holder : holders(key, candidates())) {
      Door door = doors.get(holder);
      if (door != null) {
        door.changed(key, value);
      }
    }
  }

  /** The store as one node has it. */
  private final class Door implements Store {
    private final String address;
    private final SimRuntime runtime;
    private final List<ChangeListener> listeners = new ArrayList<>();
    private long lastChangeNanos;

    Door(String address, SimRuntime runtime) {
      this.address = address;
      this.runtime = runtime;
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(String key) {
      return call(key, _ -> Optional.ofNullable(values.get(key)).map(kept -> kept.value().clone()));
    }

    @Override
    public CompletionStage<byte[]> apply(String key, byte[] operation) {
      return call(key, owner -> run(key, operation, owner.currentTimeMillis()));
    }

    @Override
    public String owner(String key) {
      return reachableOwner(key).orElse(address);
    }

    @Override
    public void onChange(ChangeListener listener) {
      listeners.add(listener);
    }

    private Optional<String> reachableOwner(String key) {
      List<String> reached =
          candidates().stream().filter(other -> net.reaches(address, other)).toList();
      return holders(key, reached).stream().findFirst();
    }

    private <T> CompletionStage<T> call(String key, Function<SimRuntime, T> work) {
      CompletableFuture<T> answer = new CompletableFuture<>();
      attempt(key, work, answer, net.clock().nanoTime() + TIMEOUT_NANOS);
      return answer;
    }

    /** Once more, until the owner is reached or the time is over. */
    private <T> void attempt(
        String key, Function<SimRuntime, T> work, CompletableFuture<T> answer, long deadlineNanos) {
      if (net.clock().nanoTime() >= deadlineNanos) {
        answer.completeExceptionally(
            new MeshException.NetworkFailed(
                "store " + options.name() + ": the owner of " + key + " is out of reach"));
        return;
      }
      Optional<String> owner = reachableOwner(key);
      Runnable again =
          () -> runtime.runAfter(RETRY_NANOS, () -> attempt(key, work, answer, deadlineNanos));
      if (owner.isEmpty() || !net.isWithMajority(address)) {
        again.run();
        return;
      }
      net.clock()
          .after(
              hopNanos(owner.get()),
              () -> {
                if (!net.reaches(address, owner.get()) || !net.isWithMajority(address)) {
                  again.run();
                } else {
                  net.runtime(owner.get())
                      .ifPresent(
                          at -> at.run(() -> finish(at, owner.get(), work, answer, deadlineNanos)));
                }
              });
    }

    /** The instant at which the operation takes effect. */
    private <T> void finish(
        SimRuntime at,
        String owner,
        Function<SimRuntime, T> work,
        CompletableFuture<T> answer,
        long deadlineNanos) {
      Runnable outcome = outcome(at, work, answer);
      net.clock()
          .after(
              hopNanos(owner),
              () -> {
                if (net.isWithMajority(address) || !runtime.isRunning()) {
                  runtime.run(outcome);
                } else {
                  // Done, but its caller cannot know.
                  net.clock().at(deadlineNanos, () -> runtime.run(() -> lost(answer)));
                }
              });
    }

    private <T> Runnable outcome(
        SimRuntime at, Function<SimRuntime, T> work, CompletableFuture<T> answer) {
      try {
        T result = work.apply(at);
        return () -> answer.complete(result);
      } catch (RuntimeException e) {
        String text = String.valueOf(e.getMessage());
        return () -> answer.completeExceptionally(new MeshException.HandlerFailed(text));
      }
    }

    private void lost(CompletableFuture<?> answer) {
      answer.completeExceptionally(
          new MeshException.NetworkFailed(
              "store " + options.name() + ": cut off before the answer came"));
    }

    private long hopNanos(String owner) {
      return owner.equals(address) ? 1_000 : net.delayNanos();
    }

    /** Changes reach a listener in the order they happened. */
    private void changed(String key, byte @Nullable [] value) {
      long dueNanos = Math.max(lastChangeNanos, net.clock().nanoTime() + net.delayNanos());
      lastChangeNanos = dueNanos;
      net.clock()
          .at(
              dueNanos,
              () -> runtime.run(() -> listeners.forEach(each -> each.onChange(key, value))));
    }
  }
}

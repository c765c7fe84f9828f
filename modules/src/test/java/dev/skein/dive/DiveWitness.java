package dev.skein.dive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.dive.DiveCode;
import dev.skein.protocol.payload.Value;
import dev.skein.server.CommandException;
import dev.skein.testkit.Linearizability;
import dev.skein.testkit.Linearizability.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Asks storages at random and writes down what was answered. What was seen of each key must be
 * explained by one order of its operations: then no acknowledged write is lost and increments are
 * exact. Any thread.
 */
final class DiveWitness {
  private sealed interface Asked {}

  private record Get() implements Asked {}

  private record Set(long value) implements Asked {}

  private record SetIfAbsent(long value) implements Asked {}

  private record Delete() implements Asked {}

  private record Increment(long delta) implements Asked {}

  /** Holds a number or nothing; answers also true and false. */
  private static final class Key implements Linearizability.Model<Optional<Long>, Asked, Object> {
    @Override
    public Optional<Optional<Long>> step(
        Optional<Long> state, Asked asked, Optional<Object> answer) {
      Object right;
      Optional<Long> next;
      switch (asked) {
        case Get get -> {
          right = state;
          next = state;
        }
        case Set set -> {
          right = true;
          next = Optional.of(set.value());
        }
        case SetIfAbsent set -> {
          right = state.isEmpty();
          next = state.isEmpty() ? Optional.of(set.value()) : state;
        }
        case Delete delete -> {
          right = state.isPresent();
          next = Optional.empty();
        }
        case Increment increment -> {
          next = Optional.of(state.orElse(0L) + increment.delta());
          right = next.get();
        }
      }
      return answer.isEmpty() || answer.get().equals(right) ? Optional.of(next) : Optional.empty();
    }

    @Override
    public boolean changedNothing(Asked asked, Object answer) {
      return asked instanceof Get || answer.equals(false);
    }
  }

  private static final Linearizability<Optional<Long>, Asked, Object> KEY =
      new Linearizability<>(Optional.empty(), new Key());

  private final LongSupplier nanos;
  private final Map<String, List<Call<Asked, Object>>> histories = new ConcurrentHashMap<>();
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger failed = new AtomicInteger();
  private final AtomicLong longestNanos = new AtomicLong();

  DiveWitness(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /** Asks something of a key; completes when it was answered or has failed. */
  CompletableFuture<Void> ask(Storage storage, String key, RandomGenerator random) {
    long value = random.nextInt(1_000);
    return switch (random.nextInt(6)) {
      case 0, 1 -> read(storage, key);
      case 2 ->
          note(
              key, new Set(value), () -> storage.set(key, Value.of(value)).thenApply(done -> true));
      case 3 -> note(key, new SetIfAbsent(value), () -> storage.setIfAbsent(key, Value.of(value)));
      case 4 -> note(key, new Delete(), () -> storage.delete(key));
      default -> note(key, new Increment(value), () -> storage.increment(key, value));
    };
  }

  /** Reads a key. */
  CompletableFuture<Void> read(Storage storage, String key) {
    return note(
        key, new Get(), () -> storage.get(key).thenApply(found -> found.map(Value::asLong)));
  }

  private CompletableFuture<Void> note(String key, Asked asked, Supplier<CompletionStage<?>> call) {
    long calledAt = nanos.getAsLong();
    List<Call<Asked, Object>> history =
        histories.computeIfAbsent(key, unknown -> new ArrayList<>());
    int place;
    synchronized (history) {
      place = history.size();
      history.add(new Call<>(asked, Optional.empty(), calledAt, 0));
    }
    return call.get()
        .toCompletableFuture()
        .handle((value, failure) -> {
          long answeredAt = nanos.getAsLong();
          longestNanos.accumulateAndGet(answeredAt - calledAt, Math::max);
          if (failure == null) {
            answered.incrementAndGet();
            synchronized (history) {
              history.set(place, new Call<>(asked, Optional.of(value), calledAt, answeredAt));
            }
          } else {
            failed.incrementAndGet();
            assertThat(failure instanceof CompletionException ? failure.getCause() : failure)
                .isInstanceOfSatisfying(
                    CommandException.class,
                    refused -> assertThat(refused.code()).isEqualTo(DiveCode.UNAVAILABLE));
          }
          return null;
        });
  }

  int answered() {
    return answered.get();
  }

  int failed() {
    return failed.get();
  }

  /** The longest a call took, answered or failed. */
  long longestMillis() {
    return longestNanos.get() / 1_000_000;
  }

  void check() {
    histories.forEach((key, history) ->
        assertThat(KEY.explains(history)).as("history of %s: %s", key, history).isTrue());
  }
}

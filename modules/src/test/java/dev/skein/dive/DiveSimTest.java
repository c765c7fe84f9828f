package dev.skein.dive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.dive.DiveCode;
import dev.skein.protocol.payload.Value;
import dev.skein.server.CommandException;
import dev.skein.simulation.SimCluster;
import dev.skein.testkit.Linearizability;
import dev.skein.testkit.Linearizability.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;

/**
 * Clients of all nodes read and write a few keys while nodes crash, come back, freeze and lose each
 * other. What they saw of each key must be explained by one order of its operations: no
 * acknowledged write is lost, increments are exact.
 */
class DiveSimTest {
  private static final int SEEDS = 250;
  private static final int STEPS = 80;
  private static final int KEYS = 3;

  private sealed interface Asked {}

  private record Get() implements Asked {}

  private record Set(long value) implements Asked {}

  private record SetIfAbsent(long value) implements Asked {}

  private record Delete() implements Asked {}

  private record Increment(long delta) implements Asked {}

  /** A number, true or false, or nothing: what a key holds and what it answers. */
  private static final Linearizability<Optional<Long>, Asked, Object> KEY =
      new Linearizability<>(Optional.empty(), DiveSimTest::step);

  private static Optional<Optional<Long>> step(
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

  @Test
  void whatClientsSeeOfAKeyHasOneOrder() {
    int answered = 0;
    int lost = 0;
    for (long seed = 1; seed <= SEEDS; seed++) {
      Simulation simulation = new Simulation(seed);
      try {
        simulation.run();
      } catch (Throwable failed) {
        throw new AssertionError(
            "seed " + seed + " (replay: new Simulation(" + seed + "L).run())", failed);
      }
      answered += simulation.answered;
      lost += simulation.lost;
    }
    assertThat(answered).as("operations that were answered").isGreaterThan(40 * SEEDS);
    assertThat(lost).as("operations whose answer was lost").isGreaterThan(SEEDS / 2);
  }

  private static final class Simulation {
    private final SimCluster cluster;
    private final RandomGenerator random;
    private final Map<String, List<Call<Asked, Object>>> histories = new HashMap<>();
    private int answered;
    private int lost;
    private int down = -1;
    private boolean cut;

    Simulation(long seed) {
      cluster =
          SimCluster.builder(seed)
              .nodes(3)
              .shards(1)
              .with(() -> Dive.module().storage("s"))
              .start();
      random = cluster.random();
    }

    void run() {
      for (int step = 0; step < STEPS; step++) {
        for (int i = 0; i < 3; i++) {
          ask();
        }
        if (random.nextInt(12) == 0) {
          disturb();
        }
        cluster.run(Duration.ofMillis(random.nextInt(random.nextInt(10) == 0 ? 3_000 : 4) + 1));
      }
      cluster.heal();
      if (down >= 0) {
        cluster.restart(down);
      }
      cluster.run(Duration.ofSeconds(20));
      histories.forEach((key, history) ->
          assertThat(KEY.explains(history)).as("history of " + key + ": " + history).isTrue());
    }

    private void ask() {
      var nodes = cluster.nodes();
      Storage storage = nodes.get(random.nextInt(nodes.size())).module(Dive.class).open("s");
      String key = "k" + random.nextInt(KEYS);
      long value = random.nextInt(1_000);
      switch (random.nextInt(6)) {
        case 0, 1 ->
            note(key, new Get(), storage.get(key).thenApply(found -> found.map(Value::asLong)));
        case 2 ->
            note(key, new Set(value), storage.set(key, Value.of(value)).thenApply(done -> true));
        case 3 -> note(key, new SetIfAbsent(value), storage.setIfAbsent(key, Value.of(value)));
        case 4 -> note(key, new Delete(), storage.delete(key));
        default -> note(key, new Increment(value), storage.increment(key, value));
      }
    }

    private void note(String key, Asked asked, CompletionStage<?> answer) {
      long calledAt = cluster.clock().nanoTime();
      List<Call<Asked, Object>> history =
          histories.computeIfAbsent(key, unknown -> new ArrayList<>());
      int place = history.size();
      history.add(new Call<>(asked, Optional.empty(), calledAt, 0));
      CompletableFuture<?> future = answer.toCompletableFuture();
      future.whenComplete((value, failure) -> {
        if (failure == null) {
          answered++;
          long answeredAt = cluster.clock().nanoTime();
          history.set(place, new Call<>(asked, Optional.of(value), calledAt, answeredAt));
        } else {
          lost++;
          assertThat(failure instanceof CompletionException ? failure.getCause() : failure)
              .isInstanceOfSatisfying(
                  CommandException.class,
                  refused -> assertThat(refused.code()).isEqualTo(DiveCode.UNAVAILABLE));
        }
      });
    }

    /** One node at a time is in trouble: two copies survive the loss of one. */
    private void disturb() {
      if (down >= 0) {
        cluster.restart(down);
        down = -1;
        // Until everything has two copies again.
        cluster.run(Duration.ofMillis(2_100));
      } else if (cut) {
        cluster.heal();
        cut = false;
      } else if (random.nextBoolean()) {
        down = random.nextInt(3);
        cluster.crash(down);
      } else {
        int alone = random.nextInt(3);
        cluster.partition(List.of(alone), List.of((alone + 1) % 3, (alone + 2) % 3));
        cut = true;
      }
      if (down < 0 && !cut) {
        cluster.settle();
      }
    }
  }
}

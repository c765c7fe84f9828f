package dev.skein.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.mesh.MeshException;
import dev.skein.mesh.Store;
import dev.skein.mesh.Store.Outcome;
import dev.skein.mesh.StoreOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SimStoreSimTest {
  private static final byte[] INCREMENT = {1};

  private final Map<String, Store> stores = new HashMap<>();

  private static Outcome increment(byte @Nullable [] current, byte[] operation, long nowMillis) {
    byte[] next = bytes(current == null ? 1 : number(current) + 1);
    return new Outcome(next, 0, next);
  }

  private SimCluster cluster(long seed, int copies) {
    StoreOptions options = new StoreOptions("counters", copies, Set.of(), 0, Optional.empty());
    return SimCluster.builder(seed)
        .nodes(5)
        .beforeStart(node ->
            stores.put(node.address(), node.mesh().store(options, SimStoreSimTest::increment)))
        .start();
  }

  private Store store(int node) {
    return Objects.requireNonNull(stores.get("node-" + node));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void incrementsFromEverywhereAreCountedOnceAlsoWhenAnOwnerDies(long seed) {
    SimCluster cluster = cluster(seed, 2);
    List<CompletableFuture<byte[]>> answers = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      int from = i % 4;
      answers.add(store(from).apply("key", INCREMENT).toCompletableFuture());
      cluster.run(Duration.ofMillis(1));
      if (i == 100) {
        String owner = store(0).owner("key");
        cluster.nodes().stream()
            .filter(node -> node.address().equals(owner))
            .findFirst()
            .ifPresent(node -> cluster.crash(node.index()));
      }
    }
    cluster.run(Duration.ofSeconds(20));
    List<Long> got =
        answers.stream()
            .filter(answer -> answer.isDone() && !answer.isCompletedExceptionally())
            .map(answer -> number(answer.join()))
            .toList();
    assertThat(got).as("seed %d", seed).doesNotHaveDuplicates().hasSizeGreaterThan(100);
    int asker = cluster.nodes().getFirst().index();
    long last = number(cluster.await(store(asker).get("key")).orElseThrow());
    assertThat(last)
        .as("seed %d", seed)
        .isBetween(got.stream().max(Long::compare).orElseThrow(), 200L);
  }

  @Test
  void theSmallerPartIsRefusedAndTheLargerGoesOn() {
    SimCluster cluster = cluster(5, 2);
    cluster.partition(List.of(0, 1), List.of(2, 3, 4));
    CompletableFuture<byte[]> refused = store(0).apply("key", INCREMENT).toCompletableFuture();
    assertThat(number(cluster.await(store(3).apply("key", INCREMENT)))).isEqualTo(1);
    assertThatThrownBy(() -> cluster.await(refused))
        .cause()
        .isInstanceOf(MeshException.NetworkFailed.class);
    assertThat(cluster.node(0).mesh().isReady()).isFalse();
    assertThat(cluster.node(3).mesh().isReady()).isTrue();
    cluster.heal();
    assertThat(number(cluster.await(store(0).apply("key", INCREMENT)))).isEqualTo(2);
  }

  @Test
  void aValueDiesWithItsLastHolderOnly() {
    SimCluster cluster = cluster(6, 1);
    cluster.await(store(0).apply("key", INCREMENT));
    int owner = Integer.parseInt(store(0).owner("key").substring("node-".length()));
    int other = (owner + 1) % 5;
    cluster.crash((owner + 2) % 5);
    assertThat(cluster.await(store(other).get("key"))).isPresent();
    cluster.crash(owner);
    assertThat(cluster.await(store(other).get("key"))).isEmpty();
  }

  @Test
  void holdersHearOfChangesInOrder() {
    SimCluster cluster = cluster(7, 2);
    List<Long> heard = new ArrayList<>();
    stores.forEach((address, store) ->
        store.onChange((key, value) -> {
          if (store.owner("key").equals(address)) {
            heard.add(number(Objects.requireNonNull(value)));
          }
        }));
    for (int i = 0; i < 20; i++) {
      cluster.await(store(i % 5).apply("key", INCREMENT));
    }
    cluster.run(Duration.ofMillis(10));
    assertThat(heard).hasSize(20).isSorted();
  }

  private static long number(byte[] bytes) {
    return ByteBuffer.wrap(bytes).getLong();
  }

  private static byte[] bytes(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }
}

package dev.skein.mesh.clustered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.skein.mesh.MeshException;
import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class EngineClusterTest {
  private final ClusterConfig.Builder config =
      ClusterConfig.builder().cluster("test-" + UUID.randomUUID());
  private List<TestNode> nodes = List.of();

  @AfterEach
  void close() {
    nodes.forEach(TestNode::close);
  }

  @Test
  void nodesOfOneProcessSeeEachOtherAndTalkInOrder() {
    nodes = TestNode.cluster(config, "a", "b", "c");

    IntStream.range(0, 1_000).forEach(i -> assertThat(nodes.get(0).say("b", "m" + i)).isTrue());
    nodes.get(2).say("c", "to myself");

    List<String> expected = IntStream.range(0, 1_000).mapToObj(i -> "a: m" + i).toList();
    await().atMost(TestNode.LIMIT).until(() -> nodes.get(1).heard.size() >= 1_000);
    assertThat(nodes.get(1).heard).isEqualTo(expected);
    await().atMost(TestNode.LIMIT).until(() -> nodes.get(2).heard.contains("c: to myself"));
    assertThat(nodes.get(0).say("nobody", "m")).isFalse();
    assertThat(nodes.get(0).engine.stats().refusedFrames()).isEqualTo(1);
  }

  @Test
  void whatGathersLeavesWithinATickAndIsOvertakenByNothing() {
    nodes = TestNode.cluster(config, "a", "b");
    TestNode speaker = nodes.get(0);

    for (int i = 0; i < 1_000; i++) {
      // Alone, together, and with one that hurries among them.
      boolean hurries = i % 7 == 0 || i % 100 < 3;
      String text = "m" + i;
      assertThat(hurries ? speaker.say("b", text) : speaker.mention("b", text)).isTrue();
    }

    List<String> expected = IntStream.range(0, 1_000).mapToObj(i -> "a: m" + i).toList();
    await().atMost(TestNode.LIMIT).until(() -> nodes.get(1).heard.size() >= 1_000);
    assertThat(nodes.get(1).heard).isEqualTo(expected);
  }

  @Test
  void whatANodeSendsAndNobodyCanReadIsCountedAndDropped() {
    nodes = TestNode.cluster(config, "a", "b");

    nodes.get(0).engine.sendRaw(Batch.Kind.STORE, "b", new byte[] {99});
    nodes.get(0).engine.sendRaw(Batch.Kind.SIGNAL, "b", new byte[] {1, 2, 3});

    await().atMost(TestNode.LIMIT).until(() -> nodes.get(1).engine.stats().malformedFrames() == 2);
    assertThat(nodes.get(0).say("b", "still here")).isTrue();
    await().atMost(TestNode.LIMIT).until(() -> nodes.get(1).heard.contains("a: still here"));
  }

  @Test
  void theRoundTripToEachOtherNodeIsMeasured() {
    nodes = TestNode.cluster(config, "a", "b");

    await()
        .atMost(TestNode.LIMIT)
        .until(() -> nodes.get(0).engine.stats().roundTripMicros().containsKey("b"));
  }

  @Test
  void aNodeThatLeavesIsSeenToLeave() {
    nodes = TestNode.cluster(config, "a", "b");

    nodes.get(1).close();

    await().atMost(TestNode.LIMIT).until(() -> nodes.get(0).engine.members().equals(List.of("a")));
    assertThat(nodes.get(0).views.getLast()).containsExactly("a");
    assertThat(nodes.get(0).say("b", "m")).isFalse();
  }

  @Test
  void operationsFromAllNodesOnOneKeyAllCount() throws Exception {
    nodes = TestNode.cluster(config, "a", "b", "c");

    CompletableFuture<?>[] calls =
        IntStream.range(0, 300)
            .mapToObj(i -> nodes.get(i % 3).counters.apply("k" + i % 2, TestNode.bytes(1)))
            .map(stage -> stage.toCompletableFuture())
            .toArray(CompletableFuture[]::new);
    CompletableFuture.allOf(calls).get();

    for (TestNode node : nodes) {
      assertThat(node.get("k0")).isEqualTo(150);
      assertThat(node.get("k1")).isEqualTo(150);
      assertThat(node.counters.owner("k0")).isEqualTo(nodes.getFirst().counters.owner("k0"));
    }
  }

  @Test
  void aRefusedOperationChangesNothingAndTellsWhy() throws Exception {
    nodes = TestNode.cluster(config, "a", "b");
    nodes.get(0).add("k", 5);

    for (TestNode node : nodes) {
      assertThatThrownBy(() -> node.add("k", -6))
          .isInstanceOf(ExecutionException.class)
          .cause()
          .isInstanceOf(MeshException.HandlerFailed.class)
          .hasMessage("below zero");
      assertThat(node.get("k")).isEqualTo(5);
    }
  }

  @Test
  void aRemovedKeyIsGoneEverywhere() throws Exception {
    nodes = TestNode.cluster(config, "a", "b");
    nodes.get(0).add("k", 5);

    nodes.get(1).add("k", 0);

    for (TestNode node : nodes) {
      assertThat(node.get("k")).isEqualTo(-1);
    }
    assertThat(nodes.get(0).add("k", 2)).isEqualTo(2);
  }

  @Test
  void nodesOfOtherTypesKeepNoValues() throws Exception {
    StoreOptions onlyOnKeepers =
        new StoreOptions("counters", 2, Set.of("keeper"), 10, Optional.empty());
    int version = ClusterConfig.PROTOCOL_VERSION;
    nodes =
        List.of(
            TestNode.start(config.name("a").types(Set.of("HTTP")), version, onlyOnKeepers),
            TestNode.start(config.name("b").types(Set.of("keeper")), version, onlyOnKeepers));
    TestNode.awaitWhole(nodes);

    for (int i = 0; i < 20; i++) {
      assertThat(nodes.get(0).add("k" + i, 1 + i)).isEqualTo(1 + i);
      assertThat(nodes.get(0).get("k" + i)).isEqualTo(1 + i);
      assertThat(nodes.get(0).counters.owner("k" + i)).isEqualTo("b");
    }
  }

  @Test
  void whoKeepsACopyOfThreeReadsWhatTheOwnerHas() throws Exception {
    StoreOptions everywhere = new StoreOptions("counters", 3, Set.of(), 0, Optional.empty());
    int version = ClusterConfig.PROTOCOL_VERSION;
    nodes =
        Stream.of("a", "b", "c")
            .map(name -> TestNode.start(config.name(name), version, everywhere))
            .toList();
    TestNode.awaitWhole(nodes);

    for (int i = 1; i <= 100; i++) {
      assertThat(nodes.get(i % 3).add("k", 1)).isEqualTo(i);
      for (TestNode node : nodes) {
        assertThat(node.get("k")).isEqualTo(i);
      }
    }
  }

  @Test
  void aValueThatNoFrameHasRoomForIsReadEverywhere() throws Exception {
    config.frameMaxBytes(1_024);
    int bytes = 5_000;
    nodes =
        Stream.of("a", "b", "c")
            .map(name ->
                TestNode.start(
                    config.name(name),
                    (current, operation, nowMillis) ->
                        new Store.Outcome(new byte[bytes], 0, operation)))
            .toList();
    TestNode.awaitWhole(nodes);

    for (int i = 0; i < 10; i++) {
      String key = "k" + i;
      assertThat(nodes.get(0).add(key, i)).isEqualTo(i);
      for (TestNode node : nodes) {
        assertThat(node.counters.get(key).toCompletableFuture().get().orElseThrow()).hasSize(bytes);
      }
    }
  }

  @Test
  void changesAreToldToTheNodesThatHoldThem() throws Exception {
    nodes = TestNode.cluster(config, "a", "b");
    List<String> told = new java.util.concurrent.CopyOnWriteArrayList<>();
    nodes.forEach(node ->
        node.counters.onChange(
            (key, value) -> told.add(key + (value == null ? " gone" : " there"))));

    nodes.get(0).add("k", 5);
    nodes.get(0).add("k", 0);

    await().atMost(TestNode.LIMIT).until(() -> told.size() == 4);
    assertThat(told).containsExactlyInAnyOrder("k there", "k there", "k gone", "k gone");
  }
}

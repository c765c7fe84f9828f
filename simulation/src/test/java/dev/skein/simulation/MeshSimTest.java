package dev.skein.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.MeshException;
import dev.skein.mesh.MeshSettings;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeListener;
import dev.skein.mesh.NodeState;
import dev.skein.mesh.Topic;
import dev.skein.testkit.ExactlyOnceInOrder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeshSimTest {
  private static final int ECHO = Mesh.RESERVED_MAX_ID + 1;
  private static final int TELL = ECHO + 1;

  private final List<String> told = new ArrayList<>();
  private final Map<String, Topic> silent = new HashMap<>();

  private SimCluster cluster(long seed, int nodes) {
    return SimCluster.builder(seed).nodes(nodes).beforeStart(this::setHandlers).start();
  }

  private void setHandlers(SimNode node) {
    node.mesh().onRpc(ECHO, (sender, data) -> data);
    node.mesh()
        .onRequest(
            TELL,
            (sender, data) -> {
              told.add(node.address() + " from " + sender);
              return null;
            });
    silent.put(
        node.address(),
        TestTopic.open(
            node.mesh(),
            "silent",
            (sender, message) -> {},
            (sender, question) -> new CompletableFuture<>()));
  }

  @Test
  void everyNodeSeesAllOthersWithinAMomentAndThoseThatJoinLater() {
    SimCluster cluster = cluster(1, 3);
    assertThat(millis(cluster)).isLessThan(2_000);
    SimNode late = cluster.add();
    cluster.runUntil(cluster::isWhole, Duration.ofSeconds(1));
    assertThat(late.mesh().nodes()).hasSize(4);
    cluster.nodes().forEach(node -> assertThat(node.mesh().isReady()).isTrue());
  }

  @Test
  void aChangeOfANodesDataReachesAHundredNodesWithinOneAndAHalfSeconds() {
    SimCluster cluster = cluster(2, 100);
    SimNode changed = cluster.node(42);
    changed.mesh().update(self -> self.withState(NodeState.TAKEN).withCcu(17));
    cluster.runUntil(
        () -> allSee(cluster, changed, info -> info.state() == NodeState.TAKEN),
        Duration.ofMillis(1_500));
    changed.mesh().update(self -> self.withCcu(18));
    cluster.runUntil(
        () -> allSee(cluster, changed, info -> info.ccu() == 18), Duration.ofMillis(1_500));
  }

  private static boolean allSee(SimCluster cluster, SimNode changed, Predicate<NodeInfo> wanted) {
    return cluster.nodes().stream()
        .allMatch(node -> node.mesh().node(changed.address()).filter(wanted).isPresent());
  }

  @Test
  void manyChangesOfTheCcuAreToldInFewFrames() {
    SimCluster cluster = cluster(3, 3);
    long before = cluster.node(0).mesh().stats().framesOut();
    for (int i = 1; i <= 1_000; i++) {
      int ccu = i;
      cluster.node(0).mesh().update(self -> self.withCcu(ccu));
      cluster.run(Duration.ofMillis(1));
    }
    cluster.run(Duration.ofMillis(300));
    assertThat(cluster.node(0).mesh().stats().framesOut() - before).isLessThanOrEqualTo(2 * 6);
    assertThat(cluster.node(1).mesh().node("node-0").orElseThrow().ccu()).isEqualTo(1_000);
  }

  @Test
  void aCrashedNodeDisappearsWithinTwoSecondsAPausedOneWithinSixAndComesBack() {
    SimCluster cluster = cluster(4, 3);
    cluster.crash(2);
    cluster.runUntil(() -> cluster.node(0).mesh().nodes().size() == 2, Duration.ofSeconds(2));
    SimNode again = cluster.restart(2);
    cluster.settle();
    cluster.pause(2);
    cluster.runUntil(() -> cluster.node(0).mesh().nodes().size() == 2, Duration.ofSeconds(6));
    cluster.run(Duration.ofSeconds(12));
    cluster.resume(2);
    cluster.runUntil(cluster::isWhole, Duration.ofSeconds(15));
    assertThat(again.mesh().nodes()).hasSize(3);
  }

  @Test
  void aNodeThatComesBackUnderItsAddressIsAnotherNode() {
    SimCluster cluster = cluster(5, 2);
    List<String> seen = new ArrayList<>();
    cluster
        .node(0)
        .mesh()
        .onNodes(
            new NodeListener() {
              @Override
              public void onJoin(NodeInfo node) {
                seen.add("+" + node.id());
              }

              @Override
              public void onLeave(NodeInfo node) {
                seen.add("-" + node.id());
              }
            });
    CompletionStage<byte[]> pending = ask(0, 1);
    cluster.run(Duration.ofMillis(50));
    // So soon that nobody has noticed the crash.
    cluster.crash(1);
    cluster.restart(1);
    cluster.runUntil(() -> seen.size() == 2, Duration.ofSeconds(1));
    assertThat(seen).containsExactly("-2", "+3");
    assertFailsWithin(cluster, pending, Duration.ofMillis(10), "left before it answered");
  }

  @Test
  void whoAskedANodeThatDiesHearsOfItAtOnceAndOtherwiseWhenTheTimeIsOver() {
    SimCluster cluster = cluster(6, 3);
    CompletionStage<byte[]> toTheDead = ask(0, 1);
    CompletionStage<byte[]> toTheSilent = ask(0, 2);
    cluster.run(Duration.ofMillis(50));
    cluster.crash(1);
    assertFailsWithin(cluster, toTheDead, Duration.ofSeconds(1), "left before it answered");
    assertFailsWithin(cluster, toTheSilent, Duration.ofSeconds(11), "within 10000 ms");
    assertFailsWithin(cluster, ask(0, 1), Duration.ZERO, "no node node-1");
    assertThat(cluster.node(0).mesh().stats().requestsOutstanding()).isZero();
  }

  @Test
  void requestsBeyondTheLimitFailAtOnce() {
    SimCluster cluster =
        SimCluster.builder(7)
            .nodes(2)
            .mesh(MeshSettings.DEFAULTS.withRequestsOutstandingMaxCount(3))
            .beforeStart(this::setHandlers)
            .start();
    cluster.pause(1);
    for (int i = 0; i < 3; i++) {
      cluster.node(0).mesh().rpc(ECHO, "node-1", new byte[0]);
    }
    assertFailsWithin(
        cluster,
        cluster.node(0).mesh().rpc(ECHO, "node-1", new byte[0]),
        Duration.ZERO,
        "3 requests wait");
    cluster.resume(1);
    cluster.run(Duration.ofMillis(100));
    assertThat(cluster.await(cluster.node(0).mesh().rpc(ECHO, "node-1", new byte[] {7})))
        .containsExactly(7);
  }

  @Test
  void aFrozenReceiverFillsItsQueueAndNotTheHeap() {
    SimCluster cluster = cluster(8, 2);
    cluster.pause(1);
    int refused = 0;
    for (int i = 0; i < 3 * SimNet.LANE_MAX_COUNT; i++) {
      CompletionStage<byte[]> answer = cluster.node(0).mesh().rpc(ECHO, "node-1", new byte[0]);
      refused += answer.toCompletableFuture().isCompletedExceptionally() ? 1 : 0;
    }
    assertThat(refused).isEqualTo(2 * SimNet.LANE_MAX_COUNT);
    assertThat(cluster.node(0).mesh().stats().refused()).isEqualTo(refused);
  }

  @Test
  void aSendToManyReachesEachOnceAndTheSenderSendsFewCopies() {
    SimCluster cluster = cluster(9, 100);
    for (int receivers : new int[] {2, 8, 9, 30, 99}) {
      List<String> to =
          cluster.nodes().stream().skip(1).limit(receivers).map(SimNode::address).toList();
      long before = cluster.node(0).mesh().stats().framesOut();
      cluster.node(0).mesh().send(TELL, to, Map.of("text", "hello"), true);
      assertThat(cluster.node(0).mesh().stats().framesOut() - before)
          .isLessThanOrEqualTo(MeshSettings.DEFAULTS.fanOutDegreeCount());
      told.clear();
      cluster.run(Duration.ofMillis(100));
      assertThat(told)
          .containsExactlyInAnyOrderElementsOf(
              to.stream().map(address -> address + " from node-0").toList());
    }
  }

  @Test
  void aTreeGoesAroundReceiversThatAreNotThere() {
    SimCluster cluster = cluster(10, 30);
    List<String> to = new ArrayList<>();
    for (int i = 1; i < 30; i++) {
      to.add("node-" + i);
      to.add("nobody-" + i);
    }
    cluster.node(0).mesh().send(TELL, to, Map.of(), true);
    cluster.run(Duration.ofMillis(100));
    assertThat(told).hasSize(29).doesNotHaveDuplicates();
  }

  @Test
  void messagesOfATopicArriveInOrderOnce() {
    ExactlyOnceInOrder checker = new ExactlyOnceInOrder(1);
    List<Topic> topics = new ArrayList<>();
    SimCluster cluster =
        SimCluster.builder(11)
            .nodes(2)
            .beforeStart(node ->
                topics.add(
                    TestTopic.open(
                        node.mesh(),
                        "room",
                        (sender, message) -> checker.arrived(message, 0, message.length),
                        (sender, question) -> CompletableFuture.completedFuture(question))))
            .start();
    for (int i = 0; i < 2_000; i++) {
      Topic topic = topics.getFirst();
      byte[] message = checker.next(20);
      boolean taken =
          i % 7 == 0 ? topic.sendAtOnce("node-1", message) : topic.send("node-1", message);
      assertThat(taken).isTrue();
      if (i % 100 == 0) {
        cluster.run(Duration.ofMillis(1));
      }
      if (i == 1_000) {
        // Too short a time to lose sight of each other, so nothing may be lost.
        cluster.cut(0, 1);
        cluster.run(Duration.ofSeconds(2));
        cluster.heal();
      }
    }
    cluster.run(Duration.ofSeconds(1));
    assertThat(checker.received()).isEqualTo(2_000);
    assertThat(cluster.await(topics.getFirst().ask("node-1", "who".getBytes(UTF_8))))
        .isEqualTo("who".getBytes(UTF_8));
  }

  @Test
  void homesAreAgreedOnAndThoseOfNodesThatStayDoNotMove() {
    SimCluster cluster = cluster(12, 5);
    Map<String, String> before = homes(cluster.node(0));
    cluster.nodes().forEach(node -> assertThat(homes(node)).isEqualTo(before));
    assertThat(before.values()).contains("node-0", "node-1", "node-2", "node-3", "node-4");
    cluster.crash(4);
    cluster.settle();
    Map<String, String> after = homes(cluster.node(0));
    before.forEach((name, home) -> {
      if (!home.equals("node-4")) {
        assertThat(after).containsEntry(name, home);
      }
    });
  }

  private static Map<String, String> homes(SimNode node) {
    Map<String, String> homes = new TreeMap<>();
    for (int i = 0; i < 200; i++) {
      homes.put("thing" + i, node.mesh().home("thing" + i).address());
    }
    return homes;
  }

  @Test
  void clocksThatAreMinutesOffMakeNoOlderWriteWinAndNoRequestFail() {
    SimCluster cluster = cluster(14, 3);
    cluster.skew(0, Duration.ofMinutes(10));
    cluster.skew(1, Duration.ofMinutes(-10));
    for (int writer = 0; writer < 3; writer++) {
      short value = (short) (7 + writer);
      cluster.node(writer).mesh().sharedData().set("level", value);
      cluster.run(Duration.ofMillis(100));
      cluster
          .nodes()
          .forEach(node -> assertThat(node.mesh().sharedData().get("level")).hasValue(value));
    }
    assertThat(cluster.await(cluster.node(0).mesh().rpc(ECHO, "node-1", new byte[] {7})))
        .containsExactly(7);
    cluster.skew(0, Duration.ofMinutes(-10));
    assertThat(cluster.await(cluster.node(1).mesh().rpc(ECHO, "node-0", new byte[] {8})))
        .containsExactly(8);
    cluster.nodes().forEach(node -> assertThat(node.mesh().nodes()).hasSize(3));
  }

  @Test
  void sharedDataReachesAllAlsoThoseWhoJoinLaterAndThePartsOfAPartitionAgreeAfterwards() {
    SimCluster cluster = cluster(13, 4);
    cluster.node(0).mesh().sharedData().set("level", (short) 1);
    cluster.runUntil(() -> allHave(cluster, "level", 1), Duration.ofSeconds(1));
    cluster.add();
    cluster.runUntil(() -> allHave(cluster, "level", 1), Duration.ofSeconds(1));
    cluster.partition(List.of(0, 1), List.of(2, 3, 4));
    cluster.run(Duration.ofSeconds(10));
    cluster.node(0).mesh().sharedData().set("level", (short) 2);
    cluster.node(3).mesh().sharedData().set("level", (short) 3);
    cluster.node(3).mesh().sharedData().set("level", (short) 4);
    cluster.run(Duration.ofSeconds(1));
    assertThat(cluster.node(1).mesh().sharedData().get("level")).hasValue(2);
    assertThat(cluster.node(4).mesh().sharedData().get("level")).hasValue(4);
    cluster.heal();
    cluster.runUntil(() -> allHave(cluster, "level", 4), Duration.ofSeconds(15));
    cluster.node(1).mesh().sharedData().remove("level");
    cluster.runUntil(
        () ->
            cluster.nodes().stream()
                .allMatch(node -> node.mesh().sharedData().get("level").isEmpty()),
        Duration.ofSeconds(1));
  }

  private static boolean allHave(SimCluster cluster, String key, int value) {
    return cluster.nodes().stream()
        .allMatch(node -> {
          var found = node.mesh().sharedData().get(key);
          return found.isPresent() && found.getAsInt() == value;
        });
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverHappensTheMeshIsWholeInTheEndItsDataAgreeAndEveryRequestHasEnded(long seed) {
    SimCluster cluster = cluster(seed, 5);
    List<CompletionStage<byte[]>> requests = new ArrayList<>();
    for (int step = 0; step < 100; step++) {
      disturb(cluster);
      for (SimNode node : cluster.nodes()) {
        requests.add(node.mesh().rpc(ECHO, "node-" + cluster.random().nextInt(5), new byte[9]));
        if (cluster.random().nextInt(4) == 0) {
          node.mesh()
              .sharedData()
              .set("key" + cluster.random().nextInt(3), (short) cluster.random().nextInt());
        }
      }
      cluster.run(Duration.ofMillis(cluster.random().nextInt(1_500)));
    }
    cluster.heal();
    cluster.nodes().forEach(node -> cluster.resume(node.index()));
    for (int i = 0; i < 5; i++) {
      if (!runs(cluster, i)) {
        cluster.restart(i);
      }
    }
    cluster.settle();
    cluster.run(Duration.ofSeconds(11));
    for (String key : List.of("key0", "key1", "key2")) {
      assertThat(cluster.nodes().stream().map(node -> node.mesh().sharedData().get(key)).distinct())
          .as("seed %d, %s", seed, key)
          .hasSize(1);
    }
    cluster
        .nodes()
        .forEach(node ->
            assertThat(node.mesh().stats().requestsOutstanding()).as("seed %d", seed).isZero());
  }

  private void disturb(SimCluster cluster) {
    int index = cluster.random().nextInt(5);
    boolean runs = runs(cluster, index);
    switch (cluster.random().nextInt(12)) {
      case 0 -> {
        if (runs && cluster.nodes().size() > 2) {
          cluster.crash(index);
        }
      }
      case 1, 2 -> {
        if (!runs) {
          cluster.restart(index);
        }
      }
      case 3 -> {
        if (runs) {
          cluster.pause(index);
        }
      }
      case 4, 5 -> {
        if (runs) {
          cluster.resume(index);
        }
      }
      case 6 -> {
        int other = (index + 1) % 5;
        if (runs && runs(cluster, other)) {
          cluster.cut(index, other);
        }
      }
      case 7 -> cluster.heal();
      default -> {}
    }
  }

  private static boolean runs(SimCluster cluster, int index) {
    return cluster.nodes().stream().anyMatch(node -> node.index() == index);
  }

  /** A question that is never answered. */
  private CompletionStage<byte[]> ask(int from, int to) {
    return Objects.requireNonNull(silent.get("node-" + from)).ask("node-" + to, new byte[0]);
  }

  private static void assertFailsWithin(
      SimCluster cluster, CompletionStage<byte[]> stage, Duration limit, String because) {
    CompletableFuture<byte[]> future = stage.toCompletableFuture();
    cluster.runUntil(future::isDone, limit);
    assertThatThrownBy(future::join)
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(MeshException.NetworkFailed.class)
        .hasMessageContaining(because);
  }

  private static long millis(SimCluster cluster) {
    return TimeUnit.NANOSECONDS.toMillis(cluster.clock().nanoTime());
  }
}

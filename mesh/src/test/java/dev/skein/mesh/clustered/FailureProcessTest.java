package dev.skein.mesh.clustered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;

/**
 * A cluster that its nodes leave one way after the other: in this order, as starting processes
 * costs the most. Nodes a and b are in this JVM.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(120)
class FailureProcessTest {
  /** The targets are 2, 6 and 15 s; the rest is for a machine that does other things as well. */
  private static final Duration DEATH_LIMIT = Duration.ofSeconds(20);

  private static final Duration FREEZE_LIMIT = Duration.ofSeconds(20);
  private static final Duration HEAL_LIMIT = Duration.ofSeconds(40);
  private static final Duration SERVES_LIMIT = Duration.ofSeconds(20);
  private static final Duration START_LIMIT = Duration.ofSeconds(40);
  private static final int KEYS = 200;

  private final Map<String, MeshedNode> nodes = new LinkedHashMap<>();
  private final Map<String, NodeProcess> processes = new LinkedHashMap<>();
  private int port;
  private int added;

  @BeforeAll
  void startFour() throws IOException {
    port = MeshPorts.free(1).getFirst();
    nodes.put("a", MeshedNode.start(NodeProcess.config(port, "a").port(port)));
    startProcesses("c", "d");
    nodes.put("b", MeshedNode.start(NodeProcess.config(port, "b")));
    awaitWhole("whole", START_LIMIT);
  }

  @AfterAll
  void close() {
    processes.values().forEach(NodeProcess::close);
    nodes.values().forEach(MeshedNode::close);
  }

  private void startProcesses(String... names) throws IOException {
    for (String name : names) {
      processes.put(name, NodeProcess.start(port, name));
    }
  }

  private MeshedNode first() {
    return Objects.requireNonNull(nodes.get("a"));
  }

  private void awaitWhole(String what, Duration limit) {
    timed(what, limit, () -> allSeeAll() && allAreWhole());
  }

  private boolean allSeeAll() {
    List<String> all =
        Stream.concat(nodes.keySet().stream(), processes.keySet().stream()).sorted().toList();
    return nodes.values().stream().allMatch(node -> node.seesJust(all));
  }

  private boolean allAreWhole() {
    return nodes.values().stream().allMatch(node -> node.engine.isWhole());
  }

  /** Waits and notes how long it took. */
  private static void timed(String what, Duration limit, Callable<Boolean> condition) {
    long began = System.nanoTime();
    await(what).pollInterval(Duration.ofMillis(20)).atMost(limit).until(condition);
    System.out.printf("%s after %d ms%n", what, (System.nanoTime() - began) / 1_000_000);
  }

  private void addOneToEachKey() throws Exception {
    List<MeshedNode> here = List.copyOf(nodes.values());
    for (int i = 0; i < KEYS; i++) {
      here.get(i % here.size()).add("k" + i, 1);
    }
    added++;
  }

  private void assertNothingIsLost() throws Exception {
    for (MeshedNode node : nodes.values()) {
      for (int i = 0; i < KEYS; i++) {
        assertThat(node.get("k" + i)).as("k" + i).isEqualTo(added);
      }
    }
  }

  /** All nodes have this value of what they share, those in other processes too. */
  private void awaitShared(String key, int value) {
    await(key + " = " + value)
        .atMost(SERVES_LIMIT)
        .ignoreExceptions()
        .untilAsserted(() -> {
          for (String node : nodes.keySet()) {
            assertThat(first().sharedAt(node, key)).as(node).isEqualTo(value);
          }
          for (String node : processes.keySet()) {
            assertThat(first().sharedAt(node, key)).as(node).isEqualTo(value);
          }
        });
  }

  private NodeProcess gone(String name) {
    return Objects.requireNonNull(processes.remove(name));
  }

  @Test
  @Order(1)
  void aFrozenNodeIsDroppedBlocksNobodyAndComesBackWithTheSameData() throws Exception {
    addOneToEachKey();
    first().haveSet("c", "of-c", 1);
    awaitShared("of-c", 1);

    NodeProcess frozen = gone("c");
    frozen.signal("STOP");
    byte[] frame = new byte[100_000];
    int refused = 0;
    for (int i = 0; i < 400; i++) {
      refused += first().engine.sendRaw(Batch.Kind.MESH, "c", frame) ? 0 : 1;
    }
    assertThat(refused).as("refused, for the queue is full").isPositive();
    first().haveSet("b", "still", 1);
    timed("frozen node dropped", FREEZE_LIMIT, this::allSeeAll);
    addOneToEachKey();
    first().haveSet("b", "of-c", 2);
    first().haveSet("a", "meanwhile", 3);

    processes.put("c", frozen);
    frozen.signal("CONT");

    awaitWhole("whole again", HEAL_LIMIT);
    awaitShared("of-c", 2);
    awaitShared("meanwhile", 3);
    first().haveSet("c", "meanwhile", 4);
    awaitShared("meanwhile", 4);
    addOneToEachKey();
    assertNothingIsLost();
  }

  @Test
  @Order(2)
  void aKilledNodeIsDroppedAndNothingAcknowledgedIsLost() throws Exception {
    first().haveSet("d", "of-d", 5);
    awaitShared("of-d", 5);

    gone("d").signal("KILL");

    timed("killed node dropped", DEATH_LIMIT, this::allSeeAll);
    awaitShared("of-d", 5);
    addOneToEachKey();
    assertNothingIsLost();
  }

  @Test
  @Order(3)
  void nothingIsLostWhenAllButOneNodeStopAtOnce() throws Exception {
    gone("c").stop();
    Objects.requireNonNull(nodes.remove("b")).close();

    awaitWhole("alone and ready", START_LIMIT);
    assertNothingIsLost();
  }

  @Test
  @Order(4)
  void theLastNodeServesOnAfterTheOthersWereKilled() throws Exception {
    startProcesses("e", "f");
    awaitWhole("three again", START_LIMIT);
    first().haveSet("e", "of-e", 6);
    awaitShared("of-e", 6);

    NodeProcess second = gone("e");
    NodeProcess third = gone("f");
    second.signal("KILL");
    third.signal("KILL");

    timed("killed nodes dropped", DEATH_LIMIT, this::allSeeAll);
    timed("stores serve again", SERVES_LIMIT, this::allAreWhole);
    awaitShared("of-e", 6);
    first().add("fresh", 1);
    assertThat(first().get("fresh")).isEqualTo(1);
  }

  @Test
  @Order(5)
  void oneOfTwoNodesDoesNotServeWhileTheOtherIsFrozenAndDoesSoAfterwards() throws Exception {
    startProcesses("g");
    awaitWhole("two again", START_LIMIT);

    NodeProcess frozen = gone("g");
    frozen.signal("STOP");
    timed("frozen node dropped", FREEZE_LIMIT, this::allSeeAll);
    await()
        .during(Duration.ofSeconds(3))
        .atMost(Duration.ofSeconds(20))
        .until(() -> !first().engine.isReady());
    processes.put("g", frozen);
    frozen.signal("CONT");

    awaitWhole("whole again", HEAL_LIMIT);
    first().add("fresh", 1);
    assertThat(first().get("fresh")).isEqualTo(2);
  }

  @Test
  @Order(6)
  void theOtherOfTwoNodesServesOnAfterOneWasKilled() throws Exception {
    gone("g").signal("KILL");

    timed("killed node dropped", DEATH_LIMIT, this::allSeeAll);
    timed("stores serve again", SERVES_LIMIT, this::allAreWhole);
    first().add("fresh", 1);
    assertThat(first().get("fresh")).isEqualTo(3);
  }
}

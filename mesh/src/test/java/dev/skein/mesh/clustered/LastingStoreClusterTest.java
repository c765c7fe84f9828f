package dev.skein.mesh.clustered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.mesh.StoreOptions;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stores in files, and clusters that stop and start again. */
@Timeout(90)
class LastingStoreClusterTest {
  private static final int KEYS = 150;

  private final ClusterConfig.Builder config =
      ClusterConfig.builder().cluster("test-" + UUID.randomUUID());
  private final List<TestNode> nodes = new ArrayList<>();
  @TempDir private Path folder;

  @AfterEach
  void close() {
    nodes.forEach(TestNode::close);
  }

  /** Each node has a folder of its own, as each machine has. */
  private StoreOptions lasting(String name) {
    return new StoreOptions("counters", 2, Set.of(), 0, Optional.of(folder.resolve(name)));
  }

  private void start(String... names) {
    for (String name : names) {
      nodes.add(TestNode.start(config.name(name), ClusterConfig.PROTOCOL_VERSION, lasting(name)));
    }
    TestNode.awaitWhole(nodes);
  }

  /** All at the same time, so that nobody hands its values over. */
  private void stopAll() throws InterruptedException {
    List<Thread> stopping =
        nodes.stream().map(node -> Thread.ofVirtual().start(node::close)).toList();
    for (Thread each : stopping) {
      each.join();
    }
    nodes.clear();
  }

  @Test
  void valuesSurviveAStopOfAllNodesAndStartsInAnotherOrder() throws Exception {
    start("a", "b", "c");
    for (int i = 0; i < KEYS; i++) {
      nodes.get(i % 3).add("k" + i, 1 + i);
    }
    for (int i = 0; i < KEYS; i += 10) {
      nodes.get(i % 3).add("k" + i, 0);
    }

    stopAll();
    start("c", "a", "b");

    for (int i = 0; i < KEYS; i++) {
      assertThat(nodes.get(i % 3).get("k" + i)).as("k" + i).isEqualTo(i % 10 == 0 ? -1 : 1 + i);
    }
    assertThat(nodes.getFirst().add("k1", 1)).isEqualTo(3);
  }

  @Test
  void aNodeThatComesBackNeitherUndoesNorBringsBackWhatHasChangedMeanwhile() throws Exception {
    start("a", "b");
    nodes.getFirst().add("changed", 1);
    nodes.getFirst().add("removed", 1);
    nodes.removeLast().close();
    TestNode.awaitWhole(nodes);
    nodes.getFirst().add("changed", 1);
    nodes.getFirst().add("removed", 0);

    start("b");
    assertThat(nodes.getLast().get("changed")).isEqualTo(2);
    assertThat(nodes.getLast().get("removed")).isEqualTo(-1);

    stopAll();
    start("b", "a");
    assertThat(nodes.getFirst().get("changed")).isEqualTo(2);
    assertThat(nodes.getFirst().get("removed")).isEqualTo(-1);
  }

  @Test
  void aDirectoryThatCannotBeUsedIsRefusedByName() throws Exception {
    Files.writeString(folder.resolve("a"), "a file in the way");

    assertThatThrownBy(
            () -> ClusteredEngine.open(config.build()).store(lasting("a"), TestNode::add))
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining(folder.resolve("a").toString());
  }
}

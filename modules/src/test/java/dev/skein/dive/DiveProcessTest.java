package dev.skein.dive;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.skein.mesh.clustered.MeshPorts;
import dev.skein.server.Server;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Writers of two nodes write, read and count while other nodes join and are killed. Small unless
 * asked for more: {@code -Dskein.dive.keys=10000 -Dskein.dive.writers=100 -Dskein.dive.rounds=10}.
 */
@Timeout(600)
class DiveProcessTest {
  private static final int KEYS = Integer.getInteger("skein.dive.keys", 500);
  private static final int WRITERS = Integer.getInteger("skein.dive.writers", 20);

  /** In each of them a node joins and another one is killed. */
  private static final int ROUNDS = Integer.getInteger("skein.dive.rounds", 1);

  /** Targets are far below; this is for a machine that does other things as well. */
  private static final Duration LIMIT = Duration.ofSeconds(60);

  /** Calls between two disturbances, so that both happen under load. */
  private static final int QUIET_ANSWERS = 2_000;

  private final List<Server> servers = new ArrayList<>();
  private final List<DiveNode> others = new ArrayList<>();
  private final List<Thread> writers = new ArrayList<>();
  private final DiveWitness witness = new DiveWitness(System::nanoTime);
  private volatile boolean over;

  @AfterEach
  void stop() throws InterruptedException {
    over = true;
    for (Thread writer : writers) {
      writer.interrupt();
      writer.join();
    }
    others.forEach(DiveNode::close);
    servers.forEach(Server::close);
  }

  private void write(Storage storage, RandomGenerator random) {
    while (!over) {
      witness.ask(storage, "k" + random.nextInt(KEYS), random).join();
    }
  }

  private void awaitSettled() {
    int count = servers.size() + others.size();
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(() ->
            servers.stream()
                .allMatch(server -> server.mesh().nodes().size() == count && server.isReady()));
  }

  private void awaitAnswers(int more) {
    int before = witness.answered();
    await().atMost(LIMIT).until(() -> witness.answered() >= before + more);
  }

  @Test
  void noAcknowledgedWriteIsLostAndNoCallFailsThoughNodesJoinAndAreKilled() throws Exception {
    int port = MeshPorts.free(1).getFirst();
    servers.add(DiveNode.server(port, port, "a"));
    servers.add(DiveNode.server(0, port, "b"));
    join(port, "c0");
    SplittableRandom random = new SplittableRandom(7);
    for (int i = 0; i < WRITERS; i++) {
      Storage storage = servers.get(i % 2).module(Dive.class).orElseThrow().open("soak");
      SplittableRandom own = random.split();
      writers.add(Thread.ofVirtual().start(() -> write(storage, own)));
    }
    for (int round = 1; round <= ROUNDS; round++) {
      awaitAnswers(QUIET_ANSWERS);
      join(port, "c" + round);
      awaitAnswers(QUIET_ANSWERS);
      others.removeFirst().close();
      awaitSettled();
    }
    awaitAnswers(QUIET_ANSWERS);
    over = true;
    for (Thread writer : writers) {
      writer.join();
    }
    for (int key = 0; key < KEYS; key++) {
      witness.read(storage(key % 2), "k" + key).join();
    }
    System.out.printf(
        "%d calls answered, %d failed, the longest took %d ms%n",
        witness.answered(), witness.failed(), witness.longestMillis());
    assertThat(witness.failed()).isZero();
    witness.check();
  }

  private Storage storage(int server) {
    return servers.get(server).module(Dive.class).orElseThrow().open("soak");
  }

  private void join(int port, String name) throws IOException {
    DiveNode node = DiveNode.start(port, name);
    others.add(node);
    node.awaitReady();
    awaitSettled();
  }
}

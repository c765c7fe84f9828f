package dev.skein.dive;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.module.Mishaps;
import dev.skein.module.Seeds;
import dev.skein.protocol.dive.DiveCode;
import dev.skein.protocol.dive.DiveOperation;
import dev.skein.protocol.dive.DiveRequest;
import dev.skein.protocol.payload.Value;
import dev.skein.server.Status;
import dev.skein.simulation.SimAnswer;
import dev.skein.simulation.SimClient;
import dev.skein.simulation.SimCluster;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
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

  @Test
  void whatClientsSeeOfAKeyHasOneOrder() {
    AtomicInteger answered = new AtomicInteger();
    AtomicInteger lost = new AtomicInteger();
    Seeds.each(
        SEEDS,
        seed -> {
          Simulation simulation = new Simulation(seed);
          simulation.run();
          answered.addAndGet(simulation.witness.answered());
          lost.addAndGet(simulation.witness.failed());
        });
    assertThat(answered.get()).as("operations that were answered").isGreaterThan(40 * SEEDS);
    assertThat(lost.get()).as("operations whose answer was lost").isGreaterThan(SEEDS / 2);
  }

  @Test
  void aNodeThatIsCutOffRefusesWritesWithACodeAndTheOthersGoOn() {
    SimCluster cluster =
        SimCluster.builder(1)
            .nodes(3)
            .shards(1)
            .with(() ->
                Dive.module().storage(StorageOptions.named("s").toBuilder().exposed(true).build()))
            .start();
    SimClient client = cluster.node(0).connect("ann");
    cluster.partition(List.of(0), List.of(1, 2));
    cluster.run(Duration.ofSeconds(5));

    DiveRequest request = new DiveRequest("s", "k", new DiveOperation.Set(Value.of(1), 0));
    SimAnswer answer = cluster.await(client.send(request.operation().cmd(), request.encode()));
    assertThat(answer.status()).isEqualTo(Status.ERR);
    assertThat(answer.code()).isEqualTo(DiveCode.UNAVAILABLE);
    cluster.await(storage(cluster, 1).set("k", Value.of(2)));

    cluster.heal();
    cluster.settle();
    assertThat(cluster.await(storage(cluster, 0).get("k"))).contains(Value.of(2));
  }

  @Test
  void incrementsThatRaceFromAllNodesAllCount() {
    SimCluster cluster =
        SimCluster.builder(2).nodes(3).with(() -> Dive.module().storage("s")).start();
    for (int i = 0; i < 3_000; i++) {
      storage(cluster, i % 3).increment("k", 1);
    }
    cluster.run(Duration.ofSeconds(5));
    assertThat(cluster.await(storage(cluster, 0).get("k"))).contains(Value.of(3_000));
  }

  private static Storage storage(SimCluster cluster, int node) {
    return cluster.node(node).module(Dive.class).open("s");
  }

  private static final class Simulation {
    private final SimCluster cluster;
    private final RandomGenerator random;
    private final DiveWitness witness;
    private final Mishaps mishaps;

    Simulation(long seed) {
      cluster =
          SimCluster.builder(seed)
              .nodes(3)
              .shards(1)
              .with(() -> Dive.module().storage("s"))
              .start();
      random = cluster.random();
      mishaps = new Mishaps(cluster);
      witness = new DiveWitness(cluster.clock()::nanoTime);
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
      mishaps.recover();
      cluster.run(Duration.ofSeconds(20));
      witness.check();
    }

    private void ask() {
      var nodes = cluster.nodes();
      Storage storage = nodes.get(random.nextInt(nodes.size())).module(Dive.class).open("s");
      witness.ask(storage, "k" + random.nextInt(KEYS), random);
    }

    /** One node at a time is in trouble: two copies survive the loss of one. */
    private void disturb() {
      if (mishaps.isAnything()) {
        mishaps.recover();
      } else if (random.nextBoolean()) {
        mishaps.crash(random.nextInt(3));
      } else {
        mishaps.cutOff(random.nextInt(3));
      }
    }
  }
}

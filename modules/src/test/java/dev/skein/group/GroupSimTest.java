package dev.skein.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.server.Status;
import dev.skein.simulation.SimAnswer;
import dev.skein.simulation.SimClient;
import dev.skein.simulation.SimCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Groups on a simulated cluster: users come, go, speak and move at random while nodes crash, freeze
 * and lose sight of each other. What must hold is in {@link GroupWitness}.
 */
class GroupSimTest {
  private static final int STEPS = 60;

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  private static SimCluster cluster(long seed, int nodes) {
    return SimCluster.builder(seed)
        .nodes(nodes)
        .with(() ->
            Groups.module()
                .staticGroup("north", GroupOptions.builder().build())
                .staticGroup("south", GroupOptions.builder().build())
                .staticGroup("east", GroupOptions.builder().build()))
        .start();
  }

  /** Everything at once except faults. */
  @ParameterizedTest
  @MethodSource("seeds")
  void withoutFaultsNothingIsLostDoubledOrOutOfOrder(long seed) {
    SimCluster cluster = cluster(seed, 3);
    GroupWitness witness = new GroupWitness(cluster);
    for (int i = 0; i < 6; i++) {
      witness.connect("u" + i);
    }
    for (int step = 0; step < STEPS; step++) {
      witness.anything();
      if (cluster.random().nextInt(6) == 0) {
        witness.moveSomebody();
      }
      cluster.run(Duration.ofMillis(cluster.random().nextInt(40)));
    }
    cluster.run(Duration.ofSeconds(3));
    witness.check();
    witness.checkThatNothingFailed();
  }

  /** One node after the other crashes, freezes, restarts, leaves or comes. */
  @ParameterizedTest
  @MethodSource("seeds")
  void nodesMayDieAndComeBackInTheMiddleOfEverything(long seed) {
    SimCluster cluster = cluster(seed, 4);
    GroupWitness witness = new GroupWitness(cluster);
    for (int i = 0; i < 8; i++) {
      witness.connect("u" + i);
    }
    List<Integer> down = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      witness.anything();
      int chance = cluster.random().nextInt(40);
      if (chance == 0 && cluster.nodes().size() > 2) {
        int victim = anyNode(cluster);
        cluster.crash(victim);
        down.add(victim);
      } else if (chance == 1 && !down.isEmpty()) {
        cluster.restart(down.removeFirst());
      } else if (chance == 2 && cluster.nodes().size() > 2) {
        int victim = anyNode(cluster);
        cluster.stop(victim);
        down.add(victim);
      } else if (chance == 3) {
        cluster.add();
      } else if (chance == 4) {
        cluster.settle();
        int victim = anyNode(cluster);
        cluster.pause(victim);
        cluster.run(Duration.ofMillis(cluster.random().nextInt(6_000)));
        cluster.resume(victim);
      } else if (chance < 10) {
        witness.moveSomebody();
      }
      cluster.run(Duration.ofMillis(cluster.random().nextInt(120)));
    }
    finish(cluster, witness);
  }

  /** The cluster falls apart and grows together again. */
  @ParameterizedTest
  @MethodSource("seeds")
  void partitionsHealAndWhatWasMissedIsTold(long seed) {
    SimCluster cluster = cluster(seed, 4);
    GroupWitness witness = new GroupWitness(cluster);
    for (int i = 0; i < 8; i++) {
      witness.connect("u" + i);
    }
    for (int step = 0; step < STEPS; step++) {
      witness.anything();
      int chance = cluster.random().nextInt(30);
      if (chance == 0) {
        int cut = 1 + cluster.random().nextInt(3);
        cluster.partition(range(0, cut), range(cut, 4));
      } else if (chance == 1) {
        cluster.heal();
      } else if (chance == 2) {
        int one = cluster.random().nextInt(4);
        cluster.cut(one, (one + 1) % 4);
      }
      cluster.run(Duration.ofMillis(cluster.random().nextInt(300)));
    }
    finish(cluster, witness);
  }

  @Test
  void aThousandJoinsInASecondAllSucceed() {
    SimCluster cluster = cluster(7, 3);
    GroupWitness witness = new GroupWitness(cluster);
    for (int i = 0; i < 1_000; i++) {
      witness.join(witness.connect("u" + i), "north");
      cluster.run(Duration.ofMillis(1));
    }
    cluster.run(Duration.ofSeconds(2));
    SimClient first = cluster.client("u0").orElseThrow();
    SimAnswer said = cluster.await(witness.say(first, "north"));
    assertThat(said.status()).isEqualTo(Status.OK);
    cluster.run(Duration.ofSeconds(2));
    witness.check();
    assertThat(witness.hearers("north")).isEqualTo(1_000);
    assertThat(witness.stat(first, "north").members()).isEqualTo(1_000);
  }

  private static void finish(SimCluster cluster, GroupWitness witness) {
    cluster.heal();
    cluster.settle();
    cluster.run(Duration.ofSeconds(12));
    witness.sayEverywhere();
    cluster.run(Duration.ofSeconds(8));
    witness.check();
    witness.checkThatTheLastWordsArrived();
  }

  private static int anyNode(SimCluster cluster) {
    return cluster.nodes().get(cluster.random().nextInt(cluster.nodes().size())).index();
  }

  private static List<Integer> range(int from, int to) {
    List<Integer> range = new ArrayList<>();
    for (int i = from; i < to; i++) {
      range.add(i);
    }
    return range;
  }
}

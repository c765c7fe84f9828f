package dev.skein.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.module.Turmoil;
import dev.skein.server.Status;
import dev.skein.simulation.SimAnswer;
import dev.skein.simulation.SimClient;
import dev.skein.simulation.SimCluster;
import java.time.Duration;
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
    Turmoil turmoil = new Turmoil(cluster);
    for (int step = 0; step < STEPS; step++) {
      witness.anything();
      int chance = cluster.random().nextInt(40);
      if (chance == 3) {
        cluster.add();
      } else if (chance == 4) {
        cluster.settle();
        turmoil.freezesSomebody();
      } else if (!turmoil.comesAndGoes(chance) && chance < 10) {
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
    Turmoil turmoil = new Turmoil(cluster);
    for (int step = 0; step < STEPS; step++) {
      witness.anything();
      turmoil.partsAndHeals(cluster.random().nextInt(30));
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
}

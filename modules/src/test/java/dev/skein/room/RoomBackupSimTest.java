package dev.skein.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.Combine;
import dev.skein.simulation.SimClient;
import dev.skein.simulation.SimCluster;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rooms with backups in a simulated cluster whose nodes are lost. */
class RoomBackupSimTest {
  private static SimCluster cluster(long seed, int nodes) {
    return SimCluster.builder(seed).nodes(nodes).with(Rooms::module).start();
  }

  private static Optional<Room> find(SimCluster cluster, String id) {
    return cluster.nodes().stream()
        .flatMap(node -> node.module(Rooms.class).find(id).stream())
        .findFirst();
  }

  /** More of them by {@code -Dskein.seeds}, others by {@code -Dskein.firstSeed}. */
  static LongStream seeds() {
    return seeds(Long.getLong("skein.seeds", 200));
  }

  /** For what plays on for long. */
  static LongStream someSeeds() {
    return seeds(Long.getLong("skein.seeds", 50));
  }

  private static LongStream seeds(long count) {
    long first = Long.getLong("skein.firstSeed", 0);
    return LongStream.range(first, first + count);
  }

  /** The node of the rooms dies at any moment; its members come back. */
  @ParameterizedTest
  @MethodSource("seeds")
  void nothingAcknowledgedIsLostWithTheRoomsNode(long seed) {
    SimCluster cluster = cluster(seed, 4);
    RoomWitness witness = new RoomWitness(cluster);
    SimClient always = witness.connect("always", cluster.node(3));
    witness.room(cluster.node(0), 1);
    witness.room(cluster.node(1), 2);
    cluster.run(Duration.ofSeconds(1));
    enter(cluster, witness, always);
    for (int i = 0; i < 4; i++) {
      witness.connect("u" + i, cluster.node(i));
      witness.connect("v" + i, cluster.node(i));
    }
    play(cluster, witness, cluster.random().nextInt(40));
    int victim = cluster.random().nextInt(3);
    if (cluster.random().nextInt(4) == 0) {
      cluster.stop(victim);
    } else {
      cluster.crash(victim);
    }
    play(cluster, witness, cluster.random().nextInt(40));
    for (String uid : witness.lostUsers()) {
      witness.reconnect(uid, cluster.node(3));
    }
    play(cluster, witness, 40);
    finish(cluster, witness, always);
    assertThat(witness.refusedReturns()).as("who was not let back").isEmpty();
  }

  /** Rooms move, with members who move, and one of the nodes dies at any moment. */
  @ParameterizedTest
  @MethodSource("seeds")
  void nothingAcknowledgedIsLostWhileRoomsMove(long seed) {
    SimCluster cluster = cluster(seed, 4);
    RoomWitness witness = new RoomWitness(cluster);
    SimClient always = witness.connect("always", cluster.node(3));
    witness.room(cluster.node(0), 1);
    witness.room(cluster.node(1), 2);
    cluster.run(Duration.ofSeconds(1));
    enter(cluster, witness, always);
    for (int i = 0; i < 3; i++) {
      witness.connect("u" + i, cluster.node(i));
      witness.connect("v" + i, cluster.node(3));
    }
    int steps = 20 + cluster.random().nextInt(40);
    for (int step = 0; step < steps; step++) {
      witness.anything();
      int chance = cluster.random().nextInt(8);
      if (chance == 0) {
        witness.moveSomebodyBut(always);
      } else if (chance < 3) {
        witness.moveRoom();
      }
      cluster.run(Duration.ofMillis(cluster.random().nextInt(20)));
    }
    cluster.crash(cluster.random().nextInt(3));
    play(cluster, witness, 20);
    for (String uid : witness.lostUsers()) {
      witness.reconnect(uid, cluster.node(3));
    }
    play(cluster, witness, 20);
    finish(cluster, witness, always);
  }

  /** Backups come, go, freeze and are cut off; the room's node stays. */
  @ParameterizedTest
  @MethodSource("someSeeds")
  void nobodyNoticesThatBackupsComeAndGo(long seed) {
    SimCluster cluster = cluster(seed, 4);
    RoomWitness witness = new RoomWitness(cluster);
    SimClient always = witness.connect("always", cluster.node(0));
    String first = witness.room(cluster.node(0), 1);
    String second = witness.room(cluster.node(0), 3);
    enter(cluster, witness, always);
    for (int i = 0; i < 4; i++) {
      witness.connect("u" + i, cluster.node(0));
    }
    for (int round = 0; round < 5; round++) {
      int victim = 1 + cluster.random().nextInt(3);
      play(cluster, witness, cluster.random().nextInt(10));
      switch (cluster.random().nextInt(3)) {
        case 0 -> {
          cluster.crash(victim);
          play(cluster, witness, cluster.random().nextInt(60));
          cluster.restart(victim);
        }
        case 1 -> {
          cluster.pause(victim);
          play(cluster, witness, cluster.random().nextInt(600));
          cluster.resume(victim);
        }
        default -> {
          cluster.cut(0, victim);
          play(cluster, witness, cluster.random().nextInt(600));
          cluster.heal();
        }
      }
    }
    cluster.settle();
    finish(cluster, witness, always);
    assertThat(backups(cluster, first)).hasSize(1);
    assertThat(backups(cluster, second)).hasSize(3);
  }

  private static Set<String> backups(SimCluster cluster, String room) {
    return cluster.node(0).module(Rooms.class).find(room).orElseThrow().backups();
  }

  /** The room's node and its backup lose sight of each other, and both may go on. */
  @ParameterizedTest
  @MethodSource("someSeeds")
  void twoNodesNeverBothHaveTheRoom(long seed) {
    SimCluster cluster = cluster(seed, 5);
    RoomWitness witness = new RoomWitness(cluster);
    SimClient always = witness.connect("always", cluster.node(4));
    witness.room(cluster.node(0), 1);
    witness.room(cluster.node(1), 2);
    cluster.run(Duration.ofSeconds(1));
    enter(cluster, witness, always);
    for (int i = 0; i < 5; i++) {
      witness.connect("u" + i, cluster.node(i));
    }
    play(cluster, witness, 20);
    switch (cluster.random().nextInt(4)) {
      case 0 -> cluster.partition(List.of(0), List.of(1, 2, 3, 4));
      case 1 -> cluster.partition(List.of(0, 1), List.of(2, 3, 4));
      case 2 -> cluster.cut(0, 1 + cluster.random().nextInt(3));
      default -> cluster.pause(cluster.random().nextInt(2));
    }
    play(cluster, witness, cluster.random().nextInt(1_200));
    cluster.heal();
    cluster.nodes().forEach(node -> cluster.resume(node.index()));
    cluster.settle();
    play(cluster, witness, 40);
    cluster.run(Duration.ofSeconds(45));
    witness.check();
    witness.checkIncrements();
  }

  private static void enter(SimCluster cluster, RoomWitness witness, SimClient always) {
    for (String room : witness.roomIds()) {
      cluster.await(witness.join(always, room)).orFail();
    }
  }

  private static void play(SimCluster cluster, RoomWitness witness, int steps) {
    for (int step = 0; step < steps; step++) {
      witness.anything();
      cluster.run(Duration.ofMillis(cluster.random().nextInt(20)));
    }
  }

  private static void finish(SimCluster cluster, RoomWitness witness, SimClient always) {
    cluster.run(Duration.ofSeconds(40));
    witness.check();
    witness.checkThatNothingAcknowledgedIsLost(always);
  }

  @Test
  void aRoomGoesOnAtItsBackupWithAllThatItIs() {
    SimCluster cluster = cluster(1, 3);
    RoomWitness witness = new RoomWitness(cluster);
    Room room =
        cluster
            .node(0)
            .module(Rooms.class)
            .create(
                RoomOptions.builder()
                    .type("hall")
                    .registered(true)
                    .allowEmpty(true)
                    .backups(1)
                    .build());
    cluster.run(Duration.ofSeconds(1));
    SimClient alice = witness.connect("alice", cluster.node(1));
    SimClient bob = witness.connect("bob", cluster.node(2));
    SimClient carol = witness.connect("carol", cluster.node(0));
    long number = RoomWitness.number(cluster.await(witness.join(alice, room.id())));
    cluster.await(witness.join(bob, room.id())).orFail();
    long carols = RoomWitness.number(cluster.await(witness.join(carol, room.id())));
    cluster.await(witness.say(carol, carols, room.id())).orFail();
    cluster.await(room.changeOwner("bob"));
    cluster.await(room.set("level", Value.of("castle")));
    cluster.await(room.putObject("flag", Value.of(7), Combine.LAST, Duration.ofSeconds(60)));
    cluster.await(room.reserve(List.of("dave"), Duration.ofSeconds(50)));
    var line = cluster.await(room.chat("hello"));
    cluster.crash(0);
    cluster.runUntil(() -> find(cluster, room.id()).isPresent());
    Room there = find(cluster, room.id()).orElseThrow();
    assertThat(there.members()).extracting(Member::uid).containsExactly("alice", "bob", "carol");
    assertThat(there.owner().orElseThrow().uid()).isEqualTo("bob");
    assertThat(there.property("level")).contains(Value.of("castle"));
    assertThat(there.objects()).containsOnlyKeys("flag");
    assertThat(there.stat().reserved()).isEqualTo(1);
    assertThat(cluster.await(there.chatHistory(10))).containsExactly(line);
    cluster.await(witness.say(alice, number, room.id())).orFail();
    cluster.run(Duration.ofSeconds(30));
    assertThat(there.members()).extracting(Member::uid).containsExactly("alice", "bob");
    witness.check();
  }
}

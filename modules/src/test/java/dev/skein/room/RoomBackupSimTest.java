package dev.skein.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.mesh.Topic;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.Combine;
import dev.skein.simulation.SimAnswer;
import dev.skein.simulation.SimClient;
import dev.skein.simulation.SimCluster;
import dev.skein.simulation.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Rooms with backups in a simulated cluster whose nodes are lost. */
class RoomBackupSimTest {
  private static final byte[] NOTHING = {};

  private static SimCluster cluster(long seed, int nodes) {
    return SimCluster.builder(seed).nodes(nodes).with(Rooms::module).start();
  }

  private static Optional<Room> find(SimCluster cluster, String id) {
    return cluster.nodes().stream()
        .flatMap(node -> node.module(Rooms.class).find(id).stream())
        .findFirst();
  }

  /** A cluster with rooms that are watched, and somebody who is always in all of them. */
  private static final class Scene {
    private final SimCluster cluster;
    private final RoomWitness witness;
    private final SimClient always;

    Scene(long seed, int nodes, int alwaysOn) {
      cluster = cluster(seed, nodes);
      witness = new RoomWitness(cluster);
      always = witness.connect("always", cluster.node(alwaysOn));
    }

    /** Rooms on two nodes, and everywhere somebody; who is always there is on the last node. */
    static Scene ofTwoRooms(long seed, int nodes) {
      Scene scene = new Scene(seed, nodes, nodes - 1);
      scene.room(0, 1);
      scene.room(1, 2);
      for (SimNode node : scene.cluster.nodes()) {
        scene.witness.connect("u" + node.index(), node);
      }
      return scene;
    }

    String room(int node, int backups) {
      String id = witness.room(cluster.node(node), backups);
      cluster.await(witness.join(always, id)).orFail();
      return id;
    }

    void play(int steps) {
      for (int step = 0; step < steps; step++) {
        witness.anything();
        cluster.run(Duration.ofMillis(cluster.random().nextInt(20)));
      }
    }

    void reconnect() {
      for (String uid : witness.lostUsers()) {
        witness.reconnect(uid, always.node());
      }
    }

    void finish() {
      cluster.run(Duration.ofSeconds(40));
      witness.check();
      witness.checkThatNothingAcknowledgedIsLost(always);
    }
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
    Scene scene = Scene.ofTwoRooms(seed, 4);
    SimCluster cluster = scene.cluster;
    for (SimNode node : cluster.nodes()) {
      scene.witness.connect("v" + node.index(), node);
    }
    scene.play(cluster.random().nextInt(40));
    int victim = cluster.random().nextInt(3);
    if (cluster.random().nextInt(4) == 0) {
      cluster.stop(victim);
    } else {
      cluster.crash(victim);
    }
    scene.play(cluster.random().nextInt(40));
    scene.reconnect();
    scene.play(40);
    scene.finish();
    assertThat(scene.witness.refusedReturns()).as("who was not let back").isEmpty();
  }

  /** With some that found what others did not. */
  static LongStream movingSeeds() {
    return LongStream.concat(seeds(), LongStream.of(688, 821, 1062, 20_583));
  }

  /** Rooms move, with members who move, and one of the nodes dies at any moment. */
  @ParameterizedTest
  @MethodSource("movingSeeds")
  void nothingAcknowledgedIsLostWhileRoomsMove(long seed) {
    Scene scene = Scene.ofTwoRooms(seed, 4);
    SimCluster cluster = scene.cluster;
    RoomWitness witness = scene.witness;
    for (int i = 0; i < 3; i++) {
      witness.connect("v" + i, cluster.node(3));
    }
    int steps = 20 + cluster.random().nextInt(40);
    for (int step = 0; step < steps; step++) {
      witness.anything();
      int chance = cluster.random().nextInt(8);
      if (chance == 0) {
        witness.moveSomebodyBut(scene.always);
      } else if (chance < 3) {
        witness.moveRoom();
      }
      cluster.run(Duration.ofMillis(cluster.random().nextInt(20)));
    }
    cluster.crash(cluster.random().nextInt(3));
    scene.play(20);
    scene.reconnect();
    scene.play(20);
    scene.finish();
  }

  /** Backups come, go, freeze and are cut off; the room's node stays. */
  @ParameterizedTest
  @MethodSource("someSeeds")
  void nobodyNoticesThatBackupsComeAndGo(long seed) {
    Scene scene = new Scene(seed, 4, 0);
    SimCluster cluster = scene.cluster;
    String first = scene.room(0, 1);
    String second = scene.room(0, 3);
    for (int i = 0; i < 4; i++) {
      scene.witness.connect("u" + i, cluster.node(0));
    }
    for (int round = 0; round < 5; round++) {
      int victim = 1 + cluster.random().nextInt(3);
      scene.play(cluster.random().nextInt(10));
      switch (cluster.random().nextInt(3)) {
        case 0 -> {
          cluster.crash(victim);
          scene.play(cluster.random().nextInt(60));
          cluster.restart(victim);
        }
        case 1 -> {
          cluster.pause(victim);
          scene.play(cluster.random().nextInt(600));
          cluster.resume(victim);
        }
        default -> {
          cluster.cut(0, victim);
          scene.play(cluster.random().nextInt(600));
          cluster.heal();
        }
      }
    }
    cluster.settle();
    scene.finish();
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
    Scene scene = Scene.ofTwoRooms(seed, 5);
    SimCluster cluster = scene.cluster;
    scene.play(20);
    switch (cluster.random().nextInt(4)) {
      case 0 -> cluster.partition(List.of(0), List.of(1, 2, 3, 4));
      case 1 -> cluster.partition(List.of(0, 1), List.of(2, 3, 4));
      case 2 -> cluster.cut(0, 1 + cluster.random().nextInt(3));
      default -> cluster.pause(cluster.random().nextInt(2));
    }
    scene.play(cluster.random().nextInt(1_200));
    cluster.heal();
    cluster.nodes().forEach(node -> cluster.resume(node.index()));
    cluster.settle();
    scene.play(40);
    cluster.run(Duration.ofSeconds(45));
    scene.witness.check();
    scene.witness.checkIncrements();
  }

  /** Its next entry would be the first that it notices to be missing. */
  @Test
  void aBackupThatTakesNoMoreIsDoneWithoutAtOnce() {
    List<Topic> noises = new ArrayList<>();
    SimCluster cluster =
        SimCluster.builder(1)
            .nodes(4)
            .with(Rooms::module)
            .beforeStart(node -> noises.add(node.mesh().topic("noise", new Deaf())))
            .start();
    RoomWitness witness = new RoomWitness(cluster);
    SimClient alice = witness.connect("alice", cluster.node(0));
    String room = witness.room(cluster.node(0), 1);
    long number = RoomWitness.number(cluster.await(witness.join(alice, room)));
    String backup = backups(cluster, room).iterator().next();
    cluster.nodes().stream()
        .filter(node -> node.address().equals(backup))
        .forEach(node -> cluster.cut(0, node.index()));
    int noise = 0;
    while (noises.getFirst().send(backup, NOTHING)) {
      noise++;
    }
    assertThat(noise).isPositive();
    CompletableFuture<SimAnswer> said = witness.say(alice, number, room);
    cluster.run(Duration.ofMillis(500));
    assertThat(said).isDone();
    assertThat(backups(cluster, room)).doesNotContain(backup);
  }

  /** For what is sent only to be sent. */
  private static final class Deaf implements Topic.Handler {
    @Override
    public void onMessage(String sender, byte[] message) {}

    @Override
    public CompletionStage<byte[]> onAsk(String sender, byte[] question) {
      return CompletableFuture.completedFuture(NOTHING);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void nobodyIsInANewRoomBeforeItHasItsBackups(int backups) {
    SimCluster cluster = cluster(backups, 4);
    RoomWitness witness = new RoomWitness(cluster);
    SimClient alice = witness.connect("alice", cluster.node(3));
    String room = witness.room(cluster.node(0), backups);
    cluster.await(witness.join(alice, room)).orFail();
    assertThat(backups(cluster, room)).hasSize(backups);
  }

  @Test
  void aNewRoomDoesNotWaitForLongForANodeThatDoesNotAnswer() {
    SimCluster cluster = cluster(1, 2);
    RoomWitness witness = new RoomWitness(cluster);
    SimClient alice = witness.connect("alice", cluster.node(0));
    cluster.cut(0, 1);
    String room = witness.room(cluster.node(0), 1);
    CompletableFuture<SimAnswer> joined = witness.join(alice, room);
    cluster.run(Duration.ofMillis(2_500));
    assertThat(joined).isDone();
    joined.join().orFail();
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

  @Test
  void aRoomThatHasGoneOnClosesWhenItsLastMemberLeaves() {
    SimCluster cluster = cluster(1, 3);
    RoomWitness witness = new RoomWitness(cluster);
    Rooms rooms = cluster.node(0).module(Rooms.class);
    String room = rooms.create(RoomOptions.builder().type("hall").backups(1).build()).id();
    for (SimNode node : cluster.nodes()) {
      SimClient client = witness.connect("u" + node.index(), node);
      cluster.await(witness.join(client, room)).orFail();
    }
    cluster.crash(0);
    cluster.runUntil(() -> find(cluster, room).isPresent());
    witness.reconnect("u0", cluster.node(1));
    cluster.run(Duration.ofSeconds(2));
    witness.check();
    assertThat(find(cluster, room).orElseThrow().members()).hasSize(3);
    for (int i = 0; i < 3; i++) {
      cluster.client("u" + i).orElseThrow().leave();
    }
    cluster.run(Duration.ofSeconds(1));
    assertThat(find(cluster, room)).isEmpty();
  }
}

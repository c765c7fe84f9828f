package dev.skein.room;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.mesh.NodeState;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.ChatLine;
import dev.skein.protocol.room.Combine;
import dev.skein.protocol.room.RoomCode;
import dev.skein.server.CommandException;
import dev.skein.simulation.SimClient;
import dev.skein.simulation.SimCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Rooms that go to other nodes, in a simulated cluster. */
class RoomMoveSimTest {
  private static final byte[] NOTHING = {};

  private final List<String> crossings = new ArrayList<>();

  private Rooms module() {
    return Rooms.module()
        .hooks(
            new RoomHooks() {
              @Override
              public void created(Room room) {
                crossings.add("created");
              }

              @Override
              public void arrived(Room room) {
                crossings.add("arrived");
                room.every(Duration.ofMillis(100), each -> each.increment("ticks", Value.of(1)));
              }

              @Override
              public void departed(Room room, String node) {
                crossings.add("departed to " + node);
              }
            });
  }

  private SimCluster cluster(long seed, int nodes) {
    return SimCluster.builder(seed).nodes(nodes).with(this::module).start();
  }

  private static Rooms rooms(SimCluster cluster, int node) {
    return cluster.node(node).module(Rooms.class);
  }

  private static Room find(SimCluster cluster, int node, String roomId) {
    return rooms(cluster, node).find(roomId).orElseThrow();
  }

  @Test
  void everythingARoomIsGoesAlong() {
    SimCluster cluster = cluster(1, 2);
    RoomWitness witness = new RoomWitness(cluster);
    Room room =
        rooms(cluster, 0)
            .create(
                RoomOptions.builder()
                    .type("hall")
                    .registered(true)
                    .maxMembers(9)
                    .allowEmpty(true)
                    .build());
    SimClient alice = witness.connect("alice", cluster.node(0));
    SimClient bob = witness.connect("bob", cluster.node(1));
    cluster.await(witness.join(alice, room.id())).orFail();
    cluster.await(witness.join(bob, room.id())).orFail();
    cluster.await(room.changeOwner("bob"));
    cluster.await(room.set("level", Value.of("castle")));
    cluster.await(room.putObject("flag", Value.of(7), Combine.LAST, Duration.ofSeconds(5)));
    cluster.await(
        room.putObject("hat", Value.of("red"), Combine.LAST, Duration.ZERO, alice.user()));
    cluster.await(room.reserve(List.of("carol"), Duration.ofSeconds(8)));
    ChatLine said = cluster.await(room.chat("hello"));
    var stat = room.stat();

    cluster.await(room.moveTo("node-1"));
    cluster.run(Duration.ofMillis(50));
    Room there = find(cluster, 1, room.id());
    assertThat(crossings).containsExactlyInAnyOrder("created", "arrived", "departed to node-1");
    assertThat(there.stat()).isEqualTo(stat);
    assertThat(there.options()).isEqualTo(room.options());
    assertThat(there.members()).extracting(Member::uid).containsExactly("alice", "bob");
    assertThat(there.owner().orElseThrow().uid()).isEqualTo("bob");
    assertThat(there.property("level")).contains(Value.of("castle"));
    assertThat(there.objects()).containsOnlyKeys("flag", "hat");
    assertThat(cluster.await(there.chatHistory(10))).containsExactly(said);
    assertThat(cluster.await(there.chat("again")).id()).isEqualTo(said.id() + 1);
    assertThat(rooms(cluster, 0).find(room.id())).isEmpty();

    cluster.run(Duration.ofSeconds(1));
    assertThat(there.property("ticks").orElseThrow().asDouble()).isGreaterThan(5);
    cluster.run(Duration.ofSeconds(5));
    assertThat(there.objects()).as("times to live go on").containsOnlyKeys("hat");
    assertThat(there.stat().reserved()).isEqualTo(1);
    cluster.run(Duration.ofSeconds(3));
    assertThat(there.stat().reserved()).isZero();
    cluster.await(there.leave(alice.user(), NOTHING));
    assertThat(there.objects()).as("what is linked goes with its member").isEmpty();
    cluster.run(Duration.ofMillis(50));
    witness.check();
  }

  @Test
  void aRoomIsFoundByItsIdFromEveryNodeHoweverOftenItHasMoved() {
    SimCluster cluster = cluster(2, 4);
    RoomWitness witness = new RoomWitness(cluster);
    String id = witness.room(cluster.node(0));
    List<DistantRoom> doors =
        cluster.nodes().stream().map(n -> n.module(Rooms.class).at(id)).toList();
    for (String to : List.of("node-1", "node-2", "node-1", "node-3", "node-0", "node-2")) {
      cluster.await(doors.getFirst().moveTo(to));
      for (DistantRoom door : doors) {
        cluster.await(door.increment("n", Value.of(1)));
      }
    }
    assertThat(cluster.await(doors.get(3).properties(List.of("n"))))
        .isEqualTo(Map.of("n", Value.of(24)));
    cluster.crash(0);
    cluster.run(Duration.ofSeconds(5));
    SimClient carol = witness.connect("carol", cluster.node(3));
    cluster.await(witness.join(carol, id)).orFail();
    int late = cluster.add().index();
    cluster.settle();
    SimClient dora = witness.connect("dora", cluster.node(late));
    cluster.await(witness.join(dora, id)).orFail();
    assertThat(cluster.await(rooms(cluster, late).findEverywhere("hall", 9))).hasSize(1);
    cluster.run(Duration.ofMillis(100));
    witness.check();
    cluster.await(rooms(cluster, 1).at(id).close(NOTHING));
    cluster.run(Duration.ofMillis(100));
    assertThat(cluster.await(witness.join(carol, id)).code()).isEqualTo(RoomCode.NOT_FOUND);
  }

  @Test
  void aRoomStaysWhereItIsIfTheOtherNodeDoesNotTakeIt() {
    SimCluster cluster = cluster(3, 3);
    RoomWitness witness = new RoomWitness(cluster);
    String id = witness.room(cluster.node(0));
    SimClient alice = witness.connect("alice", cluster.node(0));
    long number = RoomWitness.number(cluster.await(witness.join(alice, id)));
    cluster.node(1).mesh().update(info -> info.withState(NodeState.OFFLINE));
    cluster.run(Duration.ofSeconds(1));
    Room room = find(cluster, 0, id);
    assertRefused(cluster, room.moveTo("node-1").toCompletableFuture(), RoomCode.NO_NEW_ROOMS);
    assertRefused(cluster, room.moveTo("nowhere").toCompletableFuture(), RoomCode.UNREACHABLE);
    CompletableFuture<Void> frozen;
    cluster.pause(2);
    frozen = room.moveTo("node-2").toCompletableFuture();
    var said = witness.say(alice, number, id);
    assertRefused(cluster, frozen, RoomCode.UNREACHABLE);
    cluster.await(said).orFail();
    cluster.resume(2);
    cluster.settle();
    cluster.await(room.moveTo("node-0"));
    assertThat(room.isClosed()).isFalse();
    cluster.run(Duration.ofSeconds(1));
    assertThat(rooms(cluster, 2).count()).isZero();
    witness.check();
    witness.checkThatNothingFailed(alice);
  }

  @Test
  void theOldFaceOfARoomThatHasMovedSaysWhereItIs() {
    SimCluster cluster = cluster(4, 2);
    Room room = rooms(cluster, 0).create(RoomOptions.of("hall"));
    cluster.await(room.moveTo("node-1"));
    assertThatThrownBy(() -> cluster.await(room.announce(NOTHING)))
        .cause()
        .isInstanceOfSatisfying(
            CommandException.class,
            refused -> {
              assertThat(refused.code()).isEqualTo(RoomCode.MOVED);
              assertThat(refused).hasMessageContaining("node-1");
            });
    assertThat(cluster.await(rooms(cluster, 0).at(room.id()).stat()).type()).isEqualTo("hall");
  }

  static LongStream seeds() {
    return LongStream.range(0, 50);
  }

  /** The rooms first, then the users, while all go on playing. */
  @ParameterizedTest
  @MethodSource("joinSeeds")
  void aJoinThatIsUnderWayIsAnsweredBeforeItsUserMoves(long seed) {
    SimCluster cluster = cluster(seed, 3);
    Room room = rooms(cluster, 1).create(RoomOptions.of("hall"));
    SimClient alice = cluster.node(0).connect("alice");
    var joined = rooms(cluster, 0).join(room.id(), alice.user(), NOTHING);
    var moved = cluster.node(0).directory().move("alice", "node-2");
    cluster.await(joined);
    assertThat(cluster.await(moved)).isTrue();
    cluster.run(Duration.ofSeconds(1));
    assertThat(room.members()).extracting(Member::uid).containsExactly("alice");
    assertThat(rooms(cluster, 2).seatsOf(alice.user())).hasSize(1);
  }

  static LongStream joinSeeds() {
    return LongStream.range(0, 20);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void aNodeIsEmptiedWhileItsRoomsGoOn(long seed) {
    SimCluster cluster = cluster(seed, 3);
    RoomWitness witness = new RoomWitness(cluster);
    SimClient always = witness.connect("always", cluster.node(1));
    for (int i = 0; i < 4; i++) {
      String room = witness.room(cluster.node(0));
      cluster.await(witness.join(always, room)).orFail();
      cluster.await(witness.join(witness.connect("u" + i, cluster.node(0)), room)).orFail();
      cluster.await(witness.join(witness.connect("v" + i, cluster.node(2)), room)).orFail();
    }
    cluster.node(0).mesh().update(info -> info.withState(NodeState.OFFLINE));
    CompletableFuture<Void> drained = rooms(cluster, 0).drain().toCompletableFuture();
    for (int step = 0; step < 20; step++) {
      witness.anything();
      cluster.run(Duration.ofMillis(cluster.random().nextInt(3)));
    }
    cluster.await(drained);
    assertThat(rooms(cluster, 0).count()).isZero();
    List<CompletableFuture<Boolean>> moving = new ArrayList<>();
    for (SimClient client : cluster.node(0).clients()) {
      moving.add(witness.move(client, cluster.node(2)));
    }
    moving.forEach(move -> assertThat(cluster.await(move)).isTrue());
    cluster.run(Duration.ofSeconds(1));
    cluster.stop(0);
    cluster.run(Duration.ofSeconds(5));
    witness.check();
  }

  private static void assertRefused(SimCluster cluster, CompletableFuture<Void> stage, int code) {
    assertThatThrownBy(() -> cluster.await(stage))
        .cause()
        .isInstanceOfSatisfying(
            CommandException.class, refused -> assertThat(refused.code()).isEqualTo(code));
  }
}

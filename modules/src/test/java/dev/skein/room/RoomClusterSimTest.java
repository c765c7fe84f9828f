package dev.skein.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.module.Turmoil;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.RoomCode;
import dev.skein.protocol.room.RoomReply;
import dev.skein.protocol.room.RoomRequest;
import dev.skein.protocol.room.RoomRequest.Terms;
import dev.skein.server.Status;
import dev.skein.simulation.SimAnswer;
import dev.skein.simulation.SimClient;
import dev.skein.simulation.SimCluster;
import dev.skein.simulation.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Rooms with members on several nodes of a simulated cluster: users come, go, speak and move at
 * random while nodes crash, freeze and lose sight of each other.
 */
class RoomClusterSimTest {
  private static final byte[] NOTHING = {};
  private static final int STEPS = 60;

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  private static SimCluster cluster(long seed, int nodes) {
    return SimCluster.builder(seed).nodes(nodes).with(Rooms::module).start();
  }

  private static RoomRequest joinRandom(String type, int maxMembers) {
    Terms terms = new Terms(type, true, false, maxMembers, 0, 0);
    return new RoomRequest.JoinRandom(terms, true, NOTHING);
  }

  /** Everything at once except faults. */
  @ParameterizedTest
  @MethodSource("seeds")
  void membersOnAllNodesHearTheSameAlsoWhileTheyMove(long seed) {
    SimCluster cluster = cluster(seed, 3);
    RoomWitness witness = new RoomWitness(cluster);
    SimClient always = witness.connect("always", cluster.node(0));
    for (int i = 0; i < 3; i++) {
      cluster.await(witness.join(always, witness.room(cluster.node(i)))).orFail();
      witness.connect("u" + i, cluster.node(i));
      witness.connect("v" + i, cluster.node(i));
    }
    for (int step = 0; step < STEPS; step++) {
      witness.anything();
      if (cluster.random().nextInt(4) == 0) {
        witness.moveSomebody();
      }
      cluster.run(Duration.ofMillis(cluster.random().nextInt(20)));
    }
    cluster.run(Duration.ofSeconds(1));
    witness.check();
    witness.checkThatNothingFailed(always);
  }

  /** The rooms go from node to node as well. */
  @ParameterizedTest
  @MethodSource("seeds")
  void nobodyNoticesThatRoomsAndMembersMove(long seed) {
    SimCluster cluster = cluster(seed, 3);
    RoomWitness witness = new RoomWitness(cluster);
    SimClient always = witness.connect("always", cluster.node(0));
    for (int i = 0; i < 2; i++) {
      cluster.await(witness.join(always, witness.room(cluster.node(i)))).orFail();
      witness.connect("u" + i, cluster.node(i));
      witness.connect("v" + i, cluster.node(i));
      witness.connect("w" + i, cluster.node(2));
    }
    List<CompletableFuture<Void>> moves = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      witness.anything();
      int chance = cluster.random().nextInt(8);
      if (chance == 0) {
        witness.moveSomebody();
      } else if (chance < 3) {
        moves.add(witness.moveRoom());
      }
      cluster.run(Duration.ofMillis(cluster.random().nextInt(20)));
    }
    cluster.run(Duration.ofSeconds(2));
    assertThat(moves).allSatisfy(move -> assertThat(move).isCompleted());
    witness.check();
    witness.checkThatNothingFailed(always);
  }

  /** One node after the other crashes, freezes, restarts, leaves or comes. */
  @ParameterizedTest
  @MethodSource("seeds")
  void nodesMayDieAndComeBackInTheMiddleOfEverything(long seed) {
    SimCluster cluster = cluster(seed, 4);
    RoomWitness witness = new RoomWitness(cluster);
    for (int i = 0; i < 4; i++) {
      witness.room(cluster.node(i));
      witness.connect("u" + i, cluster.node(i));
      witness.connect("v" + i, cluster.node(i));
    }
    Turmoil turmoil = new Turmoil(cluster);
    for (int step = 0; step < STEPS; step++) {
      witness.anything();
      int chance = cluster.random().nextInt(40);
      if (chance == 3) {
        turmoil.freezesSomebody();
      } else if (!turmoil.comesAndGoes(chance) && chance < 10) {
        witness.moveSomebody();
      } else if (chance >= 10 && chance < 14) {
        witness.moveRoom();
      }
      cluster.run(Duration.ofMillis(cluster.random().nextInt(120)));
    }
    finish(cluster, witness);
  }

  /** The cluster falls apart and grows together again. */
  @ParameterizedTest
  @MethodSource("seeds")
  void partitionsPutMembersOutOnBothSidesAlike(long seed) {
    SimCluster cluster = cluster(seed, 4);
    RoomWitness witness = new RoomWitness(cluster);
    for (int i = 0; i < 4; i++) {
      witness.room(cluster.node(i));
      witness.connect("u" + i, cluster.node(i));
      witness.connect("v" + i, cluster.node(i));
    }
    Turmoil turmoil = new Turmoil(cluster);
    for (int step = 0; step < STEPS; step++) {
      witness.anything();
      int chance = cluster.random().nextInt(30);
      if (!turmoil.partsAndHeals(chance) && chance < 6) {
        witness.moveRoom();
      }
      cluster.run(Duration.ofMillis(cluster.random().nextInt(300)));
    }
    finish(cluster, witness);
  }

  private static void finish(SimCluster cluster, RoomWitness witness) {
    cluster.heal();
    cluster.settle();
    cluster.run(Duration.ofSeconds(45));
    witness.check();
  }

  @Test
  void usersWhoComeToDifferentNodesAtTheSameTimeMeetInOneRoom() {
    for (long seed = 0; seed < 50; seed++) {
      SimCluster cluster = cluster(seed, 3);
      RoomWitness witness = new RoomWitness(cluster);
      List<CompletableFuture<SimAnswer>> answers = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        SimClient client = witness.connect("u" + i, cluster.node(i % 3));
        answers.add(witness.send(client, joinRandom("duel", 6)));
      }
      Set<String> rooms = new HashSet<>();
      answers.forEach(answer -> rooms.add(RoomWitness.roomId(cluster.await(answer))));
      assertThat(rooms).as("seed %d", seed).hasSize(1);
    }
  }

  @Test
  void aStormOfRandomJoinsFillsRoomAfterRoom() {
    SimCluster cluster = cluster(3, 3);
    RoomWitness witness = new RoomWitness(cluster);
    List<CompletableFuture<SimAnswer>> answers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      SimClient client = witness.connect("u" + i, cluster.node(i % 3));
      answers.add(witness.send(client, joinRandom("crowd", 50)));
      cluster.run(Duration.ofMillis(1));
    }
    Set<String> rooms = new HashSet<>();
    answers.forEach(answer -> rooms.add(RoomWitness.roomId(cluster.await(answer))));
    assertThat(rooms.size()).isBetween(20, 26);
  }

  @Test
  void aThousandJoinsOfOneRoomFromAllNodesAllSucceed() {
    SimCluster cluster = cluster(4, 3);
    RoomWitness witness = new RoomWitness(cluster);
    String room =
        cluster
            .node(1)
            .module(Rooms.class)
            .create(RoomOptions.builder().maxMembers(1_000).build())
            .id();
    List<CompletableFuture<SimAnswer>> answers = new ArrayList<>();
    for (int i = 0; i < 1_000; i++) {
      answers.add(witness.join(witness.connect("u" + i, cluster.node(i % 3)), room));
      cluster.run(Duration.ofMillis(1));
    }
    answers.forEach(answer -> cluster.await(answer).orFail());
    SimClient late = witness.connect("late", cluster.node(2));
    SimAnswer refused = cluster.await(witness.join(late, room));
    assertThat(refused.status()).isEqualTo(Status.BAD);
    assertThat(refused.code()).isEqualTo(RoomCode.FULL);
  }

  @Test
  void whatIsGoneUnknownOrRefusedIsToldByItsCodeOverNodesToo() {
    SimCluster cluster = cluster(5, 2);
    RoomWitness witness = new RoomWitness(cluster);
    SimClient alice = witness.connect("alice", cluster.node(0));
    SimClient bob = witness.connect("bob", cluster.node(1));
    Rooms rooms = cluster.node(0).module(Rooms.class);
    Room room = rooms.create(RoomOptions.of("hall"));
    long number = RoomWitness.number(cluster.await(witness.join(alice, room.id())));
    long there = RoomWitness.number(cluster.await(witness.join(bob, room.id())));
    assertThat(there).isEqualTo(number);
    assertRefused(cluster, witness.join(bob, room.id()), RoomCode.ALREADY_A_MEMBER);
    assertRefused(
        cluster,
        witness.send(bob, new RoomRequest.Kick(there, 1, NOTHING)),
        RoomCode.NOT_THE_OWNER);
    assertRefused(
        cluster,
        witness.send(bob, new RoomRequest.Chat(there, "x".repeat(2_000))),
        RoomCode.TOO_LARGE);
    cluster.await(room.close("over".getBytes(UTF_8)));
    cluster.run(Duration.ofMillis(50));
    assertRefused(
        cluster, witness.send(bob, new RoomRequest.Chat(there, "?")), RoomCode.NOT_A_MEMBER);
    assertRefused(cluster, witness.join(bob, room.id()), RoomCode.NOT_FOUND);
    assertRefused(cluster, witness.join(bob, "ffffffff0000000000000000"), RoomCode.NOT_FOUND);
    witness.check();
  }

  private static void assertRefused(
      SimCluster cluster, CompletableFuture<SimAnswer> answer, int code) {
    SimAnswer refused = cluster.await(answer);
    assertThat(refused.status()).isEqualTo(Status.BAD);
    assertThat(refused.code()).isEqualTo(code);
  }

  @Test
  void aRoomIsFoundAskedAndChangedFromEveryNode() {
    SimCluster cluster = cluster(6, 3);
    Rooms here = cluster.node(0).module(Rooms.class);
    Rooms there = cluster.node(2).module(Rooms.class);
    Room room = here.create(RoomOptions.builder().type("hall").registered(true).build());
    assertThat(cluster.await(there.findEverywhere("hall", 10))).containsExactly(room.stat());
    DistantRoom distant = there.at(room.id());
    assertThat(cluster.await(distant.stat())).isEqualTo(room.stat());
    List<CompletableFuture<Value>> sums = new ArrayList<>();
    for (SimNode node : cluster.nodes()) {
      for (int i = 0; i < 10; i++) {
        DistantRoom from = node.module(Rooms.class).at(room.id());
        sums.add(from.increment("n", Value.of(1)).toCompletableFuture());
      }
    }
    Set<Value> different = new HashSet<>();
    sums.forEach(sum -> different.add(cluster.await(sum)));
    assertThat(different).hasSize(30);
    assertThat(cluster.await(distant.properties(List.of()))).isEqualTo(Map.of("n", Value.of(30)));
    cluster.await(distant.close(NOTHING));
    assertThat(room.isClosed()).isTrue();
    assertThat(distant.stat().toCompletableFuture())
        .satisfies(stat -> cluster.runUntil(stat::isCompletedExceptionally));
  }

  @Test
  void withRemoteJoinMoveTheUserGoesToTheRoomsNodeAndStaysAMember() {
    SimCluster cluster =
        SimCluster.builder(7).nodes(2).with(Rooms::module, Map.of("remoteJoin", "move")).start();
    RoomWitness witness = new RoomWitness(cluster);
    String room = witness.room(cluster.node(0));
    SimClient bob = witness.connect("bob", cluster.node(1));
    long number = RoomWitness.number(cluster.await(witness.join(bob, room)));
    cluster.runUntil(() -> bob.node() == cluster.node(0));
    cluster.await(witness.say(bob, number, room)).orFail();
    cluster.run(Duration.ofSeconds(1));
    witness.check();
    SimAnswer own = cluster.await(bob.send(new RoomRequest.ListOwn().cmd(), NOTHING));
    assertThat(RoomReply.Own.decode(own.orFail()).orElseThrow().roomIds())
        .containsExactly(Map.entry(number, room));
    assertThat(cluster.node(0).module(Rooms.class).of(bob.user())).hasSize(1);
  }

  @Test
  void roomsOfTwoNodesWithTheSameNumberAreToldApart() {
    SimCluster cluster = cluster(8, 2);
    RoomWitness witness = new RoomWitness(cluster);
    String first = witness.room(cluster.node(0));
    String second = witness.room(cluster.node(1));
    SimClient bob = witness.connect("bob", cluster.node(1));
    SimClient alice = witness.connect("alice", cluster.node(0));
    long one = RoomWitness.number(cluster.await(witness.join(bob, second)));
    long other = RoomWitness.number(cluster.await(witness.join(bob, first)));
    assertThat(other).isNotEqualTo(one);
    long alices = RoomWitness.number(cluster.await(witness.join(alice, first)));
    cluster.await(witness.say(alice, alices, first)).orFail();
    cluster.await(witness.say(bob, other, first)).orFail();
    cluster.await(witness.say(bob, one, second)).orFail();
    cluster.run(Duration.ofMillis(100));
    witness.check();
    witness.checkThatNothingFailed(bob);
  }
}

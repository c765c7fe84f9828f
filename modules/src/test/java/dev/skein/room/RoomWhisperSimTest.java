package dev.skein.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.room.RoomCmd;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.protocol.room.RoomRequest;
import dev.skein.simulation.SimClient;
import dev.skein.simulation.SimCluster;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is said unreliably in a room with members on several nodes of a simulated cluster. */
class RoomWhisperSimTest {
  private static final byte[] NOTHING = {};

  private final SimCluster cluster = SimCluster.builder(1).nodes(3).with(Rooms::module).start();
  private long room;

  /** Two on each node; the room is on the first. */
  private List<SimClient> members(RoomOptions.Builder options) {
    Room there = cluster.node(0).module(Rooms.class).create(options.allowEmpty(true).build());
    List<SimClient> members =
        List.of("ann", "abe", "bea", "bob", "cat", "cyd").stream()
            .map(uid -> cluster.node(uid.charAt(0) - 'a').connect(uid))
            .toList();
    for (SimClient member : members) {
      RoomRequest join = new RoomRequest.Join(there.id(), NOTHING);
      room = RoomWitness.number(cluster.await(member.send(join.cmd(), join.encode())));
    }
    cluster.run(Duration.ofSeconds(1));
    members.forEach(SimClient::forget);
    return members;
  }

  private void say(SimClient member, int cmd, String text) {
    byte[] payload = new PayloadWriter().varint(room).raw(text.getBytes(UTF_8)).toBytes();
    member.tell(cmd, payload, Channel.UNRELIABLE);
  }

  private static List<String> heard(SimClient member) {
    return member.pushes().stream()
        .map(push -> (RoomEvent.Said) RoomEvent.decode(push.cmd(), push.payload()).orElseThrow())
        .map(said -> new String(said.data(), UTF_8))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void everyMemberHearsItOnceWhereverItIs(int backups) {
    List<SimClient> members = members(RoomOptions.builder().backups(backups));
    for (SimClient member : members) {
      say(member, RoomCmd.BROADCAST, member.uid());
      say(member, RoomCmd.RELAY, "from " + member.uid());
    }
    cluster.run(Duration.ofSeconds(1));
    for (SimClient member : members) {
      List<String> expected =
          members.stream()
              .flatMap(other ->
                  other == member
                      ? List.of(other.uid()).stream()
                      : List.of(other.uid(), "from " + other.uid()).stream())
              .toList();
      assertThat(heard(member)).as(member.uid()).containsExactlyInAnyOrderElementsOf(expected);
    }
  }

  @Test
  void membersOfOneNodeHearEachOtherAlsoWhileTheRoomsNodeIsOutOfReach() {
    List<SimClient> members = members(RoomOptions.builder());
    cluster.cut(1, 0);
    say(members.get(2), RoomCmd.BROADCAST, "hello");
    cluster.run(Duration.ofMillis(100));
    assertThat(members)
        .filteredOn(member -> !heard(member).isEmpty())
        .extracting(SimClient::uid)
        .containsExactly("bea", "bob");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void whoMovesHearsNothingTwice(int backups) {
    List<SimClient> members = members(RoomOptions.builder().backups(backups));
    SimClient bea = members.get(2);
    int said = 0;
    for (int node : List.of(0, 1, 2, 1, 0, 2, 0, 1)) {
      bea.node().directory().move(bea.uid(), "node-" + node);
      for (int i = 0; i < 200; i++) {
        for (SimClient member : members) {
          say(member, RoomCmd.BROADCAST, "" + said++);
        }
        cluster.run(Duration.ofMillis(1));
      }
    }
    cluster.run(Duration.ofSeconds(1));
    assertThat(heard(bea)).doesNotHaveDuplicates().hasSizeBetween(said * 9 / 10, said);
  }

  @Test
  void whoIsOutIsNotHeard() {
    List<SimClient> members = members(RoomOptions.builder());
    SimClient bea = members.get(2);
    RoomRequest leave = new RoomRequest.Leave(room, NOTHING);
    cluster.await(bea.send(leave.cmd(), leave.encode())).orFail();
    cluster.run(Duration.ofSeconds(1));
    members.forEach(SimClient::forget);
    say(bea, RoomCmd.BROADCAST, "still here");
    cluster.run(Duration.ofSeconds(1));
    assertThat(members).allSatisfy(member -> assertThat(heard(member)).isEmpty());
  }

  @Test
  void aRoomWithABroadcastIntervalGathersItForAll() {
    List<SimClient> members = members(RoomOptions.builder().broadcastIntervalMillis(50));
    say(members.get(2), RoomCmd.BROADCAST, "one");
    say(members.get(3), RoomCmd.BROADCAST, "two");
    cluster.run(Duration.ofSeconds(1));
    for (SimClient member : members) {
      assertThat(member.pushes(RoomCmd.BUNDLE)).as(member.uid()).hasSize(1);
    }
  }
}

package dev.skein.module;

import static dev.skein.module.ClusterOfThree.LIMIT;
import static dev.skein.module.ClusterOfThree.bytes;
import static dev.skein.module.ClusterOfThree.get;
import static dev.skein.module.ClusterOfThree.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.skein.client.Client;
import dev.skein.client.room.Room;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.room.RoomOptions;
import dev.skein.room.Rooms;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A room with a backup on real nodes, whose own node is lost or drained. */
@Timeout(180)
class BackupsClusterTest {
  private static final int MESSAGES = 50;

  /** A member, what it heard, and whether it was put out. */
  private record Player(Room room, List<String> heard, List<LeaveReason> out) {
    static Player join(Client client, String id) throws Exception {
      Room room = get(client.rooms().join(id));
      Player player = new Player(room, new CopyOnWriteArrayList<>(), new CopyOnWriteArrayList<>());
      room.onBroadcast((from, data) -> player.heard.add(from.uid() + " " + text(data)));
      room.onExited((why, message) -> player.out.add(why));
      return player;
    }

    /** Says something and adds to a property; done when the room has answered. */
    CompletableFuture<Void> play(int times) {
      List<CompletableFuture<?>> all = new ArrayList<>();
      for (int i = 0; i < times; i++) {
        room.broadcast(bytes("m" + i));
        all.add(room.incrementProperty("n", Value.of(1)));
      }
      return CompletableFuture.allOf(all.toArray(CompletableFuture[]::new));
    }
  }

  private final List<Player> players = new ArrayList<>();
  private String id = "";

  /** A room of the second node with a backup, and a member on each node. */
  private void begin(ClusterOfThree cluster, RoomOptions.Builder options) throws Exception {
    dev.skein.room.Room made = cluster.module(1, Rooms.class).create(options.backups(1).build());
    id = made.id();
    await().atMost(LIMIT).until(() -> made.backups().size() == 1);
    for (Client client : cluster.connectThree("player")) {
      players.add(Player.join(client, id));
    }
    get(playAll(players));
  }

  private static CompletableFuture<Void> playAll(List<Player> players) {
    return CompletableFuture.allOf(
        players.stream().map(player -> player.play(MESSAGES)).toArray(CompletableFuture[]::new));
  }

  /** All have heard so much in one order, and the property says the same. */
  private static void agree(List<Player> players, int count) throws Exception {
    await()
        .atMost(LIMIT)
        .untilAsserted(
            () -> assertThat(players).allSatisfy(each -> assertThat(each.heard).hasSize(count)));
    for (Player player : players) {
      assertThat(player.heard).isEqualTo(players.getFirst().heard);
      assertThat(player.out).isEmpty();
      assertThat(get(player.room.fetchProperties(List.of("n"))))
          .containsEntry("n", Value.of(count));
    }
  }

  @Test
  void membersOnOtherNodesPlayOnWhenTheRoomsNodeIsLost() throws Exception {
    try (ClusterOfThree cluster = ClusterOfThree.start(() -> List.of(Rooms.module()))) {
      begin(cluster, RoomOptions.builder().awayTtlMillis(3_000));
      List<Player> others = List.of(players.getFirst(), players.getLast());
      CompletableFuture<Void> meanwhile = playAll(others);
      cluster.module(1, Rooms.class).stop();
      cluster.cutOff(1);
      get(meanwhile);
      get(playAll(others));
      agree(others, 7 * MESSAGES);
      await()
          .atMost(LIMIT)
          .untilAsserted(() -> assertThat(others.getFirst().room.members()).hasSize(2));
    }
  }

  @Test
  void everybodyPlaysOnWhenTheRoomsNodeIsDrained() throws Exception {
    try (ClusterOfThree cluster = ClusterOfThree.start(() -> List.of(Rooms.module()))) {
      begin(cluster, RoomOptions.builder());
      CompletableFuture<Void> meanwhile = playAll(List.of(players.getFirst(), players.getLast()));
      cluster.server(1).close();
      get(meanwhile);
      get(playAll(players));
      agree(players, 8 * MESSAGES);
      assertThat(players.getFirst().room.members()).hasSize(3);
    }
  }
}

package dev.skein.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.skein.client.Client;
import dev.skein.client.ReconnectPolicy;
import dev.skein.client.Transport;
import dev.skein.mesh.LinkedNodes;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.Port;
import dev.skein.server.Role;
import dev.skein.server.Server;
import dev.skein.server.config.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** One room with real clients on several real nodes of one JVM. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RoomNodesWireTest {
  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final int MESSAGES = 200;

  private final LinkedNodes links = new LinkedNodes();
  private final List<Server> nodes = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();

  /** A client in the room, and the broadcasts it heard. */
  private record Player(
      Client client, dev.skein.client.room.Room room, List<String> heard, List<LeaveReason> out) {}

  @AfterEach
  void stop() {
    clients.forEach(Client::close);
    nodes.forEach(Server::stop);
    links.close();
  }

  private Server start(String name) {
    Server server =
        Server.builder()
            .listen(Port.http(0), Port.udp(0), Port.tcp(0), Port.websocket(0))
            .set(Settings.SERVER_MASTER_KEY, KEY)
            .engine(links.node(name))
            .with(Rooms.module())
            .start();
    nodes.add(server);
    await().atMost(PATIENCE).until(this::allSeeAll);
    return server;
  }

  private boolean allSeeAll() {
    return nodes.stream().allMatch(node -> node.mesh().nodes().size() == nodes.size());
  }

  /** A client on this very node. */
  private Client connect(String uid, Server node, Transport transport) throws Exception {
    nodes.stream().filter(other -> other != node).forEach(Server::markTaken);
    await()
        .atMost(PATIENCE)
        .until(() -> node.mesh().nodes().stream().filter(seen -> seen.acceptsUsers()).count() == 1);
    Client client =
        Client.builder()
            .http("127.0.0.1:" + node.address(Role.HTTP).orElseThrow().getPort())
            .uid(uid)
            .transport(transport)
            .reconnect(ReconnectPolicy.NEVER)
            .build();
    client.connect().get(30, TimeUnit.SECONDS);
    clients.add(client);
    await().atMost(PATIENCE).until(() -> node.user(uid).isPresent());
    nodes.forEach(Server::markOnline);
    await()
        .atMost(PATIENCE)
        .until(() ->
            nodes.stream()
                .allMatch(
                    each -> each.mesh().nodes().stream().allMatch(seen -> seen.acceptsUsers())));
    return client;
  }

  private static Player join(Client client, String roomId) throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    List<LeaveReason> out = new CopyOnWriteArrayList<>();
    client
        .rooms()
        .onEntered(room -> {
          room.onBroadcast((from, data) -> heard.add(from.uid() + " " + new String(data, UTF_8)));
          room.onExited((why, message) -> out.add(why));
        });
    return new Player(client, client.rooms().join(roomId).get(20, TimeUnit.SECONDS), heard, out);
  }

  @Test
  void membersOnThreeNodesHearOneOrderShareStateAndSurviveMoves() throws Exception {
    Server first = start("a");
    Server second = start("b");
    Server third = start("c");
    Rooms rooms = first.module(Rooms.class).orElseThrow();
    String roomId = rooms.create(RoomOptions.of("arena")).id();
    List<Player> players =
        List.of(
            join(connect("ann", first, Transport.UDP), roomId),
            join(connect("bob", second, Transport.TCP), roomId),
            join(connect("cyd", third, Transport.WS), roomId));
    List<CompletableFuture<?>> all = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      for (Player player : players) {
        player.room.broadcast(("" + i).getBytes(UTF_8));
        all.add(player.room.incrementProperty("n", Value.of(1)));
      }
      if (i == MESSAGES / 4) {
        all.add(first.directory().move("ann", "b").toCompletableFuture());
      } else if (i == MESSAGES / 2) {
        all.add(second.directory().move("bob", "a").toCompletableFuture());
      }
    }
    CompletableFuture.allOf(all.toArray(CompletableFuture[]::new)).get(60, TimeUnit.SECONDS);
    for (Player player : players) {
      await()
          .atMost(PATIENCE)
          .untilAsserted(() -> {
            assertThat(player.heard).hasSize(3 * MESSAGES);
            assertThat(player.room.property("n")).contains(Value.of(3L * MESSAGES));
          });
      assertThat(player.heard).isEqualTo(players.getFirst().heard);
      assertThat(player.out).isEmpty();
      assertThat(player.room.members()).hasSize(3);
    }
    assertThat(second.user("ann")).isPresent();
    assertThat(first.user("bob")).isPresent();
    assertThat(rooms.find(roomId).orElseThrow().members()).hasSize(3);
  }

  @Test
  void membersOfOtherNodesAreToldThatTheRoomIsGoneWithItsNode() throws Exception {
    Server first = start("a");
    Server second = start("b");
    String roomId = second.module(Rooms.class).orElseThrow().create(RoomOptions.of("arena")).id();
    Player ann = join(connect("ann", first, Transport.UDP), roomId);
    Client bob = connect("bob", second, Transport.UDP);
    Player there = join(bob, roomId);
    bob.close();
    await().atMost(PATIENCE).until(() -> ann.room.members().size() == 1);
    assertThat(there.room.id()).isEqualTo(ann.room.id());
    nodes.remove(second);
    second.stop();
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(ann.out).containsExactly(LeaveReason.CLOSED));
  }
}

package dev.skein.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.client.Client;
import dev.skein.client.CommandFailed;
import dev.skein.client.SocketFaults;
import dev.skein.client.Transport;
import dev.skein.module.RealNode;
import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.Combine;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomCode;
import dev.skein.protocol.room.RoomRequest.Terms;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Rooms from real clients through real sockets to a real node and back. */
@Timeout(60)
class RoomWireTest {
  private static final byte[] NOTHING = {};

  private final Rooms rooms = Rooms.module();
  private RealNode node;

  /** A client in a room and what it heard there. */
  private record Player(
      Client client, dev.skein.client.room.Room room, ConcurrentLinkedQueue<String> heard) {

    static Player of(Client client, dev.skein.client.room.Room room) {
      ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
      room.onBroadcast((from, data) -> heard.add("broadcast " + from.uid() + " " + text(data)));
      room.onRelay((from, data) -> heard.add("relay " + from.uid() + " " + text(data)));
      room.onMessage((from, data) -> heard.add("message " + from.uid() + " " + text(data)));
      room.onAnnounce(data -> heard.add("announce " + text(data)));
      room.onJoined((who, message) -> heard.add("joined " + who.uid() + " " + text(message)));
      room.onLeft((who, why, message) -> heard.add("left " + who.uid() + " " + why));
      room.onOwnerChanged(owner -> heard.add("owner " + owner.uid()));
      room.onChat(line -> heard.add("chat " + line.uid() + " " + line.text()));
      room.onExited((why, message) -> heard.add("exited " + why));
      return new Player(client, room, heard);
    }

    void hears(String... lines) {
      RealNode.patience().untilAsserted(() -> assertThat(heard).containsExactly(lines));
    }

    dev.skein.client.room.Member sees(String uid) {
      return room.member(uid).orElseThrow();
    }

    private static String text(byte[] data) {
      return new String(data, UTF_8);
    }
  }

  @BeforeEach
  void start() {
    node = RealNode.start(rooms, 1_500);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private static CompletableFuture<Player> enter(Client client, String type) {
    return dev.skein.client.room.Rooms.of(client)
        .joinOrCreate(type)
        .thenApply(room -> Player.of(client, room));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void playersTalkInARoom(Transport transport) {
    Player ann = enter(node.connect("ann", transport), "lobby").join();
    Player bob = enter(node.connect("bob", transport), "lobby").join();
    assertThat(ann.room.id()).isEqualTo(bob.room.id());
    ann.hears("joined bob ");
    ann.heard.clear();

    ann.room.broadcast(bytes("1"));
    ann.room.relay(bytes("2"));
    ann.room.message(List.of(ann.sees("bob")), bytes("3"));
    ann.room.chat("4").join();
    rooms.find(ann.room.id()).orElseThrow().announce(bytes("5"));
    bob.hears("broadcast ann 1", "relay ann 2", "message ann 3", "chat ann 4", "announce 5");
    ann.hears("broadcast ann 1", "chat ann 4", "announce 5");
    assertThat(bob.room.chatHistory(10).join()).hasSize(1);

    ann.heard.clear();
    bob.heard.clear();
    bob.room.broadcast(bytes("quick"), Channel.UNRELIABLE);
    ann.hears("broadcast bob quick");
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void playersShareStateAndOwnership(Transport transport) {
    Player ann = enter(node.connect("ann", transport), "lobby").join();
    ann.room.setProperty("map", Value.of("isle")).join();
    ann.room.putObject("hers", Value.of(1), Combine.LAST, Duration.ZERO, true).join();
    Player bob = enter(node.connect("bob", transport), "lobby").join();
    assertThat(bob.room.properties()).isEqualTo(Map.of("map", Value.of("isle")));
    assertThat(bob.room.objects()).isEqualTo(Map.of("hers", Value.of(1)));
    assertThat(bob.room.incrementProperty("kills", Value.of(3)).join()).isEqualTo(Value.of(3));
    assertThat(bob.room.replaceProperty("map", Optional.empty(), Value.of("x")).join().replaced())
        .isFalse();
    assertThat(bob.room.fetchProperties(List.of()).join()).hasSize(2);
    assertThat(ann.room.isOwner()).isTrue();
    assertThatThrownBy(() -> bob.room.kick(bob.sees("ann"), NOTHING).join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            CommandFailed.class,
            failed -> assertThat(failed.code()).isEqualTo(RoomCode.NOT_THE_OWNER));

    ann.room.leave(bytes("bye")).join();
    bob.hears("left ann LEFT", "owner bob");
    RealNode.patience().until(() -> bob.room.objects().isEmpty());
    assertThat(bob.room.isOwner()).isTrue();
    assertThat(ann.room.isJoined()).isFalse();
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void findStatReserveRegisterAndList(Transport transport) {
    Client maker = node.connect("maker", transport);
    var facade = dev.skein.client.room.Rooms.of(maker);
    var room = facade.create(new Terms("duel", true, false, 2, 0, 0), NOTHING).join();
    assertThat(facade.find("duel", 10).join())
        .singleElement()
        .satisfies(stat -> {
          assertThat(stat.id()).isEqualTo(room.id());
          assertThat(stat.members()).isEqualTo(1);
        });
    room.reserve(List.of("friend"), Duration.ofSeconds(30)).join();
    assertThat(facade.stat(room.id()).join().reserved()).isEqualTo(1);
    Client other = node.connect("other", transport);
    assertThatThrownBy(() -> dev.skein.client.room.Rooms.of(other).join(room.id()).join())
        .cause()
        .isInstanceOfSatisfying(
            CommandFailed.class, failed -> assertThat(failed.code()).isEqualTo(RoomCode.FULL));
    room.cancelReservations(List.of("friend")).join();
    dev.skein.client.room.Rooms.of(other).joinRandom("duel").join();
    room.register(false).join();
    assertThat(facade.find("duel", 10).join()).isEmpty();
    assertThat(facade.list().join()).containsValue(room.id());
    assertThat(facade.joined()).containsExactly(room);
    String empty = facade.createEmpty(Terms.of("later")).join();
    assertThat(facade.room(empty)).isEmpty();
  }

  @Test
  void membersOnEveryTransportHearOneOrder() {
    List<Player> players = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Transport transport = Transport.values()[i % 3];
      players.add(enter(node.connect("u" + i, transport), "mixed").join());
    }
    RealNode.patience().until(() -> players.getFirst().room.members().size() == 6);
    players.forEach(player -> player.heard.clear());
    for (int i = 0; i < 50; i++) {
      for (Player player : players) {
        player.room.broadcast(bytes(String.valueOf(i)));
      }
    }
    for (Player player : players) {
      RealNode.patience().until(() -> player.heard.size() == 300);
      assertThat(player.heard.stream().toList())
          .isEqualTo(players.getFirst().heard.stream().toList());
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aLostConnectionIsALeaveOnlyAfterTheResumeTtl(Transport transport) {
    Player ann = enter(node.connect("ann", transport), "lobby").join();
    Player bob = enter(node.connect("bob", transport), "lobby").join();
    ann.hears("joined bob ");
    ann.heard.clear();
    SocketFaults.of(bob.client).block();
    RealNode.patience().until(() -> bob.client.state() == Client.State.DETACHED);
    ann.room.broadcast(bytes("while you were away"));
    ann.hears("broadcast ann while you were away");
    SocketFaults.of(bob.client).unblock();
    bob.hears("broadcast ann while you were away");
    ann.hears("broadcast ann while you were away");

    ann.heard.clear();
    SocketFaults.of(bob.client).block();
    ann.hears("left bob DISCONNECTED");
    RealNode.patience().until(() -> bob.heard.contains("exited " + LeaveReason.DISCONNECTED));
    assertThat(bob.room.isJoined()).isFalse();
  }

  @Test
  void theServerLetsAClientInAndOut() {
    Client client = node.connect("ann", Transport.UDP);
    CompletableFuture<Player> entered = new CompletableFuture<>();
    dev.skein.client.room.Rooms.of(client)
        .onEntered(room -> entered.complete(Player.of(client, room)));
    Room room = rooms.create(RoomOptions.of("match"));
    rooms
        .join(room.id(), node.server().user("ann").orElseThrow(), NOTHING)
        .toCompletableFuture()
        .join();
    Player ann = entered.join();
    assertThat(ann.room.type()).isEqualTo("match");
    room.kick("ann", NOTHING);
    ann.hears("exited KICKED");
  }

  @Test
  void broadcastsOfAnIntervalArriveAsBroadcastsRelaysAndAnnouncements() {
    Terms merging = new Terms("merging", true, false, 10, 0, 30);
    List<Player> players = new ArrayList<>();
    for (String uid : List.of("ann", "bob")) {
      Client client = node.connect(uid, Transport.UDP);
      players.add(
          dev.skein.client.room.Rooms.of(client)
              .joinOrCreate(merging, NOTHING)
              .thenApply(room -> Player.of(client, room))
              .join());
    }
    Player ann = players.get(0);
    ann.hears("joined bob ");
    ann.heard.clear();
    ann.room.broadcast(bytes("1"));
    ann.room.relay(bytes("2"));
    ann.room.broadcast(bytes("3"));
    players.get(1).hears("broadcast ann 1", "relay ann 2", "broadcast ann 3");
    ann.hears("broadcast ann 1", "broadcast ann 3");
  }
}

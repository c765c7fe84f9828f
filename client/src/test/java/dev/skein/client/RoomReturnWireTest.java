package dev.skein.client;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.skein.client.room.Room;
import dev.skein.protocol.Code;
import dev.skein.protocol.payload.Payload;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.room.RoomCmd;
import dev.skein.protocol.room.RoomCode;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.protocol.room.RoomReply;
import dev.skein.protocol.room.RoomRequest;
import dev.skein.protocol.session.SessionConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A client whose session is lost, and the rooms it was in (PROTOCOL §10.2.1). */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class RoomReturnWireTest {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static final ReconnectPolicy QUICK = new ReconnectPolicy(10, 100, 0.5, 100);
  private static final byte[] NOTHING = {};
  private static final String ID = "the-room";
  private static final int SELF = 2;

  /** The numbers of the room in the first session and in the next. */
  private static final int FORMER = 5;

  private static final int LATER = 9;

  private final List<String> events = new CopyOnWriteArrayList<>();
  private final List<RoomRequest> asked = new CopyOnWriteArrayList<>();
  private final List<String> heardByServer = new CopyOnWriteArrayList<>();

  /** What the server answers to one RETURN after the other: a code, or 0 for the way back. */
  private final Queue<Integer> refusals = new ArrayDeque<>();

  private LittleServer server;

  @BeforeEach
  void start() throws IOException {
    server = new LittleServer(SessionConfig.DEFAULTS);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** Into a room, which pushes something reliable four times. */
  private Client inRoom(boolean returnable) {
    server.modules = command -> answers(command, returnable);
    Client client = Client.builder().http(server.url()).uid("me").reconnect(QUICK).connect().join();
    client
        .rooms()
        .onEntered(room -> {
          room.onAway(() -> events.add("away"));
          room.onReturned(() -> events.add("returned"));
          room.onExited((why, message) -> events.add("exited " + why));
          room.onBroadcast((from, data) -> events.add(new String(data, UTF_8)));
        });
    client.rooms().join(ID).join();
    return client;
  }

  private List<byte[]> answers(byte[] command, boolean returnable) {
    int cmd = (command[3] & 0xff) << 8 | command[4] & 0xff;
    byte[] payload = Arrays.copyOfRange(command, 5, command.length);
    if (cmd == RoomCmd.BROADCAST) {
      heardByServer.add(payload[0] + " " + new String(payload, 1, payload.length - 1, UTF_8));
      return List.of();
    }
    RoomRequest request = RoomRequest.decode(cmd, payload).orElseThrow();
    asked.add(request);
    return switch (request) {
      case RoomRequest.Join join ->
          List.of(
              push(new RoomEvent.Entered(FORMER, ID, "t", SELF, 1, 4, 0, returnable, NOTHING)),
              push(new RoomEvent.Roster(FORMER, Map.of(1, "ann", SELF, "me"))),
              push(new RoomEvent.Ready(FORMER)),
              said(FORMER, "before"),
              ok(command, new RoomReply.Entry(FORMER, false, ID)));
      case RoomRequest.Return back when refusals.isEmpty() ->
          List.of(
              push(new RoomEvent.Returned(LATER, ID)),
              said(LATER, "missed"),
              ok(command, new RoomReply.Entry(LATER, false, ID)));
      case RoomRequest.Return back -> List.of(bad(command, refusals.remove()));
      default -> List.of(ok(command, new RoomReply.Done()));
    };
  }

  private static byte[] push(RoomEvent event) {
    PayloadWriter out = new PayloadWriter().u8(CommandWire.PUSH).u8(RoomCmd.VER);
    event.write(out.u8(event.cmd() >>> 8).u8(event.cmd() & 0xff));
    return out.toBytes();
  }

  private static byte[] said(int room, String text) {
    return push(new RoomEvent.Said(room, RoomEvent.Address.BROADCAST, 1, text.getBytes(UTF_8)));
  }

  private static byte[] ok(byte[] command, Payload reply) {
    return head(command, CommandWire.OK).raw(reply.encode()).toBytes();
  }

  private static byte[] bad(byte[] command, int code) {
    return head(command, CommandWire.BAD).u8(code >>> 8).u8(code & 0xff).toBytes();
  }

  private static PayloadWriter head(byte[] command, int status) {
    byte[] what = Arrays.copyOfRange(command, 1, 5);
    return new PayloadWriter().u8(CommandWire.RESPONSE).raw(what).u8(status);
  }

  private void loseSession(Client client) {
    await().atMost(PATIENCE).until(() -> events.contains("before"));
    server.closeSessions(Code.SHUTDOWN, "bye");
    await().atMost(PATIENCE).until(() -> client.stats().connects() == 2);
  }

  @Test
  void aRoomThatKeepsPlacesIsReturnedToWithoutACall() {
    try (Client client = inRoom(true)) {
      loseSession(client);
      await().atMost(PATIENCE).until(() -> events.contains("missed"));
      assertThat(events).containsExactly("before", "away", "returned", "missed");
      assertThat(asked).contains(new RoomRequest.Return(ID, SELF, 4));
      Room room = client.rooms().room(ID).orElseThrow();
      assertThat(room.isJoined()).isTrue();
      assertThat(room.isAway()).isFalse();
      assertThat(room.members()).hasSize(2);
      room.broadcast("hi".getBytes(UTF_8));
      await().atMost(PATIENCE).until(() -> heardByServer.contains(LATER + " hi"));
    }
  }

  @Test
  void whatCameAfterOneReturnCountsForTheNext() {
    try (Client client = inRoom(true)) {
      loseSession(client);
      await().atMost(PATIENCE).until(() -> events.contains("missed"));
      server.closeSessions(Code.SHUTDOWN, "bye again");
      await().atMost(PATIENCE).until(() -> asked.contains(new RoomRequest.Return(ID, SELF, 5)));
    }
  }

  @Test
  void aRoomThatIsOutOfReachIsAskedAgain() {
    refusals.addAll(List.of(RoomCode.UNREACHABLE, RoomCode.UNREACHABLE));
    try (Client client = inRoom(true)) {
      loseSession(client);
      await().atMost(PATIENCE).until(() -> events.contains("missed"));
      assertThat(events).containsExactly("before", "away", "returned", "missed");
      assertThat(refusals).isEmpty();
    }
  }

  @Test
  void aRefusedReturnEndsTheStay() {
    refusals.add(RoomCode.MISSED_TOO_MUCH);
    try (Client client = inRoom(true)) {
      Room room = client.rooms().room(ID).orElseThrow();
      loseSession(client);
      await().atMost(PATIENCE).until(() -> events.contains("exited DISCONNECTED"));
      assertThat(events).containsExactly("before", "away", "exited DISCONNECTED");
      assertThat(client.rooms().joined()).isEmpty();
      assertThat(room.isJoined()).isFalse();
      assertThat(room.leave()).failsWithin(PATIENCE).withThrowableThat().havingCause();
      assertThat(asked).noneMatch(RoomRequest.Leave.class::isInstance);
    }
  }

  @Test
  void aRoomThatKeepsNothingIsLeftWithTheSession() {
    try (Client client = inRoom(false)) {
      loseSession(client);
      assertThat(events).containsExactly("before", "exited DISCONNECTED");
      assertThat(client.rooms().joined()).isEmpty();
      assertThat(client.call(2, 1, NOTHING).join()).isEmpty();
      assertThat(asked).noneMatch(RoomRequest.Return.class::isInstance);
    }
  }

  @Test
  void aClientThatIsClosedWhileItIsAwayIsOut() {
    for (int i = 0; i < 60; i++) {
      refusals.add(RoomCode.UNREACHABLE);
    }
    Client client = inRoom(true);
    loseSession(client);
    client.close();
    await().atMost(PATIENCE).until(() -> events.contains("exited DISCONNECTED"));
    assertThat(events).containsExactly("before", "away", "exited DISCONNECTED");
  }
}

package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.skein.client.Client;
import dev.skein.client.ClientEvent;
import dev.skein.client.NotConnected;
import dev.skein.client.ReconnectPolicy;
import dev.skein.client.SocketFaults;
import dev.skein.client.Transport;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.server.config.Settings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a player notices of a lost connection: nothing, as long as it comes back in time. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ResumeWireTest {
  private static final int NUMBER = 20;
  private static final int START_COUNTING = 21;
  private static final int COUNT = 1_500;
  private static final int IDLE_TIMEOUT_MILLIS = 500;

  /** Longer than any pause of a busy machine. */
  private static final int LONG_TTL_MILLIS = 60_000;

  private static final int SHORT_TTL_MILLIS = 1_500;

  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final List<Integer> heardByServer = new CopyOnWriteArrayList<>();
  private final List<Integer> heardByClient = new CopyOnWriteArrayList<>();
  private final List<CloseReason> leaves = new CopyOnWriteArrayList<>();
  private final List<ClientEvent> events = new CopyOnWriteArrayList<>();
  private final AtomicReference<Server> started = new AtomicReference<>();

  @AfterEach
  void stop() {
    Optional.ofNullable(started.get()).ifPresent(Server::stop);
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void noMessageIsLostOrDoubledWhenSocketsAreReplacedInMidStream(Transport transport) {
    start(LONG_TTL_MILLIS);
    try (Client client = connect(transport, ReconnectPolicy.NEVER)) {
      String sid = client.sid();
      client.call(2, START_COUNTING, new byte[0]).join();
      for (int i = 0; i < COUNT; i++) {
        client.send(2, NUMBER, bytes(i));
        if (i % 300 == 150) {
          int before = heardByServer.size();
          SocketFaults.of(client).replaceSocket();
          await().atMost(PATIENCE).until(() -> heardByServer.size() > before);
        }
      }
      await()
          .atMost(PATIENCE)
          .until(() -> heardByServer.size() >= COUNT && heardByClient.size() >= COUNT);
      List<Integer> all = IntStream.range(0, COUNT).boxed().toList();
      assertThat(heardByServer).isEqualTo(all);
      assertThat(heardByClient).isEqualTo(all);
      assertThat(client.sid()).isEqualTo(sid);
      assertThat(leaves).isEmpty();
      assertThat(server().ccu()).isOne();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void notEvenWhenTheNextSocketIsReplacedWhileItResumes(Transport transport) {
    start(LONG_TTL_MILLIS);
    try (Client client = connect(transport, ReconnectPolicy.NEVER)) {
      client.call(2, START_COUNTING, new byte[0]).join();
      SplittableRandom random = new SplittableRandom(5);
      for (int i = 0; i < COUNT; i++) {
        client.send(2, NUMBER, bytes(i));
        if (i % 75 == 0) {
          SocketFaults faults = SocketFaults.of(client);
          client.loop().schedule(faults::replaceSocket, Duration.ofMillis(random.nextInt(300)));
        }
      }
      await()
          .atMost(PATIENCE)
          .until(() -> heardByServer.size() >= COUNT && heardByClient.size() >= COUNT);
      List<Integer> all = IntStream.range(0, COUNT).boxed().toList();
      assertThat(heardByServer).isEqualTo(all);
      assertThat(heardByClient).isEqualTo(all);
      assertThat(leaves).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aClientBackWithinTheResumeTtlGoesOnAndNoLeaveIsSeen(Transport transport) {
    start(LONG_TTL_MILLIS);
    try (Client client = connect(transport, ReconnectPolicy.NEVER)) {
      SocketFaults.of(client).block();
      await().atMost(PATIENCE).until(() -> client.state() == Client.State.DETACHED);
      User user = server().user("alice").orElseThrow();
      user.push(2, NUMBER, bytes(7));
      CompletableFuture<byte[]> answer = client.call(2, NUMBER, bytes(8));
      assertThat(answer).isNotDone();
      SocketFaults.of(client).unblock();
      answer.join();
      await().atMost(PATIENCE).until(() -> heardByClient.equals(List.of(7)));
      assertThat(heardByServer).containsExactly(8);
      assertThat(leaves).isEmpty();
      assertThat(events)
          .startsWith(
              new ClientEvent.Connected(client.sid(), false),
              new ClientEvent.Detached(),
              new ClientEvent.Resumed())
          .doesNotHaveAnyElementsOfTypes(ClientEvent.Disconnected.class);
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void afterTheResumeTtlALeaveIsSeenAndTheClientLogsInAnew(Transport transport) {
    start(SHORT_TTL_MILLIS);
    ReconnectPolicy quick = new ReconnectPolicy(50, 200, 0.5, 100);
    try (Client client = connect(transport, quick)) {
      String first = client.sid();
      SocketFaults.of(client).block();
      await().atMost(PATIENCE).until(() -> !leaves.isEmpty());
      assertThat(leaves).extracting(CloseReason::code).containsExactly(Code.IDLE);
      SocketFaults.of(client).unblock();
      await().atMost(PATIENCE).until(() -> client.stats().connects() >= 2);
      assertThat(client.sid()).isNotEqualTo(first);
      assertThat(client.call(0, 1, bytes(1)).join()).isEqualTo(bytes(1));
      assertThat(events).last().isEqualTo(new ClientEvent.Connected(client.sid(), true));
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aSecondLoginEndsTheFirstWhichDoesNotComeBack(Transport transport) {
    start(LONG_TTL_MILLIS);
    Client first = connect(transport, ReconnectPolicy.DEFAULTS);
    try (Client second = connect(transport, ReconnectPolicy.DEFAULTS)) {
      await().atMost(PATIENCE).until(() -> first.state() == Client.State.CLOSED);
      assertThatThrownBy(() -> first.call(0, 1, bytes(1)).join())
          .hasCauseInstanceOf(NotConnected.class);
      assertThat(second.call(0, 1, bytes(1)).join()).isEqualTo(bytes(1));
      assertThat(events)
          .filteredOn(ClientEvent.Disconnected.class::isInstance)
          .singleElement()
          .isInstanceOfSatisfying(
              ClientEvent.Disconnected.class,
              event -> {
                assertThat(event.reason().code()).isEqualTo(Code.REPLACED);
                assertThat(event.reconnecting()).isFalse();
              });
    }
  }

  private Server server() {
    return Optional.ofNullable(started.get()).orElseThrow();
  }

  private void start(int resumeTtlMillis) {
    started.set(
        Server.builder()
            .listen(Port.http(0), Port.udp(0), Port.tcp(0), Port.websocket(0))
            .set(Settings.SESSION_IDLE_TIMEOUT_MILLIS, IDLE_TIMEOUT_MILLIS)
            .set(Settings.SESSION_RESUME_TTL_MILLIS, resumeTtlMillis)
            .set(Settings.LIMITS_MESSAGES_PER_SECOND, 1_000_000)
            .commandNonBlocking(2, NUMBER, (user, command) -> heard(command))
            .commandNonBlocking(2, START_COUNTING, (user, command) -> count(user))
            .onDiscardUser((user, reason) -> leaves.add(reason))
            .start());
  }

  private byte[] heard(Command command) {
    heardByServer.add(ByteBuffer.wrap(command.payload()).getInt());
    return new byte[0];
  }

  /** Pushes the numbers in order, a few at a time, so that they go on while sockets change. */
  private byte[] count(User user) {
    countFrom(0, user);
    return new byte[0];
  }

  private void countFrom(int first, User user) {
    int end = Math.min(COUNT, first + 10);
    for (int i = first; i < end; i++) {
      user.push(2, NUMBER, bytes(i));
    }
    if (end < COUNT) {
      user.shard().schedule(() -> countFrom(end, user), 2);
    }
  }

  private Client connect(Transport transport, ReconnectPolicy reconnect) {
    Client client =
        Client.builder()
            .http("127.0.0.1:" + server().address(Role.HTTP).orElseThrow().getPort())
            .uid("alice")
            .transport(transport)
            .reconnect(reconnect)
            .build();
    client.onEvent(events::add);
    client.onPush(2, NUMBER, payload -> heardByClient.add(ByteBuffer.wrap(payload).getInt()));
    return client.connect().join();
  }

  private static byte[] bytes(int number) {
    return ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
  }
}

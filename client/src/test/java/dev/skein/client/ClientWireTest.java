package dev.skein.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.session.SessionConfig;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClientWireTest {
  private static final byte[] HELLO = "hello".getBytes(StandardCharsets.UTF_8);

  /** Longer than any pause of a busy machine. */
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final List<ClientEvent> events = new CopyOnWriteArrayList<>();
  private LittleServer server;

  @BeforeEach
  void start() throws IOException {
    server = new LittleServer(SessionConfig.DEFAULTS);
  }

  private void restart(int idleTimeoutMillis, int resumeTtlMillis) throws IOException {
    server.close();
    server = new LittleServer(SessionConfig.DEFAULTS.withIdle(idleTimeoutMillis, resumeTtlMillis));
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @Test
  void aCallIsAnsweredAndAPushArrives() {
    try (Client client = connected(builder())) {
      assertThat(client.call(2, 1, HELLO).join()).isEqualTo(HELLO);
      CompletableFuture<byte[]> push = new CompletableFuture<>();
      client.onPush(2, 4, push::complete);
      client.send(2, 4, HELLO, Channel.UNRELIABLE);
      assertThat(push.join()).isEqualTo(HELLO);
      assertThat(client.rtt()).isPositive();
      assertThat(client.sid()).hasSize(32);
    }
    await().atMost(PATIENCE).until(() -> !server.closed.isEmpty());
    assertThat(server.closed).containsExactly(new CloseReason(Code.NONE, "", true));
  }

  @Test
  void anErrorOfTheServerReachesTheCallerOrWhoeverListens() {
    try (Client client = connected(builder())) {
      assertThatThrownBy(() -> client.call(2, 2, HELLO).join())
          .cause()
          .isInstanceOfSatisfying(
              CommandFailed.class, failed -> assertThat(failed.code()).isEqualTo(4321));
      CompletableFuture<CommandFailed> error = new CompletableFuture<>();
      client.onError(error::complete);
      client.send(2, 2, HELLO);
      assertThat(error.join().text()).isEqualTo("no");
    }
  }

  @Test
  void aCallNobodyAnswersTimesOutAndAClosedClientAnswersAtOnce() {
    Client client = connected(builder().callTimeout(Duration.ofSeconds(1)).callsPendingMax(1));
    CompletableFuture<byte[]> unanswered = client.call(2, 3, HELLO);
    assertThatThrownBy(() -> client.call(2, 1, HELLO).join())
        .hasCauseInstanceOf(NotConnected.class)
        .hasMessageContaining("wait for answers");
    assertThatThrownBy(unanswered::join).hasCauseInstanceOf(CallTimedOut.class);
    client.close();
    assertThatThrownBy(() -> client.call(2, 1, HELLO).join())
        .hasCauseInstanceOf(NotConnected.class);
    assertThat(client.state()).isEqualTo(Client.State.CLOSED);
    assertThat(client.stats().callsTimedOut()).isOne();
    assertThat(client.stats().messagesRefused()).isEqualTo(2);
  }

  @Test
  void aRefusedLoginSaysWhy() {
    server.bearer = "sesame";
    assertThatThrownBy(() -> builder().bearer("wrong").connect().join())
        .cause()
        .isInstanceOfSatisfying(
            LoginRefused.class,
            refused -> {
              assertThat(refused.httpStatus()).isEqualTo(401);
              assertThat(refused.code()).isEqualTo(Code.UNAUTHORIZED);
            });
    try (Client client = connected(builder().bearer("sesame"))) {
      assertThat(client.state()).isEqualTo(Client.State.CONNECTED);
    }
  }

  @Test
  void aRefusedHandshakeSaysWhy() {
    server.refuseCode = Code.FULL;
    assertThatThrownBy(() -> builder().connect().join())
        .cause()
        .isInstanceOfSatisfying(
            ConnectFailed.class, failed -> assertThat(failed.code()).isEqualTo(Code.FULL));
  }

  @Test
  void anEntryThatDoesNotListenIsAConnectFailure() {
    server.stopEntry();
    assertThatThrownBy(() -> builder().connect().join()).hasCauseInstanceOf(ConnectFailed.class);
  }

  @Test
  void aServerThatNeverAnswersIsGivenUp() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        DatagramSocket mute = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      for (Transport transport : Transport.values()) {
        server.endpointPort =
            transport == Transport.UDP ? mute.getLocalPort() : silent.getLocalPort();
        ClientBuilder impatient =
            builder().transport(transport).connectTimeout(Duration.ofMillis(500));
        assertThatThrownBy(() -> impatient.connect().join())
            .as(transport.name())
            .cause()
            .isInstanceOfSatisfying(
                ConnectFailed.class, failed -> assertThat(failed.code()).isEqualTo(Code.TIMEOUT));
      }
    }
  }

  @Test
  void whatIsNoSkeinServerIsAConnectFailure() throws IOException {
    try (ServerSocket stranger = new ServerSocket(0, 8, InetAddress.getLoopbackAddress())) {
      Thread answering = Thread.startVirtualThread(() -> answerLikeAWebServer(stranger));
      server.endpointPort = stranger.getLocalPort();
      for (Transport transport : List.of(Transport.TCP, Transport.WS)) {
        assertThatThrownBy(() -> builder().transport(transport).connect().join())
            .as(transport.name())
            .hasCauseInstanceOf(ConnectFailed.class);
      }
      answering.interrupt();
    }
  }

  private static void answerLikeAWebServer(ServerSocket server) {
    while (!Thread.currentThread().isInterrupted()) {
      try (Socket socket = server.accept()) {
        socket
            .getOutputStream()
            .write("HTTP/1.1 404 Not Found\r\n\r\n".getBytes(StandardCharsets.US_ASCII));
      } catch (IOException e) {
        return;
      }
    }
  }

  @Test
  void ofSeveralEntriesTheNextIsAskedWhenOneCannotHelp() throws IOException {
    try (LittleServer other = new LittleServer(SessionConfig.DEFAULTS)) {
      server.refuseHttpStatus = 503;
      Client first = connected(builder().http(server.url(), other.url()));
      server.stopEntry();
      Client second = connected(builder().uid("bob").http(server.url(), other.url()));
      assertThat(List.of(first.state(), second.state())).containsOnly(Client.State.CONNECTED);
      assertThat(other.logins).hasValue(2);
      other.refuseHttpStatus = 401;
      assertThatThrownBy(() -> builder().http(other.url(), server.url()).connect().join())
          .hasCauseInstanceOf(LoginRefused.class);
      first.close();
      second.close();
    }
  }

  @Test
  void aClientWhoseNodeIsLostDoesNotWaitForItsSession() throws IOException {
    int never = 3_600_000;
    restart(10_000, never);
    try (LittleServer other = new LittleServer(SessionConfig.DEFAULTS)) {
      ReconnectPolicy quick = new ReconnectPolicy(10, 100, 0.5, 100);
      Client client = connected(builder().http(server.url(), other.url()).reconnect(quick));
      server.die();
      CompletableFuture<byte[]> unanswered = client.call(2, 3, HELLO);
      other.saysLost = true;
      await().atMost(PATIENCE).until(() -> client.stats().connects() == 2);
      assertThatThrownBy(unanswered::join).hasCauseInstanceOf(NotConnected.class);
      assertThat(client.call(2, 1, HELLO).join()).isEqualTo(HELLO);
      assertThat(other.logins).hasValue(1);
      client.close();
    }
  }

  @Test
  void messagesBothWaysSurviveSocketsReplacedInMidStream() {
    int count = 3_000;
    List<Integer> heard = new CopyOnWriteArrayList<>();
    try (Client client = connected(builder())) {
      client.onPush(2, 4, payload -> heard.add(Integer.parseInt(text(payload))));
      for (int i = 0; i < count; i++) {
        client.send(2, 4, Integer.toString(i).getBytes(StandardCharsets.UTF_8));
        if (i % 500 == 250) {
          int before = heard.size();
          SocketFaults.of(client).replaceSocket();
          await().atMost(PATIENCE).until(() -> heard.size() > before);
        }
      }
      await().atMost(PATIENCE).until(() -> heard.size() >= count);
      assertThat(heard).isEqualTo(IntStream.range(0, count).boxed().toList());
      assertThat(server.senders).hasSize(7);
      assertThat(events).containsExactly(new ClientEvent.Connected(client.sid(), false));
    }
  }

  @Test
  void aClientWithoutNetworkForAWhileResumesItsSession() throws IOException {
    restart(400, 60_000);
    try (Client client = connected(builder())) {
      SocketFaults faults = SocketFaults.of(client);
      faults.block();
      CompletableFuture<byte[]> answer = client.call(2, 1, HELLO);
      await().atMost(PATIENCE).until(() -> client.state() == Client.State.DETACHED);
      assertThat(answer).isNotDone();
      faults.unblock();
      assertThat(answer.join()).isEqualTo(HELLO);
      assertThat(events)
          .startsWith(
              new ClientEvent.Connected(client.sid(), false),
              new ClientEvent.Detached(),
              new ClientEvent.Resumed())
          .doesNotHaveAnyElementsOfTypes(ClientEvent.Disconnected.class);
      assertThat(client.stats().resumes()).isPositive();
    }
  }

  @Test
  void aClientWithoutNetworkForTooLongLogsInAnew() throws IOException {
    restart(400, 1_500);
    ReconnectPolicy quick = new ReconnectPolicy(10, 100, 0.5, 100);
    try (Client client = connected(builder().reconnect(quick))) {
      String sid = client.sid();
      CompletableFuture<byte[]> unanswered = client.call(2, 3, HELLO);
      SocketFaults.of(client).block();
      await().atMost(PATIENCE).until(() -> client.stats().connects() >= 2);
      assertThatThrownBy(unanswered::join).hasCauseInstanceOf(NotConnected.class);
      assertThat(client.sid()).isNotEqualTo(sid);
      assertThat(client.call(2, 1, HELLO).join()).isEqualTo(HELLO);
      assertThat(events)
          .filteredOn(ClientEvent.Disconnected.class::isInstance)
          .first()
          .isInstanceOfSatisfying(
              ClientEvent.Disconnected.class,
              event -> {
                assertThat(event.reason().code()).isEqualTo(Code.IDLE);
                assertThat(event.reconnecting()).isTrue();
              });
      assertThat(events).last().isEqualTo(new ClientEvent.Connected(client.sid(), true));
    }
  }

  @Test
  void aClientThatIsNotWantedBackStaysAway() {
    Client client = connected(builder());
    server.closeSessions(Code.REPLACED, "elsewhere");
    await().atMost(PATIENCE).until(() -> client.state() == Client.State.CLOSED);
    assertThat(events)
        .last()
        .isEqualTo(
            new ClientEvent.Disconnected(new CloseReason(Code.REPLACED, "elsewhere", true), false));
    assertThat(server.logins).hasValue(1);
  }

  @Test
  void reconnectingEndsAfterItsAttempts() {
    Client client = connected(builder().reconnect(new ReconnectPolicy(1, 1, 0, 3)));
    server.refuseHttpStatus = 503;
    server.closeSessions(Code.SHUTDOWN, "bye");
    await().atMost(PATIENCE).until(() -> client.state() == Client.State.CLOSED);
    assertThat(server.logins).hasValue(1 + 3);
  }

  @Test
  void callbacksRunOneAtATimeInOrderOnTheGivenExecutor() {
    List<Integer> heard = new CopyOnWriteArrayList<>();
    try (ExecutorService pool = Executors.newFixedThreadPool(4);
        Client client = connected(builder().callbacks(pool))) {
      client.onPush(
          2,
          4,
          payload -> {
            assertThat(client.loop().isCurrent()).isFalse();
            // Blocking calls are allowed here: the loop is free.
            client.call(2, 1, payload).join();
            heard.add((int) payload[0]);
          });
      List<Integer> sent = IntStream.range(0, 50).boxed().toList();
      sent.forEach(i -> client.send(2, 4, new byte[] {i.byteValue()}));
      await().atMost(PATIENCE).until(() -> heard.size() == sent.size());
      assertThat(heard).isEqualTo(sent);
    }
  }

  @Test
  void aCallOnAChannelTheSessionLacksFailsAtOnce() {
    try (Client client = connected(builder())) {
      assertThatThrownBy(
              () -> client.call(2, 1, HELLO, Channel.ordered(255), Duration.ofSeconds(9)).join())
          .hasCauseInstanceOf(IllegalArgumentException.class);
      assertThat(client.stats().callsPending()).isZero();
    }
  }

  @Test
  void aHandlerThatThrowsDoesNotStopTheOthers() {
    try (Client client = connected(builder())) {
      CompletableFuture<byte[]> push = new CompletableFuture<>();
      client.onPush(
          2,
          4,
          payload -> {
            throw new IllegalStateException("on purpose");
          });
      client.onPush(2, 4, push::complete);
      client.send(2, 4, HELLO);
      assertThat(push.join()).isEqualTo(HELLO);
    }
  }

  private ClientBuilder builder() {
    return Client.builder().http(server.url()).uid("alice").reconnect(ReconnectPolicy.NEVER);
  }

  private Client connected(ClientBuilder builder) {
    Client client = builder.build();
    client.onEvent(events::add);
    try {
      return client.connect().join();
    } catch (CompletionException e) {
      client.close();
      throw e;
    }
  }

  private static String text(byte[] payload) {
    return new String(payload, StandardCharsets.UTF_8);
  }
}

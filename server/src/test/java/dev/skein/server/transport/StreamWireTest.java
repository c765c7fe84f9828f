package dev.skein.server.transport;

import static dev.skein.server.transport.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import dev.skein.protocol.session.SessionConfig;
import dev.skein.server.Role;
import dev.skein.server.transport.TransportConfig.Limits;
import dev.skein.server.transport.TransportConfig.Sockets;
import dev.skein.server.transport.TransportConfig.Sockets.Io;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

class StreamWireTest {
  private static final TransportConfig TWO_SHARDS = TransportConfig.DEFAULTS.withShards(2);

  private static RecordPipe connect(EchoNode node, Role role) {
    return role == Role.WS
        ? RecordPipe.webSocket(node.address(role))
        : RecordPipe.tcp(node.address(role));
  }

  private static RawStreamClient client(EchoNode node, Role role, String uid) {
    return new RawStreamClient(() -> connect(node, role), node.ticket(uid));
  }

  private static void open(RawStreamClient client) {
    await().until(() -> client.pump().isOpen());
  }

  private static void expectEcho(RawStreamClient client, String text) {
    client.send(Channel.ordered(0), text);
    await().until(() -> client.pump().received.contains(text));
  }

  private static Stream<Arguments> rolesAndSockets() {
    return Stream.of(
        Arguments.of(Role.TCP, Io.AUTO),
        Arguments.of(Role.TCP, Io.PORTABLE),
        Arguments.of(Role.WS, Io.AUTO),
        Arguments.of(Role.WS, Io.PORTABLE));
  }

  @ParameterizedTest
  @MethodSource("rolesAndSockets")
  void messagesComeBackInOrderWhateverTheirSize(Role role, Io io) throws IOException {
    TransportConfig config = TWO_SHARDS.withSockets(Sockets.DEFAULTS.withIo(io));
    try (EchoNode node = new EchoNode(config, role);
        RawStreamClient client = client(node, role, "ann")) {
      open(client);
      List<String> texts =
          IntStream.of(1, 100, 125, 126, 1_000, 20_000, 60_000, 65_500, 3)
              .mapToObj(size -> "x".repeat(size))
              .toList();
      texts.forEach(text -> client.send(Channel.ordered(1), text));
      await().until(() -> client.pump().received.size() == texts.size());
      assertThat(client.received).isEqualTo(texts);
      assertThat(node.connection("ann").role()).isEqualTo(role);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Role.class,
      names = {"TCP", "WS"})
  void aCutStreamGoesOnWithoutLossOrRepetitionOnWhateverShardItComesBack(Role role)
      throws IOException {
    try (EchoNode node = new EchoNode(TWO_SHARDS, role);
        RawStreamClient client = client(node, role, "ann")) {
      open(client);
      List<String> expected = new ArrayList<>();
      // New streams are spread over both shards in turn, the session stays where it is.
      for (int round = 0; round < 5; round++) {
        for (int i = 0; i < 50; i++) {
          String text = round + "." + i;
          client.send(Channel.ordered(0), text);
          expected.add(text);
        }
        client.pump();
        client.resume();
        await().until(() -> client.pump().isOpen());
      }
      await().until(() -> client.pump().received.size() >= expected.size());
      assertThat(client.received).isEqualTo(expected);
      assertThat(node.told).noneMatch(each -> each.startsWith("closed"));
      assertThat(node.transport.counters().resumes()).isEqualTo(5);
      assertThat(node.transport.connectionCount()).isOne();
    }
  }

  @Test
  void aCutStreamIsDetachedAndEndsWhenItDoesNotComeBack() throws IOException {
    SessionConfig session = SessionConfig.DEFAULTS.withIdle(5_000, 200);
    try (EchoNode node = new EchoNode(TWO_SHARDS.withSession(session), Role.TCP);
        RawStreamClient client = client(node, Role.TCP, "ann")) {
      open(client);
      client.cut();
      await().until(() -> node.told.contains("closed ann " + Code.IDLE));
      assertThat(node.told)
          .filteredOn(each -> !each.startsWith("alive"))
          .containsExactly("open ann", "detached ann", "closed ann " + Code.IDLE);
      await().until(() -> node.transport.connectionCount() == 0);
      client.resume();
      await().until(client::isCut);
      await().untilAsserted(() -> assertThat(node.dropped(DropReason.BAD_RESUME)).isOne());
    }
  }

  @Test
  void wrongFramingEndsTheStream() throws IOException {
    try (EchoNode node = new EchoNode(TWO_SHARDS, Role.TCP, Role.WS)) {
      RecordPipe nonsense = RecordPipe.tcp(node.address(Role.TCP));
      nonsense.send(new byte[] {1, 2, 3}, 3);
      await().until(nonsense::isClosed);
      RecordPipe tooLong = RecordPipe.tcp(node.address(Role.TCP));
      tooLong.send(new byte[5_000], 5_000);
      await().until(tooLong::isClosed);
      await().untilAsserted(() -> assertThat(node.dropped(DropReason.MALFORMED_HANDSHAKE)).isOne());
      await().untilAsserted(() -> assertThat(node.dropped(DropReason.BAD_STREAM)).isOne());
      RecordPipe foreign = RecordPipe.webSocket(node.address(Role.WS));
      foreign.send(new byte[] {9}, 1);
      await().until(foreign::isClosed);
      await()
          .untilAsserted(
              () -> assertThat(node.dropped(DropReason.MALFORMED_HANDSHAKE)).isEqualTo(2));
    }
  }

  @Test
  void aRecordThatDoesNotOpenEndsTheStreamButNotTheSession() throws IOException {
    try (EchoNode node = new EchoNode(TWO_SHARDS, Role.TCP);
        RawStreamClient client = client(node, Role.TCP, "ann")) {
      open(client);
      client.sendRaw(new byte[40]);
      await().until(client::isCut);
      await().untilAsserted(() -> assertThat(node.dropped(DropReason.NOT_AUTHENTIC)).isOne());
      client.resume();
      open(client);
      expectEcho(client, "still here");
    }
  }

  @Test
  void streamsWithoutAHandshakeAreLimitedInNumberAndTime() throws IOException {
    Limits limits = Limits.DEFAULTS.withPendingStreams(2, 300);
    try (EchoNode node = new EchoNode(TWO_SHARDS.withLimits(limits), Role.TCP)) {
      List<RecordPipe> silent = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        silent.add(RecordPipe.tcp(node.address(Role.TCP)));
      }
      await().until(() -> silent.stream().allMatch(RecordPipe::isClosed));
      await().untilAsserted(() -> assertThat(node.dropped(DropReason.PENDING_FULL)).isOne());
      await().untilAsserted(() -> assertThat(node.dropped(DropReason.STREAM_TIMEOUT)).isEqualTo(2));
      try (RawStreamClient client = client(node, Role.TCP, "ann")) {
        open(client);
      }
    }
  }

  @Test
  void aPeerThatDoesNotReadIsDisconnectedByThePolicyOfItsSession() throws IOException {
    try (EchoNode node = new EchoNode(TWO_SHARDS, Role.TCP);
        RawStreamClient client = client(node, Role.TCP, "ann")) {
      open(client);
      client.stopReading();
      Connection connection = node.connection("ann");
      byte[] message = new byte[60_000];
      await()
          .until(() -> {
            connection
                .shard()
                .execute(() -> connection.send(Channel.ordered(0), 0, message, 0, message.length));
            return node.told.contains("closed ann " + Code.SLOW_CONSUMER);
          });
      await().until(() -> node.transport.connectionCount() == 0);
    }
  }

  @Test
  void whenAllQueuesTogetherAreFullTheUnreliableIsDroppedAndWhoHoldsMostIsDisconnected()
      throws IOException {
    Limits limits = Limits.DEFAULTS.withSendQueues(200_000);
    TransportConfig config = TWO_SHARDS.withShards(1).withLimits(limits);
    try (EchoNode node = new EchoNode(config, Role.TCP);
        RawStreamClient deaf = client(node, Role.TCP, "ann");
        RawStreamClient client = client(node, Role.TCP, "bob")) {
      open(deaf);
      open(client);
      deaf.stopReading();
      Connection slow = node.connection("ann");
      Connection quick = node.connection("bob");
      byte[] message = new byte[20_000];
      await()
          .until(() -> {
            slow.shard()
                .execute(() -> {
                  slow.send(Channel.ordered(0), 0, message, 0, message.length);
                  quick.send(Channel.UNRELIABLE, 0, message, 0, message.length);
                });
            return node.told.contains("closed ann " + Code.SLOW_CONSUMER);
          });
      await().untilAsserted(() -> assertThat(node.dropped(DropReason.QUEUES_FULL)).isPositive());
      assertThat(node.told).noneMatch(event -> event.startsWith("closed bob"));
    }
  }

  @Test
  void refusalsAreTold() throws IOException {
    Limits limits = Limits.DEFAULTS.withConnections(1, 1);
    try (EchoNode node = new EchoNode(TWO_SHARDS.withLimits(limits), Role.TCP);
        RawStreamClient client = client(node, Role.TCP, "ann");
        RawStreamClient second = client(node, Role.TCP, "bob")) {
      await().until(() -> client.pump().isOpen() || client.refusal().isPresent());
      await().until(() -> second.pump().isOpen() || second.refusal().isPresent());
      RawStreamClient loser = client.isOpen() ? second : client;
      assertThat(loser.refusal().orElseThrow().code()).isEqualTo(Code.FULL);
      await().untilAsserted(() -> assertThat(node.dropped(DropReason.NODE_FULL)).isOne());
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Role.class,
      names = {"TCP", "WS"})
  void stoppingTellsEveryClient(Role role) throws IOException {
    EchoNode node = new EchoNode(TWO_SHARDS, role);
    try (RawStreamClient client = client(node, role, "ann")) {
      open(client);
      node.close();
      await().until(() -> client.pump().closed().isPresent());
      assertThat(client.closed().orElseThrow().code()).isEqualTo(Code.SHUTDOWN);
    }
  }

  @ParameterizedTest
  @EnumSource(
      value = Role.class,
      names = {"TCP", "WS"})
  void aClientThatIsTalkingWhenTheNodeStopsHearsItsGoodbyeAllTheSame(Role role) throws IOException {
    EchoNode node = new EchoNode(TWO_SHARDS, role);
    try (RawStreamClient client = client(node, role, "ann")) {
      open(client);
      CompletableFuture<Void> stopped = CompletableFuture.runAsync(node::close);
      for (int i = 0; !stopped.isDone(); i++) {
        client.send(Channel.UNRELIABLE, "still here " + i);
        client.pumpOut();
      }
      await().until(() -> client.pump().closed().isPresent());
      assertThat(client.closed().orElseThrow().code()).isEqualTo(Code.SHUTDOWN);
    }
  }
}

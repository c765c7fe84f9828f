package dev.skein.server.transport;

import static dev.skein.server.transport.Patience.await;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import dev.skein.protocol.crypto.Tickets;
import dev.skein.protocol.handshake.TicketGate;
import dev.skein.server.Role;
import dev.skein.server.transport.TransportConfig.Limits;
import dev.skein.server.transport.TransportConfig.Sockets;
import dev.skein.server.transport.TransportConfig.Sockets.Io;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class UdpWireTest {
  private static final TransportConfig ONE_SHARD = TransportConfig.DEFAULTS.withShards(1);
  private static final TransportConfig TWO_SHARDS = TransportConfig.DEFAULTS.withShards(2);

  private static void open(RawUdpClient client) {
    await().until(() -> client.pump().isOpen());
  }

  private static void expectEcho(RawUdpClient client, String text) {
    client.send(Channel.ordered(0), text);
    await().until(() -> client.pump().received.contains(text));
  }

  @ParameterizedTest
  @EnumSource(Io.class)
  void messagesComeBackOnEveryKindOfSocket(Io io) throws IOException {
    TransportConfig config = TWO_SHARDS.withSockets(Sockets.DEFAULTS.withIo(io));
    try (EchoNode node = new EchoNode(config, Role.UDP);
        RawUdpClient client = node.udpClient("ann")) {
      open(client);
      List<String> texts = IntStream.range(0, 300).mapToObj(i -> "message " + i).toList();
      texts.forEach(text -> client.send(Channel.ordered(1), text));
      await().until(() -> client.pump().received.size() == texts.size());
      assertThat(client.received).isEqualTo(texts);
      assertThat(node.transport.connectionCount()).isOne();
    }
  }

  @Test
  void clientsLiveOnEveryShardAndKeepTalking() throws IOException {
    try (EchoNode node = new EchoNode(TWO_SHARDS, Role.UDP)) {
      List<RawUdpClient> clients = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        clients.add(node.udpClient("user" + i));
      }
      await().until(() -> clients.stream().filter(each -> each.pump().isOpen()).count() == 20);
      clients.forEach(client -> expectEcho(client, "hello"));
      assertThat(node.connections.values().stream().map(each -> each.shard().index()).distinct())
          .hasSize(2);
      for (RawUdpClient client : clients) {
        client.close();
      }
    }
  }

  @Test
  void aClientThatChangesItsAddressGoesOnWhereItWas() throws IOException {
    try (EchoNode node = new EchoNode(TWO_SHARDS, Role.UDP);
        RawUdpClient client = node.udpClient("ann")) {
      open(client);
      expectEcho(client, "before");
      // Eight new ports: some of them the kernel gives to the other shard's socket.
      for (int i = 0; i < 8; i++) {
        client.changeAddress();
        int port = client.port();
        expectEcho(client, "after " + i);
        await()
            .until(() -> {
              client.pump();
              return node.connection("ann").remoteAddress().getPort() == port;
            });
      }
      assertThat(node.told).filteredOn(each -> each.startsWith("open")).hasSize(1);
      assertThat(node.told).noneMatch(each -> each.startsWith("closed"));
    }
  }

  @Test
  void garbageIsDroppedAndCountedByReason() throws IOException {
    try (EchoNode node = new EchoNode(TWO_SHARDS, Role.UDP);
        RawUdpClient client = node.udpClient("ann")) {
      open(client);
      client.sendRaw(new byte[] {0x7f, 1, 2, 3});
      client.sendRaw(new byte[] {0});
      client.sendRaw(new byte[1_201]);
      byte[] shortHello = new byte[100];
      shortHello[0] = 1;
      client.sendRaw(shortHello);
      byte[] badProof = new byte[1_200];
      badProof[0] = 3;
      client.sendRaw(badProof);
      client.sendRaw(packet(0x0001_0000_0000_0000L));
      client.sendRaw(packet(0x7777_0000_0000_0000L));
      client.sendRaw(packet(client.connectionId()));
      await().until(() -> node.dropped(DropReason.UNKNOWN_DATAGRAM) == 3);
      await()
          .until(() ->
              node.dropped(DropReason.MALFORMED_HANDSHAKE) + node.dropped(DropReason.BAD_COOKIE)
                  == 2);
      await().until(() -> node.dropped(DropReason.UNKNOWN_CONNECTION) == 2);
      await().until(() -> node.dropped(DropReason.NOT_AUTHENTIC) == 1);
      expectEcho(client, "still here");
    }
  }

  private static byte[] packet(long connectionId) {
    byte[] datagram = new byte[64];
    new Random(5).nextBytes(datagram);
    datagram[0] = 0b0110_0000;
    ByteBuffer.wrap(datagram).putLong(1, connectionId);
    return datagram;
  }

  @Test
  void whatASaturatedShardHasNoRoomForIsCounted() throws IOException {
    Sockets small = Sockets.DEFAULTS.withIo(Io.NATIVE).withSocketBufferBytes(65_536);
    try (EchoNode node = new EchoNode(ONE_SHARD.withSockets(small), Role.UDP);
        RawUdpClient client = node.udpClient("ann")) {
      open(client);
      CompletableFuture<Void> rested = new CompletableFuture<>();
      node.connection("ann").shard().execute(rested::join);
      for (int i = 0; i < 1_000; i++) {
        client.sendRaw(new byte[1_000]);
      }
      rested.complete(null);
      await()
          .until(() -> {
            client.sendRaw(new byte[1]);
            return node.dropped(DropReason.RECEIVE_BUFFER_FULL) > 500;
          });
      expectEcho(client, "still here");
    }
  }

  @Test
  void aFloodOfGarbageLeavesNothingBehindAndOthersPlaying() throws IOException {
    try (EchoNode node = new EchoNode(TWO_SHARDS, Role.UDP);
        RawUdpClient client = node.udpClient("ann")) {
      open(client);
      Random random = new Random(11);
      for (int i = 0; i < 20_000; i++) {
        byte[] datagram = new byte[1 + random.nextInt(300)];
        random.nextBytes(datagram);
        client.sendRaw(datagram);
      }
      expectEcho(client, "still here");
      assertThat(node.transport.connectionCount()).isOne();
      await()
          .untilAsserted(() -> assertThat(node.dropped(DropReason.UNKNOWN_DATAGRAM)).isPositive());
    }
  }

  @Test
  void hellosOverTheRateAreNotAnswered() throws IOException {
    Limits limits = Limits.DEFAULTS.withHandshakes(100, 10);
    TransportConfig config = ONE_SHARD.withLimits(limits);
    try (EchoNode node = new EchoNode(config, Role.UDP);
        RawUdpClient client = node.udpClient("ann")) {
      byte[] hello = new byte[1_200];
      hello[0] = 1;
      hello[4] = 1;
      hello[5] = 1;
      for (int i = 0; i < 500; i++) {
        client.sendRaw(hello);
      }
      await().until(() -> node.dropped(DropReason.HELLO_RATE) > 300);
      assertThat(node.transport.connectionCount()).isZero();
      open(client);
    }
  }

  @Test
  void aFullNodeRefusesAndAFreedPlaceIsTakenAgain() throws IOException {
    Limits limits = Limits.DEFAULTS.withConnections(1, 1);
    try (EchoNode node = new EchoNode(TWO_SHARDS.withLimits(limits), Role.UDP);
        RawUdpClient first = node.udpClient("first");
        RawUdpClient second = node.udpClient("second");
        RawUdpClient third = node.udpClient("third")) {
      open(first);
      await().until(() -> second.pump().refusal().isPresent());
      assertThat(second.refusal().orElseThrow().code()).isEqualTo(Code.FULL);
      await().untilAsserted(() -> assertThat(node.dropped(DropReason.NODE_FULL)).isOne());
      Connection connection = node.connection("first");
      connection.shard().execute(() -> connection.close(Code.KICKED, "bye"));
      await().until(() -> first.pump().closed().isPresent());
      assertThat(first.closed().orElseThrow().code()).isEqualTo(Code.KICKED);
      await().until(() -> node.transport.connectionCount() == 0);
      open(third);
    }
  }

  @Test
  void oneAddressCannotTakeMoreThanItsShare() throws IOException {
    Limits limits = Limits.DEFAULTS.withConnections(10, 1);
    try (EchoNode node = new EchoNode(TWO_SHARDS.withLimits(limits), Role.UDP);
        RawUdpClient first = node.udpClient("first");
        RawUdpClient second = node.udpClient("second")) {
      open(first);
      await().until(() -> second.pump().refusal().isPresent());
      await().untilAsserted(() -> assertThat(node.dropped(DropReason.ADDRESS_FULL)).isOne());
      assertThat(node.transport.connectionCount()).isOne();
    }
  }

  @Test
  void messagesOverTheRateAreHandedUpAsTooMany() throws IOException {
    Limits limits = Limits.DEFAULTS.withRates(10, 1_000_000);
    try (EchoNode node = new EchoNode(TWO_SHARDS.withLimits(limits), Role.UDP);
        RawUdpClient client = node.udpClient("ann")) {
      open(client);
      for (int i = 0; i < 60; i++) {
        client.send(Channel.ordered(0), "m" + i);
      }
      await().until(() -> client.pump().received.size() == 60);
      assertThat(client.received).contains("m0", "m19", "too many");
      assertThat(node.dropped(DropReason.MESSAGE_RATE))
          .isEqualTo(client.received.stream().filter("too many"::equals).count());
    }
  }

  @Test
  void aForgedAndAReusedTicketAreCountedEachOnItsOwn() throws IOException {
    try (EchoNode node = new EchoNode(TWO_SHARDS, Role.UDP)) {
      Tickets.Issued ticket = node.ticket("ann");
      byte[] forged = ticket.sealed().clone();
      forged[forged.length - 1] ^= 1;
      try (RawUdpClient client = new RawUdpClient(node.address(Role.UDP), ticket);
          RawUdpClient thief = new RawUdpClient(node.address(Role.UDP), ticket);
          RawUdpClient forger =
              new RawUdpClient(node.address(Role.UDP), forged, ticket.ticket().key())) {
        open(client);
        await().until(() -> thief.pump() != null && node.dropped(DropReason.TICKET_REUSED) > 0);
        await().until(() -> forger.pump() != null && node.dropped(DropReason.TICKET_FORGED) > 0);
        assertThat(node.transport.connectionCount()).isOne();
      }
    }
  }

  @Test
  void theLayerAboveRefusesAndFailsWithoutHarmToOthers() throws IOException {
    try (EchoNode node = new EchoNode(ONE_SHARD, Role.UDP);
        RawUdpClient refused = node.udpClient("refused");
        RawUdpClient failing = node.udpClient("failing");
        RawUdpClient client = node.udpClient("ann")) {
      await().until(() -> refused.pump().closed().isPresent());
      assertThat(refused.closed().orElseThrow().code()).isEqualTo(4242);
      open(failing);
      open(client);
      failing.send(Channel.ordered(0), "throw");
      await().until(() -> failing.pump().closed().isPresent());
      assertThat(failing.closed().orElseThrow().code()).isEqualTo(Code.INTERNAL);
      expectEcho(client, "still here");
    }
  }

  @Test
  void stoppingTellsEveryClient() throws IOException {
    EchoNode node = new EchoNode(TWO_SHARDS, Role.UDP);
    try (RawUdpClient client = node.udpClient("ann")) {
      open(client);
      node.close();
      await().until(() -> client.pump().closed().isPresent());
      assertThat(client.closed().orElseThrow().code()).isEqualTo(Code.SHUTDOWN);
      assertThat(node.told).contains("closed ann " + Code.SHUTDOWN);
    }
  }

  @Test
  void aTakenPortIsNamed() throws IOException {
    InetSocketAddress wildcard = new InetSocketAddress(InetAddress.ofLiteral("203.0.113.1"), 7_100);
    Transport transport = Transport.open(TWO_SHARDS);
    try (EchoNode node = new EchoNode(TWO_SHARDS, Role.UDP)) {
      assertThatThrownBy(() ->
              transport.listen(
                  List.of(new Listener(Role.UDP, wildcard)),
                  new TicketGate(node.tickets, 1, 0, 10),
                  node))
          .isInstanceOf(IOException.class)
          .hasMessageContaining("203.0.113.1");
    } finally {
      transport.stop(Duration.ZERO).join();
    }
  }
}

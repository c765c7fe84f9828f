package dev.skein.testkit.relay;

import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HostileUdpRelayWireTest {
  private static final int LIMIT_MILLIS = 20_000;
  private static final int SILENCE_MILLIS = 150;

  private DatagramSocket server;
  private final List<AutoCloseable> opened = new ArrayList<>();

  @BeforeEach
  void openServer() throws Exception {
    server = socket();
  }

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable each : opened.reversed()) {
      each.close();
    }
  }

  @Test
  void withoutHostilityEverythingPassesBothWays() throws Exception {
    HostileUdpRelay relay = relay(Hostility.NONE);
    DatagramSocket client = socket();
    for (int i = 0; i < 100; i++) {
      send(client, relay.address(), i);
      DatagramPacket atServer = receive(server, LIMIT_MILLIS).orElseThrow();
      send(server, atServer.getSocketAddress(), i);
      assertThat(number(receive(client, LIMIT_MILLIS).orElseThrow())).isEqualTo(i);
    }
    await()
        .atMost(LIMIT_MILLIS, MILLISECONDS)
        .untilAsserted(
            () -> assertThat(relay.stats()).isEqualTo(new RelayStats(200, 0, 0, 0, 0, 0)));
  }

  @Test
  void theServerSeesEachClientUnderItsOwnAddress() throws Exception {
    HostileUdpRelay relay = relay(Hostility.NONE);
    DatagramSocket alice = socket();
    DatagramSocket bob = socket();
    send(alice, relay.address(), 1);
    SocketAddress aliceAtServer = receive(server, LIMIT_MILLIS).orElseThrow().getSocketAddress();
    send(bob, relay.address(), 2);
    SocketAddress bobAtServer = receive(server, LIMIT_MILLIS).orElseThrow().getSocketAddress();
    assertThat(aliceAtServer).isNotEqualTo(bobAtServer);

    send(server, bobAtServer, 22);
    assertThat(number(receive(bob, LIMIT_MILLIS).orElseThrow())).isEqualTo(22);
    assertThat(receive(alice, SILENCE_MILLIS)).isEmpty();
  }

  @Test
  void aReboundClientComesFromAnotherAddressAndTheFormerOneIsDead() throws Exception {
    HostileUdpRelay relay = relay(Hostility.NONE);
    DatagramSocket client = socket();
    send(client, relay.address(), 1);
    SocketAddress before = receive(server, LIMIT_MILLIS).orElseThrow().getSocketAddress();
    relay.rebind((InetSocketAddress) client.getLocalSocketAddress());
    send(client, relay.address(), 2);
    SocketAddress after = receive(server, LIMIT_MILLIS).orElseThrow().getSocketAddress();
    assertThat(after).isNotEqualTo(before);

    send(server, before, 3);
    send(server, after, 4);
    assertThat(number(receive(client, LIMIT_MILLIS).orElseThrow())).isEqualTo(4);
  }

  @Test
  void theSameSeedLosesTheSameDatagramsAndAnotherSeedOthers() throws Exception {
    BitSet first = arrivals("loss=30,seed=7", 200);
    assertThat(first.cardinality()).isBetween(100, 180);
    assertThat(arrivals("loss=30,seed=7", 200)).isEqualTo(first);
    assertThat(arrivals("loss=30,seed=8", 200)).isNotEqualTo(first);
  }

  @Test
  void aDuplicatedDatagramComesTwice() throws Exception {
    HostileUdpRelay relay = relay(Hostility.parse("duplicate=100"));
    send(socket(), relay.address(), 9);
    assertThat(number(receive(server, LIMIT_MILLIS).orElseThrow())).isEqualTo(9);
    assertThat(number(receive(server, LIMIT_MILLIS).orElseThrow())).isEqualTo(9);
  }

  @Test
  void aCorruptedDatagramDiffersInOneBit() throws Exception {
    HostileUdpRelay relay = relay(Hostility.parse("corrupt=100"));
    send(socket(), relay.address(), 0);
    DatagramPacket damaged = receive(server, LIMIT_MILLIS).orElseThrow();
    assertThat(damaged.getLength()).isEqualTo(Integer.BYTES);
    assertThat(Integer.bitCount(number(damaged))).isEqualTo(1);
  }

  @Test
  void reorderedDatagramsAreOvertaken() throws Exception {
    HostileUdpRelay relay = relay(Hostility.parse("reorder=50,seed=3"));
    DatagramSocket client = socket();
    List<Integer> arrived = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      send(client, relay.address(), i);
    }
    for (int i = 0; i < 50; i++) {
      arrived.add(number(receive(server, LIMIT_MILLIS).orElseThrow()));
    }
    assertThat(arrived).doesNotHaveDuplicates();
    assertThat(arrived).isNotEqualTo(arrived.stream().sorted().toList());
  }

  @Test
  void delayComesOnEachWay() throws Exception {
    HostileUdpRelay relay = relay(Hostility.parse("delay=30"));
    DatagramSocket client = socket();
    long sentNanos = System.nanoTime();
    send(client, relay.address(), 1);
    send(server, receive(server, LIMIT_MILLIS).orElseThrow().getSocketAddress(), 2);
    assertThat(number(receive(client, LIMIT_MILLIS).orElseThrow())).isEqualTo(2);
    assertThat(System.nanoTime() - sentNanos).isGreaterThanOrEqualTo(60_000_000L);
  }

  private BitSet arrivals(String options, int count) throws IOException {
    try (HostileUdpRelay relay =
            HostileUdpRelay.start(
                (InetSocketAddress) server.getLocalSocketAddress(), Hostility.parse(options));
        DatagramSocket client = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      for (int i = 0; i < count; i++) {
        send(client, relay.address(), i);
      }
      await()
          .atMost(LIMIT_MILLIS, MILLISECONDS)
          .until(() -> relay.stats().forwarded() + relay.stats().lost() == count);
      BitSet arrived = new BitSet();
      for (long left = relay.stats().forwarded(); left > 0; left--) {
        arrived.set(number(receive(server, LIMIT_MILLIS).orElseThrow()));
      }
      return arrived;
    }
  }

  private HostileUdpRelay relay(Hostility hostility) {
    HostileUdpRelay relay =
        HostileUdpRelay.start((InetSocketAddress) server.getLocalSocketAddress(), hostility);
    opened.add(relay);
    return relay;
  }

  private DatagramSocket socket() throws IOException {
    DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    opened.add(socket);
    return socket;
  }

  private static void send(DatagramSocket from, SocketAddress to, int number) throws IOException {
    byte[] bytes = ByteBuffer.allocate(Integer.BYTES).putInt(number).array();
    from.send(new DatagramPacket(bytes, bytes.length, to));
  }

  private static Optional<DatagramPacket> receive(DatagramSocket at, int limitMillis)
      throws IOException {
    DatagramPacket packet = new DatagramPacket(new byte[64], 64);
    at.setSoTimeout(limitMillis);
    try {
      at.receive(packet);
      return Optional.of(packet);
    } catch (SocketTimeoutException e) {
      return Optional.empty();
    }
  }

  private static int number(DatagramPacket packet) {
    return ByteBuffer.wrap(packet.getData()).getInt();
  }
}

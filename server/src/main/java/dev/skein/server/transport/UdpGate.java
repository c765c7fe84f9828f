package dev.skein.server.transport;

import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.handshake.HandshakeOutcome;
import dev.skein.protocol.handshake.HandshakeResult;
import dev.skein.protocol.handshake.HandshakeResult.Accepted;
import dev.skein.protocol.packet.BigEndian;
import dev.skein.protocol.packet.PacketHeader;
import dev.skein.server.Role;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jctools.queues.MpscArrayQueue;

/**
 * Decides for every datagram of one shard what it is: a packet of a connection here, one of another
 * shard's, a handshake, or nothing. Confined to its shard, except {@link #handOver}.
 */
final class UdpGate implements UdpPort.Reader {
  /** Flags, id, one byte of number, the smallest frame and the tag. */
  private static final int PACKET_MIN_BYTES = 1 + Long.BYTES + 1 + 1 + 16;

  private static final byte HELLO = 0x01;
  private static final byte PROOF = 0x03;

  private final Residence residence;
  private final Handshakes handshakes;
  private final List<UdpGate> gates;
  private final RateLimit helloRate;
  private final MpscArrayQueue<Handover> handedOver;
  private final AtomicBoolean drainRequested = new AtomicBoolean();
  private final Runnable drain = this::drainHandedOver;
  private final List<UdpPort> ports = new ArrayList<>();
  private long hellosSpent;

  /** A datagram that came to the wrong shard. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Handover(byte[] datagram, PeerAddress from, int listener) {}

  /**
   * @param gates all shards' gates by index, complete before the first datagram
   */
  UdpGate(Residence residence, Handshakes handshakes, List<UdpGate> gates, TransportConfig config) {
    this.residence = residence;
    this.handshakes = handshakes;
    this.gates = gates;
    int hellos = config.limits().hellosPerSecond();
    this.helloRate = new RateLimit(hellos, hellos);
    this.hellosSpent = helloRate.fresh(residence.shard().nanoTime());
    this.handedOver = new MpscArrayQueue<>(config.sockets().handoverMaxDatagrams());
  }

  /** Adds this shard's end of a listener; {@link UdpPort#listener} is its place. */
  void add(UdpPort port) {
    ports.add(port);
  }

  /** Frees the sockets, after what is in their batches has been sent. */
  void close() {
    ports.forEach(UdpPort::close);
    ports.clear();
  }

  @Override
  public void onDatagram(
      UdpPort port, byte[] datagram, int length, boolean v6, long high, long low, int peerPort) {
    if (length == 0 || length > UdpPort.DATAGRAM_MAX_BYTES) {
      drop(DropReason.UNKNOWN_DATAGRAM);
    } else if (PacketHeader.fromClient(datagram[0]) && length >= PACKET_MIN_BYTES) {
      onPacket(port, datagram, length, v6, high, low, peerPort);
    } else if (datagram[0] == HELLO) {
      onHello(port, datagram, length, PeerAddress.of(v6, high, low, peerPort));
    } else if (datagram[0] == PROOF) {
      onProof(port, datagram, length, PeerAddress.of(v6, high, low, peerPort));
    } else {
      drop(DropReason.UNKNOWN_DATAGRAM);
    }
  }

  private void onPacket(
      UdpPort port, byte[] datagram, int length, boolean v6, long high, long low, int peerPort) {
    long id = BigEndian.getLong(datagram, PacketHeader.CONNECTION_ID_OFFSET);
    int owner = ConnectionTable.shardOf(id);
    if (owner != residence.shard().index()) {
      if (owner < gates.size()) {
        byte[] copy = Arrays.copyOf(datagram, length);
        gates.get(owner).handOver(copy, PeerAddress.of(v6, high, low, peerPort), port);
      } else {
        drop(DropReason.UNKNOWN_CONNECTION);
      }
      return;
    }
    if (residence.table().get(id) instanceof UdpConnection connection) {
      try {
        connection.onDatagram(port, datagram, length, v6, high, low, peerPort);
      } catch (RuntimeException e) {
        connection.fail(e);
      }
    } else {
      drop(DropReason.UNKNOWN_CONNECTION);
    }
  }

  /** Takes a datagram that another shard has read. Any thread. */
  private void handOver(byte[] datagram, PeerAddress from, UdpPort readFrom) {
    if (!handedOver.offer(new Handover(datagram, from, readFrom.listener()))) {
      drop(DropReason.HANDOVER_FULL);
    } else if (drainRequested.compareAndSet(false, true)) {
      residence.shard().loop().execute(() -> residence.shard().turn(drain));
    }
  }

  private void drainHandedOver() {
    drainRequested.set(false);
    if (ports.isEmpty()) {
      handedOver.clear(); // closed meanwhile
      return;
    }
    handedOver.drain(each -> {
      PeerAddress from = each.from;
      onPacket(
          ports.get(each.listener),
          each.datagram,
          each.datagram.length,
          from.isV6(),
          from.high(),
          from.low(),
          from.port());
    });
  }

  /** PROTOCOL §4: nothing is kept, and the answer is smaller than the question. */
  private void onHello(UdpPort port, byte[] datagram, int length, PeerAddress from) {
    long nowNanos = residence.shard().now();
    long spent = helloRate.spend(hellosSpent, 1, nowNanos);
    if (spent == RateLimit.REFUSED) {
      drop(DropReason.HELLO_RATE);
      return;
    }
    hellosSpent = spent;
    LoginAdmission nobody = new LoginAdmission(handshakes, Occupancy.Origin.of(from), 0, nowNanos);
    HandshakeResult result =
        handshakes
            .datagrams()
            .onDatagram(
                datagram,
                0,
                length,
                from.toInetSocketAddress(),
                nobody,
                System.currentTimeMillis());
    handshakes.count(result.outcome());
    if (result instanceof HandshakeResult.Answer(var outcome, byte[] cookie)) {
      port.send(cookie, cookie.length, from);
    }
  }

  private void onProof(UdpPort port, byte[] datagram, int length, PeerAddress from) {
    Optional<HandshakeOutcome> objection =
        handshakes
            .datagrams()
            .objection(datagram, 0, length, from.toInetSocketAddress(), System.currentTimeMillis());
    if (objection.isPresent()) {
      handshakes.count(objection.get());
      return;
    }
    long id = residence.table().reserve();
    byte[] proof = Arrays.copyOf(datagram, length);
    LoginAdmission admission =
        new LoginAdmission(handshakes, Occupancy.Origin.of(from), id, residence.shard().now());
    boolean taken = handshakes.offer(() -> prove(port, proof, from, admission, id));
    if (!taken) {
      residence.table().release(id);
      drop(DropReason.HANDSHAKE_RATE);
    }
  }

  /** On a thread of the handshakes. */
  private void prove(
      UdpPort port, byte[] proof, PeerAddress from, LoginAdmission admission, long id) {
    HandshakeResult result =
        handshakes
            .datagrams()
            .onDatagram(
                proof,
                0,
                proof.length,
                from.toInetSocketAddress(),
                admission,
                System.currentTimeMillis());
    residence
        .shard()
        .execute(() -> residence.shard().turn(() -> onProven(port, from, admission, id, result)));
  }

  private void onProven(
      UdpPort port, PeerAddress from, LoginAdmission admission, long id, HandshakeResult result) {
    if (result instanceof Accepted accepted
        && accepted.ticket().purpose() == Ticket.Purpose.MOVE
        && !handshakes.isStopped()) {
      residence.table().release(id);
      onMoved(port, from, admission, accepted);
      return;
    }
    if (result instanceof Accepted accepted && !handshakes.isStopped()) {
      UdpConnection connection =
          new UdpConnection(residence, id, accepted.secrets(), port, from, accepted::confirm);
      residence.counters().opened();
      connection.open(handshakes.above(), LoginAdmission.identity(accepted.ticket()));
      // Whoever is told that it is connected can be reached by others.
      port.send(accepted.answer(), accepted.answer().length, from);
      return;
    }
    admission.withdraw();
    residence.table().release(id);
    DropReason refusal = admission.refusal();
    if (refusal != null) {
      drop(refusal);
    } else {
      handshakes.count(result.outcome());
    }
    // A client over the rate is not told: it asks again by itself, more and more slowly.
    if (result instanceof HandshakeResult.Answer(var outcome, byte[] answer)
        && refusal != DropReason.HANDSHAKE_RATE) {
      port.send(answer, answer.length, from);
    }
  }

  /** A client that comes from another node goes to the shard where it is expected. */
  private void onMoved(
      UdpPort port, PeerAddress from, LoginAdmission admission, Accepted accepted) {
    Optional<ExpectedConnection> claimed = handshakes.arrivals().claim(accepted.ticket(), Role.UDP);
    if (claimed.isEmpty()) {
      admission.withdraw();
      drop(DropReason.REFUSED);
      return;
    }
    port.send(accepted.answer(), accepted.answer().length, from);
    ExpectedConnection expected = claimed.get();
    UdpGate home = gates.get(ConnectionTable.shardOf(expected.id()));
    EventShard shard = home.residence.shard();
    shard.execute(
        () -> shard.turn(() -> home.welcome(expected, port.listener(), from, admission, accepted)));
  }

  private void welcome(
      ExpectedConnection expected,
      int listener,
      PeerAddress from,
      LoginAdmission admission,
      Accepted accepted) {
    if (!expected.isOpen()) {
      admission.withdraw();
      drop(DropReason.REFUSED);
      return;
    }
    UdpConnection connection =
        new UdpConnection(
            residence,
            expected.id(),
            accepted.secrets(),
            ports.get(listener),
            from,
            accepted::confirm);
    residence.counters().opened();
    expected.arrive(connection);
  }

  private void drop(DropReason reason) {
    residence.counters().drop(reason);
  }
}

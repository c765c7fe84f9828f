package dev.skein.server.transport;

import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.protocol.session.DatagramSession;
import dev.skein.protocol.session.Received;
import dev.skein.protocol.session.Session;
import dev.skein.server.Role;
import java.net.InetSocketAddress;
import org.jspecify.annotations.Nullable;

/** A client's session over UDP. Confined to its shard. */
final class UdpConnection extends SessionConnection {
  /** One peer's share of a turn; what is left goes with the next one. */
  private static final int FLUSH_MAX_DATAGRAMS = 64;

  private final DatagramSession session;
  private UdpPort port;

  /** What is to be called when the first packet has opened. */
  private @Nullable Runnable confirmation;

  UdpConnection(
      Residence residence,
      long id,
      SessionSecrets secrets,
      UdpPort port,
      PeerAddress path,
      Runnable confirmation) {
    super(residence, id, Occupancy.Origin.of(path));
    this.port = port;
    this.confirmation = confirmation;
    this.session =
        new DatagramSession(
            dev.skein.protocol.session.Role.SERVER,
            id,
            secrets,
            residence.session(),
            path,
            this,
            residence.random(),
            residence.shard().now());
  }

  /** A packet that carries this connection's id, from whoever. */
  void onDatagram(
      UdpPort via, byte[] datagram, int length, boolean v6, long high, long low, int peerPort) {
    PeerAddress path = (PeerAddress) session.path();
    PeerAddress from =
        path.matches(high, low, peerPort) ? path : PeerAddress.of(v6, high, low, peerPort);
    Received received = session.onDatagram(datagram, 0, length, from, residence.shard().now());
    switch (received) {
      case ACCEPTED -> {
        port = via;
        if (confirmation != null) {
          confirmation.run();
          confirmation = null;
        }
      }
      case DUPLICATE -> residence.counters().drop(DropReason.DUPLICATE);
      case NOT_AUTHENTIC -> residence.counters().drop(DropReason.NOT_AUTHENTIC);
      case MALFORMED -> residence.counters().drop(DropReason.MALFORMED);
      case CLOSED -> residence.counters().drop(DropReason.CLOSED);
    }
    if (received == Received.ACCEPTED || received == Received.CLOSED) {
      residence.shard().touch(this);
    }
  }

  @Override
  Session session() {
    return session;
  }

  @Override
  void transmit(long nowNanos) {
    byte[] out = residence.outgoing();
    for (int i = 0; i < FLUSH_MAX_DATAGRAMS; i++) {
      int length = session.poll(out, 0, nowNanos);
      if (length == 0) {
        return;
      }
      port.send(out, length, (PeerAddress) session.pollPath());
    }
  }

  @Override
  boolean canSend() {
    return true;
  }

  /** PROTOCOL §6.1: a CLOSE that was lost is said again when the peer goes on. */
  @Override
  boolean lingers() {
    return session.closeReason().filter(reason -> !reason.byPeer()).isPresent();
  }

  @Override
  void onReleased() {
    // The port is the listener's.
  }

  @Override
  public Role role() {
    return Role.UDP;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return ((PeerAddress) session.path()).toInetSocketAddress();
  }
}

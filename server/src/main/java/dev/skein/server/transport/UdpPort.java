package dev.skein.server.transport;

import java.net.InetSocketAddress;

/** A shard's end of a UDP listener. Confined to its shard. */
interface UdpPort {
  /** The longest datagram that is read or written. */
  int DATAGRAM_MAX_BYTES = 1_200;

  /** Puts a datagram into the turn's batch; the bytes are copied. */
  void send(byte[] datagram, int length, PeerAddress to);

  /** Which of the node's UDP listeners it belongs to, from 0. */
  int listener();

  /** The address the listener is bound to. */
  InetSocketAddress localAddress();

  /** Sends what is in the batch, and frees the socket. */
  void close();

  /** Where a port hands what it reads. */
  interface Reader {
    /**
     * One datagram. The array may be changed, and is valid during the call only. The address is
     * that of {@link PeerAddress}.
     */
    void onDatagram(
        UdpPort port, byte[] datagram, int length, boolean v6, long high, long low, int peerPort);
  }
}

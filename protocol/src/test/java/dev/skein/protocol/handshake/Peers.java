package dev.skein.protocol.handshake;

import dev.skein.protocol.Code;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.crypto.Tickets;
import dev.skein.protocol.session.SessionConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;

/** A listener and the clients that come to it, all from one seed; the tests' starting point. */
final class Peers {
  static final long SERVER_ID = 7;
  static final long START_MILLIS = 1_000_000;
  static final int TICKET_LIFETIME_MILLIS = 30_000;
  static final long CONNECTION_ID = 0x0001_0000_0000_002AL;
  static final byte[] MASTER_KEY = "a master key of the cluster".getBytes();

  final RandomGenerator random = new SplittableRandom(42);
  final Tickets tickets = new Tickets(MASTER_KEY);
  final SessionConfig config = SessionConfig.DEFAULTS;
  final TicketGate gate;
  final ServerHandshake server;
  final StreamServerHandshake streamServer;
  int admissionCode = Code.NONE;

  final Admission admission =
      new Admission() {
        @Override
        public int decide(Ticket ticket) {
          return admissionCode;
        }

        @Override
        public long connectionId(Ticket ticket) {
          return CONNECTION_ID;
        }
      };

  Peers() {
    this(1000);
  }

  Peers(int usedTicketsMax) {
    gate = new TicketGate(tickets, SERVER_ID, START_MILLIS, usedTicketsMax);
    server = new ServerHandshake(gate, config, CipherSuite.ALL_BITS, random);
    streamServer = new StreamServerHandshake(gate, config, CipherSuite.ALL_BITS, random);
  }

  static InetSocketAddress address(int port) {
    try {
      return new InetSocketAddress(InetAddress.getByAddress(new byte[] {10, 0, 0, 1}), port);
    } catch (UnknownHostException e) {
      throw new AssertionError(e);
    }
  }

  Tickets.Issued ticket() {
    return ticket(SERVER_ID, START_MILLIS);
  }

  Tickets.Issued ticket(long serverId, long issuedAtMillis) {
    return tickets.issue(serverId, "alice", issuedAtMillis, TICKET_LIFETIME_MILLIS, random);
  }

  ClientHandshake client(Tickets.Issued issued) {
    return client(issued.sealed(), issued.ticket().key(), CipherSuite.ALL_BITS);
  }

  ClientHandshake client(byte[] sealed, byte[] key, int cipherSuites) {
    return new ClientHandshake(
        sealed,
        key,
        cipherSuites,
        SessionConfig.DEFAULTS,
        ClientHandshake.DEFAULT_TIMEOUT_MILLIS,
        random,
        0);
  }

  /** What the client sends at this time, alone in an array. */
  static byte[] datagram(ClientHandshake client, long nowNanos) {
    byte[] out = new byte[1200];
    if (client.poll(out, 0, nowNanos) != out.length) {
      throw new AssertionError("nothing was due");
    }
    return out;
  }

  HandshakeResult receive(byte[] datagram, int port, long nowMillis) {
    return server.onDatagram(datagram, 0, datagram.length, address(port), admission, nowMillis);
  }

  /** Brings the client to its PROOF, which is returned unsent. */
  byte[] proof(ClientHandshake client, int port, long nowMillis) {
    HandshakeResult.Answer cookie =
        (HandshakeResult.Answer) receive(datagram(client, 0), port, nowMillis);
    client.onDatagram(cookie.bytes(), 0, cookie.bytes().length, 0);
    return datagram(client, 0);
  }
}

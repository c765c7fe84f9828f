package dev.skein.protocol.vectors;

import static dev.skein.protocol.vectors.Vector.bytes;

import dev.skein.protocol.Code;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.crypto.Tickets;
import dev.skein.protocol.crypto.X25519;
import dev.skein.protocol.handshake.Admission;
import dev.skein.protocol.handshake.ClientHandshake;
import dev.skein.protocol.handshake.Established;
import dev.skein.protocol.handshake.HandshakeResult;
import dev.skein.protocol.handshake.ServerHandshake;
import dev.skein.protocol.handshake.StreamClientHandshake;
import dev.skein.protocol.handshake.StreamServerHandshake;
import dev.skein.protocol.handshake.TicketGate;
import dev.skein.protocol.session.SessionConfig;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;

/** Whole handshakes with every secret and every message. */
final class HandshakeVectors {
  static final long CONNECTION_ID = 0x0001_0203_0405_0607L;
  private static final long SERVER_ID = 0x1122_3344_5566_7788L;
  private static final long NOW_MILLIS = 1_700_000_000_000L;
  private static final byte[] MASTER_KEY = bytes(0x00, 32);
  private static final byte[] CLIENT_PRIVATE = bytes(0x20, 32);
  private static final byte[] CLIENT_RANDOM = bytes(0x40, 16);
  private static final byte[] SERVER_PRIVATE = bytes(0x60, 32);
  private static final byte[] PROCESS_SALT = bytes(0x80, 16);
  private static final byte[] COOKIE_SECRET = bytes(0x90, 32);
  private static final int LIFETIME_MILLIS = 30_000;

  private static final Tickets TICKETS = new Tickets(MASTER_KEY);

  private HandshakeVectors() {}

  /** Admits everyone, or refuses everyone with a code. */
  private record Verdict(int code) implements Admission {
    @Override
    public int decide(Ticket ticket) {
      return code;
    }

    @Override
    public long connectionId(Ticket ticket) {
      return CONNECTION_ID;
    }
  }

  private static Tickets.Issued issue() {
    ScriptedRandom random =
        new ScriptedRandom(bytes(0xB0, 16), bytes(0xC0, 16), bytes(0xD0, 32), bytes(0xA0, 12));
    return TICKETS.issue(SERVER_ID, "alice", NOW_MILLIS, LIFETIME_MILLIS, random);
  }

  private static TicketGate gate() {
    return new TicketGate(TICKETS, SERVER_ID, NOW_MILLIS, 10);
  }

  static Vector ticket() {
    Tickets.Issued issued = issue();
    return new Vector()
        .with("masterKey", MASTER_KEY)
        .with("nonce", bytes(0xA0, 12))
        .with("ticketId", issued.ticket().id())
        .with("serverId", SERVER_ID)
        .with("issuedAtMillis", NOW_MILLIS)
        .with("expiresAtMillis", NOW_MILLIS + LIFETIME_MILLIS)
        .with("sid", issued.ticket().sid())
        .with("ticketKey", issued.ticket().key())
        .with("uid", issued.ticket().uid())
        .with("ticket", issued.sealed());
  }

  private static Vector inputs(Tickets.Issued issued) {
    return new Vector()
        .with("ticket", issued.sealed())
        .with("ticketKey", issued.ticket().key())
        .with("clientPrivateKey", CLIENT_PRIVATE)
        .with("clientRandom", CLIENT_RANDOM)
        .with("serverPrivateKey", SERVER_PRIVATE)
        .with("processSalt", PROCESS_SALT)
        .with(
            "sharedSecret",
            X25519.agree(CLIENT_PRIVATE, X25519.publicKey(SERVER_PRIVATE)).orElseThrow());
  }

  /** HELLO to ACCEPT over UDP, and the REFUSE a full node would have sent. */
  static Vector udp(CipherSuite suite) throws UnknownHostException {
    Tickets.Issued issued = issue();
    ClientHandshake client =
        new ClientHandshake(
            issued.sealed(),
            issued.ticket().key(),
            suite.bit(),
            SessionConfig.DEFAULTS,
            ClientHandshake.DEFAULT_TIMEOUT_MILLIS,
            new ScriptedRandom(CLIENT_PRIVATE, CLIENT_RANDOM),
            0);
    ServerHandshake server =
        new ServerHandshake(
            gate(),
            SessionConfig.DEFAULTS,
            CipherSuite.ALL_BITS,
            new ScriptedRandom(PROCESS_SALT, COOKIE_SECRET, SERVER_PRIVATE));
    InetSocketAddress address =
        new InetSocketAddress(InetAddress.getByAddress(bytes(0x0A, 4)), 40_000);

    byte[] hello = new byte[1200];
    client.poll(hello, 0, 0);
    byte[] cookie = answer(server, hello, address, Code.NONE);
    client.onDatagram(cookie, 0, cookie.length, 0);
    byte[] proof = new byte[1200];
    client.poll(proof, 0, 0);
    byte[] refuse = answer(server, proof, address, Code.FULL);
    byte[] accept = answer(server, proof, address, Code.NONE);
    client.onDatagram(accept, 0, accept.length, 0);
    Established established = client.established().orElseThrow();
    return new Vector()
        .with("inputs", inputs(issued))
        .with("cookieSecret", COOKIE_SECRET)
        .with("clientAddress", address.getAddress().getAddress())
        .with("clientPort", address.getPort())
        .with("nowMillis", NOW_MILLIS)
        .with("hello", hello)
        .with("cookie", cookie)
        .with("proof", proof)
        .with("accept", accept)
        .with("refuseWithCode1010", refuse)
        .with("secrets", established.secrets());
  }

  private static byte[] answer(
      ServerHandshake server, byte[] datagram, InetSocketAddress from, int code) {
    HandshakeResult result =
        server.onDatagram(datagram, 0, datagram.length, from, new Verdict(code), NOW_MILLIS);
    return switch (result) {
      case HandshakeResult.Answer answer -> answer.bytes();
      case HandshakeResult.Accepted accepted -> accepted.answer();
      case HandshakeResult.Resume resume -> throw new AssertionError(resume);
      case HandshakeResult.Dropped dropped -> throw new AssertionError(dropped);
    };
  }

  /** The two ends of a stream whose handshake is done, and its messages. */
  record StreamTalk(byte[] hello, byte[] accept, Established established) {}

  static StreamTalk streamTalk() {
    Tickets.Issued issued = issue();
    StreamClientHandshake client =
        new StreamClientHandshake(
            issued.sealed(),
            issued.ticket().key(),
            CipherSuite.ALL_BITS,
            SessionConfig.DEFAULTS,
            new ScriptedRandom(CLIENT_PRIVATE, CLIENT_RANDOM));
    StreamServerHandshake server =
        new StreamServerHandshake(
            gate(),
            SessionConfig.DEFAULTS,
            CipherSuite.ALL_BITS,
            new ScriptedRandom(PROCESS_SALT, SERVER_PRIVATE));
    byte[] hello = client.hello();
    HandshakeResult.Accepted accepted =
        (HandshakeResult.Accepted)
            server.onFirstRecord(hello, 0, hello.length, new Verdict(Code.NONE), NOW_MILLIS);
    client.onRecord(accepted.answer(), 0, accepted.answer().length);
    return new StreamTalk(hello, accepted.answer(), client.established().orElseThrow());
  }

  static Vector stream(StreamTalk talk) {
    return new Vector()
        .with("inputs", inputs(issue()))
        .with("streamHello", talk.hello())
        .with("streamAccept", talk.accept())
        .with("secrets", talk.established().secrets());
  }
}

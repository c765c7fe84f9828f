package dev.skein.protocol.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Code;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.protocol.crypto.Tickets;
import dev.skein.protocol.packet.BigEndian;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandshakeTest {
  private static final int PORT = 4000;
  private static final long NOW = Peers.START_MILLIS;

  private final Peers peers = new Peers();

  private static void assertSameSecrets(SessionSecrets one, SessionSecrets other) {
    assertThat(one.suite()).isEqualTo(other.suite());
    assertThat(one.clientToServer()).isEqualTo(other.clientToServer());
    assertThat(one.serverToClient()).isEqualTo(other.serverToClient());
    assertThat(one.resume()).isEqualTo(other.resume());
  }

  @Test
  void bothEndsArriveAtTheSameSecretsAndParameters() {
    Tickets.Issued issued = peers.ticket();
    ClientHandshake client = peers.client(issued);

    byte[] proof = peers.proof(client, PORT, NOW);
    var accepted = (HandshakeResult.Accepted) peers.receive(proof, PORT, NOW);
    assertThat(client.onDatagram(accepted.answer(), 0, accepted.answer().length, 0)).isTrue();

    Established established = client.established().orElseThrow();
    assertSameSecrets(established.secrets(), accepted.secrets());
    assertThat(established.connectionId()).isEqualTo(Peers.CONNECTION_ID);
    assertThat(established.config()).isEqualTo(peers.config);
    assertThat(accepted.ticket().uid()).isEqualTo("alice");
    assertThat(accepted.ticket().sidText()).isEqualTo(issued.ticket().sidText()).hasSize(32);
    assertThat(client.nextTimeoutNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void theCommonCipherIsChosenAndWithoutOneTheClientIsToldSo() {
    Tickets.Issued issued = peers.ticket();
    ClientHandshake client =
        peers.client(issued.sealed(), issued.ticket().key(), CipherSuite.CHACHA20_POLY1305.bit());
    var accepted =
        (HandshakeResult.Accepted) peers.receive(peers.proof(client, PORT, NOW), PORT, NOW);
    assertThat(accepted.secrets().suite()).isEqualTo(CipherSuite.CHACHA20_POLY1305);

    ServerHandshake aesOnly =
        new ServerHandshake(peers.gate, peers.config, CipherSuite.AES_128_GCM.bit(), peers.random);
    Tickets.Issued second = peers.ticket();
    ClientHandshake unlucky =
        peers.client(second.sealed(), second.ticket().key(), CipherSuite.CHACHA20_POLY1305.bit());
    var cookie = (HandshakeResult.Answer) receive(aesOnly, Peers.datagram(unlucky, 0));
    unlucky.onDatagram(cookie.bytes(), 0, cookie.bytes().length, 0);
    var refusal = (HandshakeResult.Answer) receive(aesOnly, Peers.datagram(unlucky, 0));
    assertThat(refusal.outcome()).isEqualTo(HandshakeOutcome.WRONG_VERSION);
    assertThat(unlucky.onDatagram(refusal.bytes(), 0, refusal.bytes().length, 0)).isTrue();
    assertThat(unlucky.failure().orElseThrow().code()).isEqualTo(Code.UNSUPPORTED_VERSION);
  }

  private HandshakeResult receive(ServerHandshake server, byte[] datagram) {
    return server.onDatagram(
        datagram, 0, datagram.length, Peers.address(PORT), peers.admission, NOW);
  }

  @Test
  void noAnswerIsLargerThanItsQuestion() {
    ClientHandshake client = peers.client(peers.ticket());
    byte[] hello = Peers.datagram(client, 0);
    var cookie = (HandshakeResult.Answer) peers.receive(hello, PORT, NOW);
    assertThat(cookie.bytes()).hasSize(57).hasSizeLessThanOrEqualTo(hello.length);

    client.onDatagram(cookie.bytes(), 0, cookie.bytes().length, 0);
    byte[] proof = Peers.datagram(client, 0);
    var accepted = (HandshakeResult.Accepted) peers.receive(proof, PORT, NOW);
    assertThat(accepted.answer()).hasSize(125).hasSizeLessThanOrEqualTo(proof.length);
  }

  @Test
  void theClientResendsAtGrowingIntervalsAndGivesUpAtItsDeadline() {
    ClientHandshake client = peers.client(peers.ticket());
    byte[] out = new byte[1200];
    long[] dueMillis = {0, 250, 750, 1750, 2750, 3750, 4750, 5750, 6750, 7750, 8750, 9750};
    for (long due : dueMillis) {
      long nanos = TimeUnit.MILLISECONDS.toNanos(due);
      assertThat(client.nextTimeoutNanos()).isEqualTo(nanos);
      assertThat(client.poll(out, 0, nanos - 1)).isZero();
      assertThat(client.poll(out, 0, nanos)).isEqualTo(1200);
    }
    long deadline = TimeUnit.MILLISECONDS.toNanos(10_000);
    assertThat(client.nextTimeoutNanos()).isEqualTo(deadline);
    client.poll(out, 0, deadline - 1);
    assertThat(client.failure()).isEmpty();
    assertThat(client.poll(out, 0, deadline)).isZero();
    assertThat(client.failure().orElseThrow().code()).isEqualTo(Code.TIMEOUT);
  }

  @Test
  void anAnswerThatIsNotAuthenticChangesNothingAtTheClient() {
    ClientHandshake client = peers.client(peers.ticket());
    byte[] proof = peers.proof(client, PORT, NOW);
    byte[] accept = ((HandshakeResult.Accepted) peers.receive(proof, PORT, NOW)).answer();
    for (int at = 0; at < accept.length; at++) {
      byte[] changed = accept.clone();
      changed[at] ^= 1;
      assertThat(client.onDatagram(changed, 0, changed.length, 0)).isFalse();
    }
    assertThat(client.onDatagram(accept, 0, accept.length - 1, 0)).isFalse();
    assertThat(client.established()).isEmpty();
    assertThat(client.failure()).isEmpty();
    assertThat(client.onDatagram(accept, 0, accept.length, 0)).isTrue();
  }

  @Test
  void afterTheFirstProofHelloAndProofGoOutByTurns() {
    ClientHandshake client = peers.client(peers.ticket());
    peers.proof(client, PORT, NOW);
    long[] dueMillis = {250, 750, 1750, 2750, 3750};
    for (int i = 0; i < dueMillis.length; i++) {
      long nanos = TimeUnit.MILLISECONDS.toNanos(dueMillis[i]);
      assertThat(client.nextTimeoutNanos()).isEqualTo(nanos);
      assertThat(Peers.datagram(client, nanos)[0])
          .isEqualTo(i % 2 == 0 ? Layout.HELLO : Layout.PROOF);
    }
  }

  @Test
  void anotherCookieCallsForAProofAtOnceButTheSameDoesNot() {
    ClientHandshake client = peers.client(peers.ticket());
    byte[] cookie = cookie(Peers.datagram(client, 0), NOW);
    assertThat(client.onDatagram(cookie, 0, cookie.length, 0)).isTrue();
    Peers.datagram(client, 0);
    long now = client.nextTimeoutNanos();
    byte[] hello = Peers.datagram(client, now);
    assertThat(client.onDatagram(cookie, 0, cookie.length, now)).isFalse();
    assertThat(client.nextTimeoutNanos()).isGreaterThan(now);

    byte[] another = cookie(hello, NOW + 250);
    assertThat(client.onDatagram(another, 0, another.length, now)).isTrue();
    assertThat(client.nextTimeoutNanos()).isEqualTo(now);
    byte[] proof = Peers.datagram(client, now);
    assertThat(peers.receive(proof, PORT, NOW + 250)).isInstanceOf(HandshakeResult.Accepted.class);
  }

  @Test
  void aFloodOfCookiesCallsForOneProofForEachHello() {
    ClientHandshake client = peers.client(peers.ticket());
    byte[] cookie = cookie(Peers.datagram(client, 0), NOW);
    int sent = 1;
    byte[] out = new byte[1200];
    for (int millis = 0; millis < 9_000; millis++) {
      long nanos = TimeUnit.MILLISECONDS.toNanos(millis);
      BigEndian.putInt(cookie, cookie.length - 4, millis);
      assertThat(client.onDatagram(cookie, 0, cookie.length, nanos)).isTrue();
      while (client.poll(out, 0, nanos) > 0) {
        sent++;
      }
    }
    // HELLO and PROOF at 0, ten by the schedule, and a PROOF at once after each HELLO of those.
    assertThat(sent).isEqualTo(2 + 10 + 5);
  }

  private byte[] cookie(byte[] hello, long nowMillis) {
    return ((HandshakeResult.Answer) peers.receive(hello, PORT, nowMillis)).bytes();
  }

  @Test
  void aFullNodeRefusesAndTheTicketStaysUsable() {
    ClientHandshake client = peers.client(peers.ticket());
    byte[] proof = peers.proof(client, PORT, NOW);
    peers.admissionCode = Code.FULL;
    var refusal = (HandshakeResult.Answer) peers.receive(proof, PORT, NOW);
    assertThat(refusal.outcome()).isEqualTo(HandshakeOutcome.REFUSED);

    peers.admissionCode = Code.NONE;
    assertThat(peers.receive(proof, PORT, NOW)).isInstanceOf(HandshakeResult.Accepted.class);

    assertThat(client.onDatagram(refusal.bytes(), 0, refusal.bytes().length, 0)).isTrue();
    assertThat(client.failure().orElseThrow().code()).isEqualTo(Code.FULL);
  }

  @Test
  void aStreamNeedsOneRoundTripAndNoCookie() {
    Tickets.Issued issued = peers.ticket();
    StreamClientHandshake client = streamClient(issued);
    byte[] hello = client.hello();
    var accepted =
        (HandshakeResult.Accepted)
            peers.streamServer.onFirstRecord(hello, 0, hello.length, peers.admission, NOW);
    client.onRecord(accepted.answer(), 0, accepted.answer().length);
    assertSameSecrets(client.established().orElseThrow().secrets(), accepted.secrets());
  }

  @Test
  void aRecordedStreamHelloIsRefused() {
    byte[] hello = streamClient(peers.ticket()).hello();
    peers.streamServer.onFirstRecord(hello, 0, hello.length, peers.admission, NOW);
    var refusal =
        (HandshakeResult.Answer)
            peers.streamServer.onFirstRecord(hello, 0, hello.length, peers.admission, NOW);
    assertThat(refusal.outcome()).isEqualTo(HandshakeOutcome.REUSED);
    assertThat(StreamClientHandshake.refusal(refusal.bytes(), 0, refusal.bytes().length))
        .hasValueSatisfying(reason -> assertThat(reason.code()).isEqualTo(Code.UNAUTHORIZED));
  }

  private StreamClientHandshake streamClient(Tickets.Issued issued) {
    return new StreamClientHandshake(
        issued.sealed(), issued.ticket().key(), CipherSuite.ALL_BITS, peers.config, peers.random);
  }
}

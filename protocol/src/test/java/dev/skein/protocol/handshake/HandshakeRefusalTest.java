package dev.skein.protocol.handshake;

import static dev.skein.protocol.handshake.Peers.START_MILLIS;
import static dev.skein.protocol.handshake.Peers.TICKET_LIFETIME_MILLIS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Code;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.Hkdf;
import dev.skein.protocol.crypto.Tickets;
import dev.skein.protocol.packet.BigEndian;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Each way a handshake is refused has its counter, and each time limit has two sides. */
class HandshakeRefusalTest {
  private static final int PORT = 4000;
  private static final long NOW = START_MILLIS;

  private final Peers peers = new Peers();

  private void assertDropped(HandshakeResult result, HandshakeOutcome reason) {
    assertThat(result).isEqualTo(new HandshakeResult.Dropped(reason));
    assertThat(peers.gate.counters().count(reason)).isEqualTo(1);
    assertThat(peers.gate.counters().count(HandshakeOutcome.ACCEPTED)).isZero();
    assertThat(peers.gate.usedTickets()).isZero();
  }

  private void assertAccepted(HandshakeResult result) {
    assertThat(result).isInstanceOf(HandshakeResult.Accepted.class);
  }

  @Test
  void aCookieIsGoodForTenSecondsAndNoLonger() {
    byte[] proof = peers.proof(peers.client(peers.ticket()), PORT, NOW);
    long last = NOW + ServerHandshake.COOKIE_MAX_AGE_MILLIS;
    assertDropped(peers.receive(proof, PORT, last + 1), HandshakeOutcome.EXPIRED_COOKIE);
    assertAccepted(peers.receive(proof, PORT, last));
  }

  @Test
  void aCookieFromTheFutureIsRefused() {
    byte[] proof = peers.proof(peers.client(peers.ticket()), PORT, NOW + 1);
    assertDropped(peers.receive(proof, PORT, NOW), HandshakeOutcome.EXPIRED_COOKIE);
  }

  @Test
  void aCookieIsGoodForItsAddressAndPortOnly() {
    byte[] proof = peers.proof(peers.client(peers.ticket()), PORT, NOW);
    assertDropped(peers.receive(proof, PORT + 1, NOW), HandshakeOutcome.BAD_COOKIE);
  }

  @Test
  void aCookieIsGoodForItsClientKeyRandomAndTicketOnly() {
    int[] changes = {Layout.CLIENT_KEY_AT, Layout.CLIENT_RANDOM_AT, Layout.TICKET_AT + 7};
    byte[] proof = peers.proof(peers.client(peers.ticket()), PORT, NOW);
    for (int at : changes) {
      byte[] changed = proof.clone();
      changed[at] ^= 1;
      peers.receive(changed, PORT, NOW);
    }
    assertThat(peers.gate.counters().count(HandshakeOutcome.BAD_COOKIE)).isEqualTo(3);
  }

  @Test
  void aCookieOfAnotherProcessIsRefused() {
    Peers other = new Peers();
    ServerHandshake restarted =
        new ServerHandshake(peers.gate, peers.config, CipherSuite.ALL_BITS, peers.random);
    byte[] proof = other.proof(other.client(other.ticket()), PORT, NOW);
    assertDropped(
        restarted.onDatagram(proof, 0, proof.length, Peers.address(PORT), peers.admission, NOW),
        HandshakeOutcome.BAD_COOKIE);
  }

  @Test
  void aTicketIsGoodUntilItExpiresAndNoLonger() {
    long last = NOW + TICKET_LIFETIME_MILLIS;
    byte[] late = peers.proof(peers.client(peers.ticket()), PORT, last);
    assertDropped(peers.receive(late, PORT, last + 1), HandshakeOutcome.EXPIRED);
    assertAccepted(peers.receive(late, PORT, last));
  }

  @Test
  void aTicketFromBeforeTheProcessStartIsRefused() {
    Tickets.Issued older = peers.ticket(Peers.SERVER_ID, START_MILLIS - 1);
    byte[] proof = peers.proof(peers.client(older), PORT, NOW);
    assertDropped(peers.receive(proof, PORT, NOW), HandshakeOutcome.BEFORE_START);

    Tickets.Issued first = peers.ticket(Peers.SERVER_ID, START_MILLIS);
    assertAccepted(peers.receive(peers.proof(peers.client(first), PORT, NOW), PORT, NOW));
  }

  @Test
  void aTicketForAnotherServerIsRefused() {
    Tickets.Issued foreign = peers.ticket(Peers.SERVER_ID + 1, NOW);
    byte[] proof = peers.proof(peers.client(foreign), PORT, NOW);
    assertDropped(peers.receive(proof, PORT, NOW), HandshakeOutcome.OTHER_SERVER);
  }

  @Test
  void aForgedTicketIsRefused() {
    Tickets strangers = new Tickets(new byte[32]);
    Tickets.Issued forged =
        strangers.issue(Peers.SERVER_ID, "alice", NOW, TICKET_LIFETIME_MILLIS, peers.random);
    byte[] proof = peers.proof(peers.client(forged), PORT, NOW);
    assertDropped(peers.receive(proof, PORT, NOW), HandshakeOutcome.FORGED);
  }

  @Test
  void aStolenTicketWithoutItsKeyIsRefused() {
    Tickets.Issued issued = peers.ticket();
    ClientHandshake thief = peers.client(issued.sealed(), new byte[32], CipherSuite.ALL_BITS);
    byte[] proof = peers.proof(thief, PORT, NOW);
    assertDropped(peers.receive(proof, PORT, NOW), HandshakeOutcome.BAD_MAC);
    assertAccepted(peers.receive(peers.proof(peers.client(issued), PORT, NOW), PORT, NOW));
  }

  @Test
  void aSecondClientKeyUnderOneTicketIsReused() {
    Tickets.Issued issued = peers.ticket();
    byte[] first = peers.proof(peers.client(issued), PORT, NOW);
    byte[] second = peers.proof(peers.client(issued), PORT, NOW);
    assertAccepted(peers.receive(first, PORT, NOW));
    assertThat(peers.receive(second, PORT, NOW))
        .isEqualTo(new HandshakeResult.Dropped(HandshakeOutcome.REUSED));
    assertThat(peers.gate.counters().count(HandshakeOutcome.REUSED)).isEqualTo(1);
  }

  @Test
  void aRepeatedProofGetsTheSameAcceptUntilTheSessionIsConfirmed() {
    byte[] proof = peers.proof(peers.client(peers.ticket()), PORT, NOW);
    var accepted = (HandshakeResult.Accepted) peers.receive(proof, PORT, NOW);
    var repeated = (HandshakeResult.Answer) peers.receive(proof, PORT, NOW + 1);
    assertThat(repeated.outcome()).isEqualTo(HandshakeOutcome.REPEATED);
    assertThat(repeated.bytes()).isEqualTo(accepted.answer());

    accepted.confirm();
    assertThat(peers.receive(proof, PORT, NOW + 2))
        .isEqualTo(new HandshakeResult.Dropped(HandshakeOutcome.REPEATED));
    assertThat(peers.gate.counters().count(HandshakeOutcome.ACCEPTED)).isEqualTo(1);
  }

  @Test
  void proofsThatDifferOnlyInTheirCookieAreOneHandshake() {
    ClientHandshake client = peers.client(peers.ticket());
    byte[] first = peers.proof(client, PORT, NOW);
    long later = client.nextTimeoutNanos();
    byte[] hello = Peers.datagram(client, later);
    var cookie = (HandshakeResult.Answer) peers.receive(hello, PORT, NOW + 250);
    client.onDatagram(cookie.bytes(), 0, cookie.bytes().length, later);
    byte[] second = Peers.datagram(client, later);
    assertThat(second).isNotEqualTo(first);

    var accepted = (HandshakeResult.Accepted) peers.receive(first, PORT, NOW + 250);
    var repeated = (HandshakeResult.Answer) peers.receive(second, PORT, NOW + 250);
    assertThat(repeated.outcome()).isEqualTo(HandshakeOutcome.REPEATED);
    assertThat(repeated.bytes()).isEqualTo(accepted.answer());

    second[Proof.proof(second, 0, second.length).orElseThrow().cookieOffset()] ^= 1;
    assertThat(peers.receive(second, PORT, NOW + 250))
        .isEqualTo(new HandshakeResult.Dropped(HandshakeOutcome.BAD_COOKIE));
  }

  @Test
  void aRecordedHandshakeReplayedLaterChangesNothing() {
    Tickets.Issued issued = peers.ticket();
    ClientHandshake client = peers.client(issued);
    byte[] hello = Peers.datagram(client, 0);
    var cookie = (HandshakeResult.Answer) peers.receive(hello, PORT, NOW);
    client.onDatagram(cookie.bytes(), 0, cookie.bytes().length, 0);
    byte[] proof = Peers.datagram(client, 0);
    ((HandshakeResult.Accepted) peers.receive(proof, PORT, NOW)).confirm();

    for (long later : new long[] {NOW, NOW + 10_000, NOW + 20_000, NOW + 1_000_000}) {
      peers.receive(hello, PORT, later);
      assertThat(peers.receive(proof, PORT, later)).isInstanceOf(HandshakeResult.Dropped.class);
      assertThat(peers.receive(proof, PORT + 1, later)).isInstanceOf(HandshakeResult.Dropped.class);
    }
    assertThat(peers.gate.usedTickets()).isEqualTo(1);
  }

  @Test
  void anotherVersionIsToldSoOnceItIsAuthentic() {
    Tickets.Issued issued = peers.ticket();
    byte[] proof = peers.proof(peers.client(issued), PORT, NOW);
    int macAt = Layout.TICKET_AT + issued.sealed().length;
    BigEndian.putInt(proof, Layout.VERSION_AT, 2);
    byte[] key = Hkdf.expand(issued.ticket().key(), Layout.PROOF_LABEL, Hkdf.HASH_BYTES);
    System.arraycopy(Hkdf.hmac(key, proof, 0, macAt), 0, proof, macAt, Layout.MAC_BYTES);

    var refusal = (HandshakeResult.Answer) peers.receive(proof, PORT, NOW);
    assertThat(refusal.outcome()).isEqualTo(HandshakeOutcome.WRONG_VERSION);
    assertThat(BigEndian.getShort(refusal.bytes(), Layout.REFUSE_CODE_AT))
        .isEqualTo(Code.UNSUPPORTED_VERSION);
    assertThat(peers.gate.counters().count(HandshakeOutcome.WRONG_VERSION)).isEqualTo(1);
    assertThat(peers.gate.usedTickets()).isZero();
  }

  @Test
  void aKeyOfSmallOrderIsRefused() {
    Tickets.Issued issued = peers.ticket();
    byte[] hello = Peers.datagram(peers.client(issued), 0);
    Arrays.fill(hello, Layout.CLIENT_KEY_AT, Layout.CLIENT_RANDOM_AT, (byte) 0);
    var cookie = (HandshakeResult.Answer) peers.receive(hello, PORT, NOW);

    byte[] proof = hello.clone();
    proof[0] = Layout.PROOF;
    int macAt = Layout.TICKET_AT + issued.sealed().length;
    int cookieAt = macAt + Layout.MAC_BYTES;
    System.arraycopy(cookie.bytes(), 1 + Layout.RANDOM_BYTES, proof, cookieAt, Layout.COOKIE_BYTES);
    byte[] key = Hkdf.expand(issued.ticket().key(), Layout.PROOF_LABEL, Hkdf.HASH_BYTES);
    System.arraycopy(Hkdf.hmac(key, proof, 0, macAt), 0, proof, macAt, Layout.MAC_BYTES);
    assertThat(peers.receive(proof, PORT, NOW))
        .isEqualTo(new HandshakeResult.Dropped(HandshakeOutcome.BAD_KEY));
  }

  @Test
  void messagesOfAnotherLengthOrTypeAreMalformed() {
    byte[] hello = Peers.datagram(peers.client(peers.ticket()), 0);
    byte[] shorter = Arrays.copyOf(hello, 1199);
    byte[] longer = Arrays.copyOf(hello, 1201);
    byte[] unknown = hello.clone();
    unknown[0] = 0x06;
    byte[] longTicket = hello.clone();
    BigEndian.putShort(longTicket, Layout.TICKET_LENGTH_AT, 0xFFFF);
    byte[][] all = {shorter, longer, unknown, longTicket, {}, {Layout.PROOF}};
    for (byte[] datagram : all) {
      assertThat(peers.receive(datagram, PORT, NOW))
          .isEqualTo(new HandshakeResult.Dropped(HandshakeOutcome.MALFORMED));
    }
    assertThat(peers.gate.counters().count(HandshakeOutcome.MALFORMED)).isEqualTo(all.length);
  }

  @Test
  void whenTooManyUsedTicketsAreRememberedOthersAreRefusedUntilOneExpires() {
    Peers small = new Peers(2);
    for (int i = 0; i < 2; i++) {
      assertAccepted(
          small.receive(small.proof(small.client(small.ticket()), PORT, NOW), PORT, NOW));
    }
    ClientHandshake third = small.client(small.ticket());
    byte[] proof = small.proof(third, PORT, NOW);
    var refusal = (HandshakeResult.Answer) small.receive(proof, PORT, NOW);
    third.onDatagram(refusal.bytes(), 0, refusal.bytes().length, 0);
    assertThat(third.failure().orElseThrow().code()).isEqualTo(Code.FULL);

    long last = NOW + TICKET_LIFETIME_MILLIS;
    Tickets.Issued fresh = small.ticket(Peers.SERVER_ID, last);
    byte[] onTheLastMilli = small.proof(small.client(fresh), PORT, last);
    assertThat(small.receive(onTheLastMilli, PORT, last).outcome())
        .isEqualTo(HandshakeOutcome.REFUSED);
    assertAccepted(small.receive(onTheLastMilli, PORT, last + 1));
    assertThat(small.gate.usedTickets()).isEqualTo(1);
  }
}

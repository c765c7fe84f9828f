package dev.skein.protocol.handshake;

import static dev.skein.protocol.handshake.HandshakeOutcome.ACCEPTED;
import static dev.skein.protocol.handshake.HandshakeOutcome.BAD_KEY;
import static dev.skein.protocol.handshake.HandshakeOutcome.BAD_MAC;
import static dev.skein.protocol.handshake.HandshakeOutcome.FORGED;
import static dev.skein.protocol.handshake.HandshakeOutcome.REFUSED;
import static dev.skein.protocol.handshake.HandshakeOutcome.REPEATED;
import static dev.skein.protocol.handshake.HandshakeOutcome.REUSED;
import static dev.skein.protocol.handshake.HandshakeOutcome.WRONG_VERSION;

import dev.skein.protocol.Code;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.Hkdf;
import dev.skein.protocol.crypto.KeySchedule;
import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.crypto.X25519;
import dev.skein.protocol.packet.BigEndian;
import dev.skein.protocol.session.SessionConfig;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The half of the server's handshake that datagrams and streams share: from a ticket and a proof to
 * an accepted session. The costly key agreement comes after every check. Any thread may call.
 */
final class Acceptor {
  private final TicketGate gate;
  private final SessionConfig config;
  private final int cipherSuites;
  private final RandomGenerator random;
  private final byte[] processSalt;

  Acceptor(TicketGate gate, SessionConfig config, int cipherSuites, RandomGenerator random) {
    if (CipherSuite.choose(cipherSuites).isEmpty()) {
      throw new IllegalArgumentException("cipherSuites " + cipherSuites + " allows none");
    }
    this.gate = gate;
    this.config = config;
    this.cipherSuites = cipherSuites;
    this.random = random;
    this.processSalt = new byte[Layout.SALT_BYTES];
    random.nextBytes(processSalt);
  }

  HandshakeResult dropped(HandshakeOutcome reason) {
    gate.counters().add(reason);
    return new HandshakeResult.Dropped(reason);
  }

  HandshakeResult answer(HandshakeOutcome outcome, byte[] bytes) {
    gate.counters().add(outcome);
    return new HandshakeResult.Answer(outcome, bytes);
  }

  HandshakeResult resume(long connectionId, byte[] refusal) {
    gate.counters().add(HandshakeOutcome.RESUME);
    return new HandshakeResult.Resume(connectionId, refusal);
  }

  /** Judges a PROOF whose cookie is good, or a STREAM_HELLO. */
  HandshakeResult accept(Proof proof, Replies replies, Admission admission, long nowMillis) {
    Optional<Ticket> opened = gate.open(proof.buffer(), proof.ticketOffset(), proof.ticketLength());
    if (opened.isEmpty()) {
      return dropped(FORGED);
    }
    Ticket ticket = opened.get();
    Optional<HandshakeOutcome> objection = gate.objection(ticket, nowMillis);
    if (objection.isPresent()) {
      return dropped(objection.get());
    }
    if (!proof.macIsBy(ticket.key())) {
      return dropped(BAD_MAC);
    }
    byte[] proven = proof.throughMac();
    byte[] proofHash = Hkdf.sha256(proven);
    Optional<UsedTickets.Use> use = gate.used().find(ticket);
    if (use.isPresent()) {
      return repeated(use.get(), proofHash, replies);
    }
    Optional<CipherSuite> suite = CipherSuite.choose(proof.cipherSuites() & cipherSuites);
    if (proof.version() != Layout.VERSION || suite.isEmpty()) {
      return answer(
          WRONG_VERSION, replies.refuse(proof, proven, ticket.key(), Code.UNSUPPORTED_VERSION));
    }
    int code = gate.used().hasRoom(nowMillis) ? admission.decide(ticket) : Code.FULL;
    if (code != Code.NONE) {
      return answer(REFUSED, replies.refuse(proof, proven, ticket.key(), code));
    }
    return gate.used()
        .claim(ticket, proofHash, nowMillis)
        .map(claim -> grant(proof, proven, replies, suite.get(), ticket, admission, claim))
        .orElseGet(() -> dropped(REPEATED));
  }

  private HandshakeResult repeated(UsedTickets.Use use, byte[] proofHash, Replies replies) {
    if (!replies.repeatable() || !MessageDigest.isEqual(use.proofHash(), proofHash)) {
      return dropped(REUSED);
    }
    byte[] answer = use.answer();
    return answer == null ? dropped(REPEATED) : answer(REPEATED, answer);
  }

  private HandshakeResult grant(
      Proof proof,
      byte[] proven,
      Replies replies,
      CipherSuite suite,
      Ticket ticket,
      Admission admission,
      UsedTickets.Use use) {
    byte[] serverPrivate = X25519.privateKey(random);
    Optional<byte[]> shared = X25519.agree(serverPrivate, proof.clientKey());
    if (shared.isEmpty()) {
      return dropped(BAD_KEY);
    }
    byte[] clientRandom = proof.clientRandom();
    long connectionId = admission.connectionId(ticket);
    byte[] accept = new byte[Layout.ACCEPT_BYTES];
    accept[0] = replies.acceptType();
    System.arraycopy(clientRandom, 0, accept, 1, Layout.RANDOM_BYTES);
    BigEndian.putLong(accept, Layout.ACCEPT_ID_AT, connectionId);
    System.arraycopy(
        X25519.publicKey(serverPrivate), 0, accept, Layout.ACCEPT_KEY_AT, X25519.KEY_BYTES);
    System.arraycopy(processSalt, 0, accept, Layout.ACCEPT_SALT_AT, Layout.SALT_BYTES);
    new SessionParameters(suite, config).write(accept, Layout.ACCEPT_PARAMETERS_AT);
    Transcript transcript = Transcript.of(proven, accept, 0, Layout.ACCEPT_MAC_AT);
    System.arraycopy(
        transcript.mac(ticket.key()), 0, accept, Layout.ACCEPT_MAC_AT, Layout.MAC_BYTES);
    SessionSecrets secrets =
        KeySchedule.secrets(
            suite,
            Hkdf.concat(processSalt, clientRandom),
            Hkdf.concat(ticket.key(), shared.get()),
            transcript.hash());
    use.answerWith(accept);
    gate.counters().add(ACCEPTED);
    return new HandshakeResult.Accepted(accept, connectionId, ticket, secrets, use);
  }
}

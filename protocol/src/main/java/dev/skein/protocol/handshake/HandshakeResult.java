package dev.skein.protocol.handshake;

import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.protocol.crypto.Ticket;

/** What the transport has to do after a handshake message. */
@SuppressWarnings("ArrayRecordComponent")
public sealed interface HandshakeResult {

  /** How it ended; already counted. */
  HandshakeOutcome outcome();

  /** Send this back; on a stream, then close it. Nothing was allocated for the client. */
  record Answer(HandshakeOutcome outcome, byte[] bytes) implements HandshakeResult {}

  /** Send {@link #answer} back and open the session. */
  final class Accepted implements HandshakeResult {
    private final byte[] answer;
    private final long connectionId;
    private final Ticket ticket;
    private final SessionSecrets secrets;
    private final UsedTickets.Use use;

    Accepted(
        byte[] answer,
        long connectionId,
        Ticket ticket,
        SessionSecrets secrets,
        UsedTickets.Use use) {
      this.answer = answer;
      this.connectionId = connectionId;
      this.ticket = ticket;
      this.secrets = secrets;
      this.use = use;
    }

    @Override
    public HandshakeOutcome outcome() {
      return HandshakeOutcome.ACCEPTED;
    }

    /** The ACCEPT or STREAM_ACCEPT to send. */
    public byte[] answer() {
      return answer;
    }

    /** What {@link Admission#connectionId} chose. */
    public long connectionId() {
      return connectionId;
    }

    /** Who the client is. */
    public Ticket ticket() {
      return ticket;
    }

    /** For the session's constructor. */
    public SessionSecrets secrets() {
      return secrets;
    }

    /**
     * The first packet of the session has opened, so the client has its ACCEPT: forgets the copy
     * kept for a repeated PROOF. Without this call it is kept until the ticket expires.
     */
    public void confirm() {
      use.forgetAnswer();
    }
  }

  /** Over streams: find the session and ask it to resume; without one, send {@code refusal}. */
  record Resume(long connectionId, byte[] refusal) implements HandshakeResult {
    @Override
    public HandshakeOutcome outcome() {
      return HandshakeOutcome.RESUME;
    }
  }

  /** Send nothing. */
  record Dropped(HandshakeOutcome outcome) implements HandshakeResult {}
}

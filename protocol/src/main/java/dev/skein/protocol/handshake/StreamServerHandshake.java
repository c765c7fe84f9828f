package dev.skein.protocol.handshake;

import dev.skein.protocol.Code;
import dev.skein.protocol.session.ResumeMessages;
import dev.skein.protocol.session.SessionConfig;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The server's end of the handshake over TCP and WebSocket (PROTOCOL §5), for a whole listener: any
 * thread may call. It judges the first record of a connection; resuming itself is the session's.
 */
public final class StreamServerHandshake {

  /** The longest first record; the transport may refuse a longer one unread. */
  public static final int FIRST_RECORD_MAX_BYTES =
      Layout.TICKET_AT + Layout.TICKET_MAX_BYTES + Layout.MAC_BYTES;

  private final Acceptor acceptor;

  /**
   * A handshake with a new process salt.
   *
   * @param config the sessions' configuration; its first six values travel in STREAM_ACCEPT
   * @param cipherSuites the bits of the {@link dev.skein.protocol.crypto.CipherSuite}s to offer
   * @param random a {@link java.security.SecureRandom} in production; must bear the callers'
   *     threads
   */
  public StreamServerHandshake(
      TicketGate gate, SessionConfig config, int cipherSuites, RandomGenerator random) {
    this.acceptor = new Acceptor(gate, config, cipherSuites, random);
  }

  /**
   * Handles the first record of a connection; never returns {@link HandshakeResult.Dropped}. The
   * record is not changed and not kept.
   *
   * @param nowMillis Unix time
   */
  public HandshakeResult onFirstRecord(
      byte[] record, int offset, int length, Admission admission, long nowMillis) {
    if (length < 1) {
      return malformed();
    }
    if (ResumeMessages.isRequest(record, offset, length)) {
      return acceptor.resume(
          ResumeMessages.connectionId(record, offset),
          Replies.streamRefuse(Code.WRONG_STATE, "no such session"));
    }
    return record[offset] == Layout.STREAM_HELLO
        ? onHello(record, offset, length, admission, nowMillis)
        : malformed();
  }

  private HandshakeResult onHello(
      byte[] record, int offset, int length, Admission admission, long nowMillis) {
    Optional<Proof> hello = Proof.streamHello(record, offset, length);
    if (hello.isEmpty()) {
      return malformed();
    }
    return switch (acceptor.accept(hello.get(), Replies.STREAM, admission, nowMillis)) {
      case HandshakeResult.Dropped(HandshakeOutcome reason) ->
          new HandshakeResult.Answer(
              reason, Replies.streamRefuse(Code.UNAUTHORIZED, "ticket refused"));
      case HandshakeResult result -> result;
    };
  }

  private HandshakeResult malformed() {
    return acceptor.answer(
        HandshakeOutcome.MALFORMED, Replies.streamRefuse(Code.MALFORMED, "no handshake"));
  }
}

package dev.skein.protocol.handshake;

/** How one handshake message ended at the server; each is counted (PROTOCOL §3, §4, §5). */
public enum HandshakeOutcome {
  /** A HELLO was answered with a COOKIE. */
  COOKIE_SENT,
  /** A session was granted. */
  ACCEPTED,
  /** A PROOF that was accepted before: answered with the same ACCEPT, or dropped once confirmed. */
  REPEATED,
  /** Authentic, but refused by the admission, for example because the node is full. */
  REFUSED,
  /** A request to resume a session. */
  RESUME,
  /** Not a handshake message, or of a wrong length. */
  MALFORMED,
  /** Another protocol version, or no common cipher. */
  WRONG_VERSION,
  /** The cookie was not made by this process for this client. */
  BAD_COOKIE,
  /** The cookie is older than 10 s. */
  EXPIRED_COOKIE,
  /** The ticket does not open. */
  FORGED,
  /** The ticket is for another listener. */
  OTHER_SERVER,
  /** The ticket was issued before this process started, which no longer knows which were used. */
  BEFORE_START,
  /** The ticket is too old. */
  EXPIRED,
  /** The ticket was used with another client key or PROOF. */
  REUSED,
  /** The client does not know the ticket's key. */
  BAD_MAC,
  /** The client's public key gives an all-zero secret. */
  BAD_KEY
}

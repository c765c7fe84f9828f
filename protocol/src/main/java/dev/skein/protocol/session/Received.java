package dev.skein.protocol.session;

/** What became of a datagram or record handed to a session. */
public enum Received {
  /** Opened, and its frames were handled. */
  ACCEPTED,
  /** A packet number that was received before, or is older than the replay window. */
  DUPLICATE,
  /** Does not open with the session's keys; nothing changed. */
  NOT_AUTHENTIC,
  /** Too short, or opened but broke the rules of PROTOCOL §7; then the session is closed. */
  MALFORMED,
  /** The session is closed. */
  CLOSED
}

package dev.skein.server.transport;

/** Why something was not handled or not sent; each has a counter ({@link TransportCounters}). */
public enum DropReason {
  /** A datagram whose first byte or length is none of PROTOCOL §4 and §6.1. */
  UNKNOWN_DATAGRAM,
  /** A HELLO or PROOF that does not decode. */
  MALFORMED_HANDSHAKE,
  /** A HELLO over {@code hellosPerSecond}. */
  HELLO_RATE,
  /** A PROOF or stream handshake over {@code handshakesPerSecond}, or too many under way. */
  HANDSHAKE_RATE,
  /** A cookie that is forged, expired or another address's. */
  BAD_COOKIE,
  /** A ticket that does not open. */
  TICKET_FORGED,
  TICKET_OTHER_SERVER,
  /** A ticket issued before this process started. */
  TICKET_BEFORE_START,
  TICKET_EXPIRED,
  TICKET_REUSED,
  /** A handshake whose mac is wrong. */
  BAD_MAC,
  /** A peer of another protocol version or without a cipher in common. */
  UNSUPPORTED,
  /** The node holds {@code connectionsMax} sessions. */
  NODE_FULL,
  /** The remote address holds {@code connectionsPerAddressMax} sessions. */
  ADDRESS_FULL,
  /** The layer above refused the user. */
  REFUSED,
  /** A packet with the id of no connection. */
  UNKNOWN_CONNECTION,
  /** A packet or record that does not open. */
  NOT_AUTHENTIC,
  /** A packet that was seen before or is older than the replay window. */
  DUPLICATE,
  /** An authentic packet or record that breaks the protocol; its session was closed. */
  MALFORMED,
  /** A packet for a session that is closed. */
  CLOSED,
  /** A packet for another shard whose queue is full. */
  HANDOVER_FULL,
  /** A message over the peer's {@code messagesPerSecond} or {@code bytesPerSecond}. */
  MESSAGE_RATE,
  /** A message for a user, over {@code sendQueuesMaxBytes}. */
  QUEUES_FULL,
  /** A stream over {@code pendingStreamsMax}. */
  PENDING_FULL,
  /** A stream that did not finish its handshake in time. */
  STREAM_TIMEOUT,
  /** A stream whose framing is wrong: record length, WebSocket path, subprotocol or frame type. */
  BAD_STREAM,
  /** A STREAM_RESUME for no session, or with a wrong mac. */
  BAD_RESUME,
  /** A datagram the kernel would not send: buffer full or unreachable. */
  SEND_FAILED,
  /** A datagram the kernel had no room for: the node does not read as fast as its users send. */
  RECEIVE_BUFFER_FULL
}

package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import java.util.Optional;

/**
 * One end of an established connection, without any I/O: bytes and the time go in, bytes come out,
 * and {@link SessionEvents} are called back from within. Confined to one thread (its shard).
 */
public sealed interface Session permits DatagramSession, StreamSession {

  /** What became of a message handed to {@link #send}. */
  enum SendResult {
    /** Queued or already in the next datagram. */
    ACCEPTED,
    /** Dropped at once by the limit of its kind: the send queue is full. Counted. */
    DROPPED,
    /** Refused: larger than {@code maxMessageBytes}. */
    TOO_LARGE,
    /** Refused: the session is closed. */
    CLOSED
  }

  /** Where the session stands. */
  enum State {
    OPEN,
    /** Nothing heard for the idle timeout, or the stream was cut; may still resume. */
    DETACHED,
    CLOSED
  }

  /** The connection id, unique on its node. */
  long id();

  State state();

  /** Why it ended; empty until then. */
  Optional<CloseReason> closeReason();

  /**
   * Queues one message. The session keeps a reference to {@code message} until it is sent
   * (unreliable) or acknowledged (reliable), so the caller must not change it afterwards; the same
   * array may be sent on many sessions.
   */
  SendResult send(Channel channel, byte[] message, int offset, int length, long nowNanos);

  /**
   * The same for conflation: an unsent, unreliable message queued before with the same {@code
   * conflationKey} (not 0) is replaced by this one.
   */
  SendResult sendConflated(
      Channel channel, long conflationKey, byte[] message, int offset, int length, long nowNanos);

  /** Queues unreliable messages that leave together and wait for no others. */
  SendResult send(FrameBatch batch, long nowNanos);

  /** Asks the peer for a sign of life (a PING frame). */
  void ping(long nowNanos);

  /** Says goodbye: a CLOSE frame goes out with the next poll and the state becomes CLOSED. */
  void close(int code, String text, long nowNanos);

  /**
   * Freezes the session for a move (PROTOCOL §11): from now on nothing is delivered, acknowledged
   * or sent, but messages may still be queued. May be called again, to take the state anew.
   *
   * @return what another session needs to go on with {@link #restore}
   * @throws IllegalStateException if the session is closed
   */
  SessionState freeze();

  /** The move did not happen: goes on as if nothing had been. */
  void thaw(long nowNanos);

  /**
   * Server, frozen: tells the client where the session goes on, again and again until this one is
   * closed.
   */
  void move(MoveOrder order, long nowNanos);

  /**
   * Goes on where the session with this state was frozen; to be called before anything is sent or
   * received. What that one held goes out anew; what the peer has had of it, it drops.
   */
  void restore(SessionState state, long nowNanos);

  /** When {@link #onTimeout} wants to be called next; {@link Long#MAX_VALUE} for never. */
  long nextTimeoutNanos();

  /** Does what is due at {@code nowNanos}; calling too early does nothing. */
  void onTimeout(long nowNanos);

  /** When queued data wants to be polled: now or earlier, the end of the pack window, or never. */
  long nextSendNanos();

  /** Bytes of messages held for sending or for acknowledgement. */
  int queuedBytes();

  SessionStats stats();
}

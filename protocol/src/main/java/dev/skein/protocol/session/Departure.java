package dev.skein.protocol.session;

import dev.skein.protocol.packet.FrameReader;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * How far a session is on its way to another node (PROTOCOL §11): from the moment it is frozen,
 * over the order to move, which is said until the client has gone, to its end or its return.
 * Confined to its session.
 */
final class Departure {
  private static final long NEVER = Long.MAX_VALUE;
  private static final byte[] NO_ORDER = {};
  private static final long FIRST_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long MAX_PAUSE_NANOS = TimeUnit.SECONDS.toNanos(1);

  private boolean begun;
  private boolean missed;
  private byte[] order = NO_ORDER;
  private long dueNanos = NEVER;
  private long pauseNanos;

  /** True while the session is frozen: nothing is delivered, acknowledged or sent. */
  boolean isBegun() {
    return begun;
  }

  void begin() {
    begun = true;
  }

  /** The session stays; true if something came meanwhile that was not taken. */
  boolean end() {
    boolean anyMissed = missed;
    begun = false;
    missed = false;
    order = NO_ORDER;
    dueNanos = NEVER;
    return anyMissed;
  }

  /** Something came that was not taken. */
  void miss() {
    missed = true;
  }

  /**
   * A client's end goes where the MOVE frame says that was just read, and is frozen.
   *
   * @return empty if the frame is malformed or came to a server
   */
  Optional<MoveOrder> follow(Role role, FrameReader frame) {
    Optional<MoveOrder> heard =
        role == Role.CLIENT
            ? MoveOrder.parse(frame.buffer(), frame.dataOffset(), frame.dataLength())
            : Optional.empty();
    begun |= heard.isPresent();
    return heard;
  }

  /**
   * The client is to be told.
   *
   * @throws IllegalStateException if this is no frozen server's end
   */
  void order(Role role, MoveOrder target, long nowNanos) {
    if (role != Role.SERVER || !begun) {
      throw new IllegalStateException("only a frozen server's end tells where to go");
    }
    order = target.toBytes();
    pauseNanos = FIRST_PAUSE_NANOS;
    dueNanos = nowNanos;
  }

  byte[] order() {
    return order;
  }

  /** When to say it, or to say it again. */
  long dueNanos() {
    return dueNanos;
  }

  /** Said in a datagram, which may be lost: says it again, more and more slowly. */
  void onDatagram(long nowNanos) {
    dueNanos = nowNanos + pauseNanos;
    pauseNanos = Math.min(2 * pauseNanos, MAX_PAUSE_NANOS);
  }

  /** Said on a stream, which loses nothing as long as it lives. */
  void onRecord() {
    dueNanos = NEVER;
  }

  /** There is another stream: what was said on the one before may not have arrived. */
  void onStream(long nowNanos) {
    if (order.length > 0) {
      dueNanos = nowNanos;
    }
  }
}

package dev.skein.server.transport;

import dev.skein.protocol.session.MoveOrder;
import dev.skein.protocol.session.SessionState;

/** A connection with a client behind it, whose session can go on at another node. On its shard. */
public interface LiveConnection extends Connection {

  /** True while the client is heard, so that it can be told to move. */
  boolean isAttached();

  /**
   * Freezes the session; see {@link dev.skein.protocol.session.Session#freeze}.
   *
   * @throws IllegalStateException if it has ended
   */
  SessionState freeze();

  /** The move did not happen: the session goes on here. */
  void thaw();

  /** Tells the client of the frozen session where to go, until the connection is closed. */
  void move(MoveOrder order);
}

package dev.skein.protocol.handshake;

import dev.skein.protocol.crypto.Ticket;

/** The node's say in a handshake, asked once the client is known to be authentic. */
public interface Admission {

  /**
   * Whether this client may have a session now. Must not block.
   *
   * @return {@link dev.skein.protocol.Code#NONE} to admit it, else the code it is refused with; its
   *     ticket then stays usable
   */
  int decide(Ticket ticket);

  /** The connection id for the session, unique on the node. */
  long connectionId(Ticket ticket);
}

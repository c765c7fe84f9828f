package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;

/** What a session tells its owner; called on the session's thread from within its methods. */
public interface SessionEvents {

  /** A whole message. The bytes are valid during the call only and must not be changed. */
  void onMessage(Session session, Channel channel, byte[] buffer, int offset, int length);

  /** The peer sent a PING. */
  default void onPing(Session session) {}

  /** DETACHED was entered or left. */
  default void onStateChange(Session session, Session.State state) {}

  /**
   * Client: the session is frozen and goes on at another node (PROTOCOL §11), where the owner
   * carries it with {@link Session#freeze} and {@link Session#restore}.
   */
  default void onMove(Session session, MoveOrder order) {}

  /** CLOSED was entered; the last call. */
  void onClosed(Session session, CloseReason reason);
}

package dev.skein.dm;

import dev.skein.server.CommandException;
import dev.skein.server.User;

/**
 * What a game adds to direct messages. Every hook runs on the shard of the user it gets, under no
 * lock, and must not block. The {@code before…} hooks refuse by throwing {@link CommandException},
 * whose code and text the sender gets; any other exception of theirs is answered as an internal
 * error. Exceptions of the other hooks are logged and change nothing.
 */
public interface DmHooks {

  /**
   * A user sends a message; runs on the sender's node.
   *
   * @return the data to send instead, or the same
   */
  default byte[] beforeSend(User from, String to, byte[] data) {
    return data;
  }

  /**
   * A message is about to be given to its receiver; runs on the receiver's node.
   *
   * @return the data to deliver instead, or the same
   */
  default byte[] beforeDeliver(User to, String from, byte[] data) {
    return data;
  }

  /** A message was given to its receiver. */
  default void delivered(User to, String from, byte[] data) {}

  /**
   * A user that this one has exchanged messages with has ended the conversation or its session.
   *
   * @param disconnected whether its session ended for good
   */
  default void peerGone(User user, String peer, boolean disconnected) {}
}

package dev.skein.group;

import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.CommandException;
import dev.skein.server.User;

/**
 * What a game adds to its groups. Hooks about a member run on the member's node and shard, those
 * about the group as a whole on one node: under no lock, and they must not block. The {@code
 * before…} hooks refuse by throwing {@link CommandException}, whose code and text the client gets;
 * any other exception of theirs is answered as an internal error. Exceptions of the other hooks are
 * logged and change nothing.
 */
public interface GroupHooks {

  /**
   * A client is about to make a group, also by a random join that found none.
   *
   * @return the options to make it with
   */
  default GroupOptions beforeCreate(User maker, GroupOptions wanted) {
    return wanted;
  }

  /** A group was made on this node by a client or the server; nobody is in it yet. */
  default void created(Group group) {}

  /**
   * A user is about to come in.
   *
   * @return a welcome only this user gets, at most {@code messageMaxBytes}; empty for none
   */
  default byte[] beforeJoin(Group group, User user, byte[] message) {
    return new byte[0];
  }

  /** A user came in. */
  default void joined(Group group, User user, byte[] message) {}

  /** A member asks to leave. Refusing does not help against a lost session or a close. */
  default void beforeLeave(Group group, User user, byte[] message) {}

  /** A member is out. */
  default void left(Group group, User user, LeaveReason reason, byte[] message) {}

  /**
   * A member's session ended for good.
   *
   * @return the message that the others get with the news; empty tells them nothing
   */
  default byte[] discardMessage(Group group, User user) {
    return new byte[0];
  }

  /**
   * Every {@code tickIntervalMillis} of a group that has them, on its home: once in the cluster.
   * When another node becomes the home, it goes on there.
   */
  default void tick(Group group) {}

  /** The group is closed; runs on its home. */
  default void closed(Group group) {}
}

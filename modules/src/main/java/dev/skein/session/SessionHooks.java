package dev.skein.session;

import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.CommandException;
import dev.skein.server.User;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a game adds to its sessions, the same on every node. Hooks must not block and run under no
 * lock. The {@code before…} hooks run on the shard of the user who asks; they refuse by throwing
 * {@link CommandException}, whose code and text the client gets, and are not asked about the
 * server's own calls, except {@link #beforeJoin}. The others are told of what happened, once in the
 * cluster, on the node that asked for it, one after the other for each session there; their
 * exceptions are logged.
 */
public interface SessionHooks {

  /**
   * A client is about to make a session.
   *
   * @return the options to make it with
   */
  default SessionOptions beforeCreate(User maker, SessionOptions wanted) {
    return wanted;
  }

  /**
   * A user is about to come in, by its own wish or the server's.
   *
   * @return a welcome only this user gets, at most {@code messageMaxBytes}; empty for none
   */
  default byte[] beforeJoin(SessionInfo session, User user, byte[] message) {
    return new byte[0];
  }

  /** A member is about to invite others. */
  default void beforeInvite(Session session, User member, List<String> uids) {}

  /** A member wants to change properties; an empty value: to remove. */
  default void beforePropertiesChange(
      Session session, User member, Map<String, Optional<Value>> changes) {}

  /** A user came in. */
  default void joined(Session session, String uid, byte[] message) {}

  /** A member is out. */
  default void left(Session session, String uid, LeaveReason reason, byte[] message) {}

  /** Another member owns the session. */
  default void ownerChanged(Session session, String uid) {}

  /** Properties changed, whoever did it; an empty value: removed. */
  default void propertiesChanged(Session session, Map<String, Optional<Value>> changes) {}
}

package dev.skein.room;

import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.ChatLine;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.CommandException;
import dev.skein.server.User;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a game adds to its rooms. All hooks of a room run on its shard, one at a time, under no
 * lock, and must not block. What a hook asks of its own room happens right after the operation that
 * the hook is part of. The {@code before…} hooks refuse by throwing {@link CommandException}, whose
 * code and text the client gets; any other exception of theirs is answered as an internal error.
 * Exceptions of the other hooks are logged and change nothing.
 */
public interface RoomHooks {

  /**
   * A client is about to make a room, also by a random join that found none; runs on a shard of the
   * node, before there is a room.
   *
   * @return the options to make it with
   */
  default RoomOptions beforeCreate(User maker, RoomOptions wanted) {
    return wanted;
  }

  /** The room is there; nobody is in it yet. */
  default void created(Room room) {}

  /**
   * A user is about to come in; the room has a place for it.
   *
   * @return a welcome only this user gets, at most {@code messageMaxBytes}; empty for none
   */
  default byte[] beforeJoin(Room room, User user, byte[] message) {
    return new byte[0];
  }

  /** A user came in; everyone has been told. */
  default void joined(Room room, Member member, byte[] message) {}

  /** A member asks to leave. Refusing does not help against a lost session, a kick or a close. */
  default void beforeLeave(Room room, Member member, byte[] message) {}

  /** A member is out; everyone has been told. */
  default void left(Room room, Member member, LeaveReason reason, byte[] message) {}

  /**
   * A member's session ended for good.
   *
   * @return the message that the others get with the news; empty for none
   */
  default byte[] discardMessage(Room room, Member member) {
    return new byte[0];
  }

  /**
   * The owner is out.
   *
   * @param candidates the members, in the order of joining; never empty
   * @return the new owner; empty leaves it to the next hook, and at last to the first candidate
   */
  default Optional<Member> electOwner(Room room, List<Member> candidates) {
    return Optional.empty();
  }

  /** Another member owns the room. */
  default void ownerChanged(Room room, Member owner) {}

  /**
   * A member says something in the chat.
   *
   * @return the text to say; empty says nothing and answers the member that it was denied
   */
  default Optional<String> beforeChat(Room room, Member member, String text) {
    return Optional.of(text);
  }

  /** Something was said in the chat. */
  default void chatted(Room room, ChatLine line) {}

  /** A member wants to change properties by itself; an empty value: to remove. */
  default void beforePropertiesChange(
      Room room, Member member, Map<String, Optional<Value>> changes) {}

  /** Properties changed, whoever did it; an empty value: removed. */
  default void propertiesChanged(Room room, Map<String, Optional<Value>> changes) {}

  /** Members were told of changed objects; an empty value: removed. */
  default void objectsChanged(Room room, Map<String, Optional<Value>> changes) {}

  /**
   * The room has come to this node from another, with its members and all its state: the time to
   * set its ticks again. Hooks of the one room ({@link Room#listen}) have stayed behind.
   */
  default void arrived(Room room) {}

  /**
   * The room lives on another node from now on; its ticks here have ended.
   *
   * @param node the mesh address of the node
   */
  default void departed(Room room, String node) {}

  /** The room is closed and everyone out. */
  default void closed(Room room) {}
}

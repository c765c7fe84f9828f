package dev.skein.protocol.party;

import dev.skein.protocol.payload.Payload;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of sessions. A user is in one session of a type at most, so the type names its
 * session.
 */
public sealed interface PartyRequest extends Payload {

  /** The command's number. */
  default int cmd() {
    return switch (this) {
      case Create create -> PartyCmd.CREATE;
      case Join join -> PartyCmd.JOIN;
      case Invite invite -> PartyCmd.INVITE;
      case Decline decline -> PartyCmd.DECLINE;
      case Leave leave -> PartyCmd.LEAVE;
      case Kick kick -> PartyCmd.KICK;
      case ChangeOwner changeOwner -> PartyCmd.CHANGE_OWNER;
      case Broadcast broadcast -> PartyCmd.BROADCAST;
      case Message message -> PartyCmd.MESSAGE;
      case ChangeProperties changeProperties -> PartyCmd.CHANGE_PROPERTIES;
      case ReplaceProperty replaceProperty -> PartyCmd.REPLACE_PROPERTY;
      case IncrementProperty incrementProperty -> PartyCmd.INCREMENT_PROPERTY;
      case ListOwn listOwn -> PartyCmd.LIST;
    };
  }

  /** A request of a member to its session. */
  sealed interface InSession extends PartyRequest {
    /** The session's type. */
    String type();
  }

  /**
   * A new session of a type, with its maker as first member and owner; 0 members: the server's
   * default.
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Create(String type, int maxMembers, byte[] message) implements PartyRequest {}

  /** Into the session with this id. */
  @SuppressWarnings("ArrayRecordComponent")
  record Join(String sessionId, byte[] message) implements PartyRequest {}

  /** Asks others in; they are told with the message. */
  @SuppressWarnings("ArrayRecordComponent")
  record Invite(String type, List<String> uids, byte[] message) implements InSession {}

  /** Gives an invitation back; the members are told with the message. */
  @SuppressWarnings("ArrayRecordComponent")
  record Decline(String sessionId, byte[] message) implements PartyRequest {}

  /** Out of the session. */
  @SuppressWarnings("ArrayRecordComponent")
  record Leave(String type, byte[] message) implements InSession {}

  /** The owner removes another member. */
  @SuppressWarnings("ArrayRecordComponent")
  record Kick(String type, String uid, byte[] message) implements InSession {}

  /** The owner makes another member the owner. */
  record ChangeOwner(String type, String uid) implements InSession {}

  /** To all members, the sender included. */
  @SuppressWarnings("ArrayRecordComponent")
  record Broadcast(String type, byte[] data) implements InSession {}

  /** To some members. */
  @SuppressWarnings("ArrayRecordComponent")
  record Message(String type, List<String> uids, byte[] data) implements InSession {}

  /** Sets several properties at once; an empty value removes. */
  record ChangeProperties(String type, Map<String, Optional<Value>> changes) implements InSession {}

  /** Sets a property if it still is as expected (empty: not there). */
  record ReplaceProperty(String type, String key, Optional<Value> expected, Value value)
      implements InSession {}

  /** Adds to a number; one that is not there counts as zero. */
  record IncrementProperty(String type, String key, Value delta) implements InSession {}

  /** The sessions the user is in. */
  record ListOwn() implements PartyRequest {}

  @Override
  default void write(PayloadWriter out) {
    switch (this) {
      case Create(var type, var maxMembers, var message) ->
          out.string(type).varint(maxMembers).raw(message);
      case Join(var sessionId, var message) -> out.string(sessionId).raw(message);
      case Invite(var type, var uids, var message) -> out.string(type).strings(uids).raw(message);
      case Decline(var sessionId, var message) -> out.string(sessionId).raw(message);
      case Leave(var type, var message) -> out.string(type).raw(message);
      case Kick(var type, var uid, var message) -> out.string(type).string(uid).raw(message);
      case ChangeOwner(var type, var uid) -> out.string(type).string(uid);
      case Broadcast(var type, var data) -> out.string(type).raw(data);
      case Message(var type, var uids, var data) -> out.string(type).strings(uids).raw(data);
      case ChangeProperties(var type, var changes) -> {
        out.string(type);
        PartyWire.writeChanges(out, changes);
      }
      case ReplaceProperty(var type, var key, var expected, var value) ->
          out.string(type).string(key).optionalValue(expected).value(value);
      case IncrementProperty(var type, var key, var delta) ->
          out.string(type).string(key).value(delta);
      case ListOwn() -> {}
    }
  }

  /** The request in a command's payload; empty if it is malformed or no request of this kind. */
  static Optional<PartyRequest> decode(int cmd, byte[] payload) {
    return PayloadReader.decode(payload, in -> read(cmd, in));
  }

  private static @Nullable PartyRequest read(int cmd, PayloadReader in) {
    return switch (cmd) {
      case PartyCmd.CREATE -> new Create(type(in), in.varint(PartyWire.LIST_MAX_COUNT), in.rest());
      case PartyCmd.JOIN -> new Join(in.string(PartyWire.ID_MAX_BYTES), in.rest());
      case PartyCmd.INVITE ->
          new Invite(type(in), PartyWire.readStrings(in, PartyWire.UID_MAX_BYTES), in.rest());
      case PartyCmd.DECLINE -> new Decline(in.string(PartyWire.ID_MAX_BYTES), in.rest());
      case PartyCmd.LEAVE -> new Leave(type(in), in.rest());
      case PartyCmd.KICK -> new Kick(type(in), uid(in), in.rest());
      case PartyCmd.CHANGE_OWNER -> new ChangeOwner(type(in), uid(in));
      case PartyCmd.BROADCAST -> new Broadcast(type(in), in.rest());
      case PartyCmd.MESSAGE ->
          new Message(type(in), PartyWire.readStrings(in, PartyWire.UID_MAX_BYTES), in.rest());
      case PartyCmd.CHANGE_PROPERTIES -> new ChangeProperties(type(in), PartyWire.readChanges(in));
      case PartyCmd.REPLACE_PROPERTY ->
          new ReplaceProperty(
              type(in),
              in.string(PartyWire.KEY_MAX_BYTES),
              in.optionalValue(PartyWire.MAX_BYTES),
              in.value(PartyWire.MAX_BYTES));
      case PartyCmd.INCREMENT_PROPERTY ->
          new IncrementProperty(
              type(in), in.string(PartyWire.KEY_MAX_BYTES), in.value(PartyWire.MAX_BYTES));
      case PartyCmd.LIST -> new ListOwn();
      default -> null;
    };
  }

  private static String type(PayloadReader in) {
    return in.string(PartyWire.TYPE_MAX_BYTES);
  }

  private static String uid(PayloadReader in) {
    return in.string(PartyWire.UID_MAX_BYTES);
  }
}

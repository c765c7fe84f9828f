package dev.skein.protocol.party;

import dev.skein.protocol.payload.Payload;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a session tells its members, and those who are invited. */
public sealed interface PartyEvent extends Payload {

  /** The push's number. */
  default int cmd() {
    return switch (this) {
      case Entered entered -> PartyCmd.ENTERED;
      case Joined joined -> PartyCmd.JOINED;
      case Left left -> PartyCmd.LEFT;
      case Exited exited -> PartyCmd.EXITED;
      case OwnerChanged ownerChanged -> PartyCmd.OWNER;
      case PropertiesChanged propertiesChanged -> PartyCmd.PROPERTIES;
      case Said said -> PartyCmd.SAID;
      case Told told -> PartyCmd.TOLD;
      case Announced announced -> PartyCmd.ANNOUNCED;
      case Invited invited -> PartyCmd.INVITED;
      case Declined declined -> PartyCmd.DECLINED;
      case Missed missed -> PartyCmd.MISSED;
    };
  }

  /** The session's type. */
  String type();

  /** The receiver is in the session; also said again after a new login, with what is now. */
  @SuppressWarnings("ArrayRecordComponent")
  record Entered(
      String type,
      String sessionId,
      String owner,
      int maxMembers,
      List<String> uids,
      Map<String, Value> properties,
      byte[] welcome)
      implements PartyEvent {}

  /** Somebody else came in. */
  @SuppressWarnings("ArrayRecordComponent")
  record Joined(String type, String uid, byte[] message) implements PartyEvent {}

  /** Somebody else is out. */
  @SuppressWarnings("ArrayRecordComponent")
  record Left(String type, String uid, LeaveReason reason, byte[] message) implements PartyEvent {}

  /** The receiver is out. */
  @SuppressWarnings("ArrayRecordComponent")
  record Exited(String type, LeaveReason reason, byte[] message) implements PartyEvent {}

  /** Another member owns the session now. */
  record OwnerChanged(String type, String uid) implements PartyEvent {}

  /** Properties that changed; an empty value: removed. */
  record PropertiesChanged(String type, Map<String, Optional<Value>> changes)
      implements PartyEvent {}

  /** A broadcast of a member. */
  @SuppressWarnings("ArrayRecordComponent")
  record Said(String type, String uid, byte[] data) implements PartyEvent {}

  /** A message of a member to some. */
  @SuppressWarnings("ArrayRecordComponent")
  record Told(String type, String uid, byte[] data) implements PartyEvent {}

  /** The server said something. */
  @SuppressWarnings("ArrayRecordComponent")
  record Announced(String type, byte[] data) implements PartyEvent {}

  /** A member asks the receiver in. */
  @SuppressWarnings("ArrayRecordComponent")
  record Invited(String type, String sessionId, String uid, byte[] message) implements PartyEvent {}

  /** Somebody who was invited does not come. */
  @SuppressWarnings("ArrayRecordComponent")
  record Declined(String type, String uid, byte[] message) implements PartyEvent {}

  /**
   * So many broadcasts, messages and announcements are lost: the receiver's node was cut off for
   * too long. What is now follows as {@link Entered}.
   */
  record Missed(String type, int count) implements PartyEvent {}

  @Override
  default void write(PayloadWriter out) {
    switch (this) {
      case Entered(
              var type,
              var sessionId,
              var owner,
              var maxMembers,
              var uids,
              var properties,
              var welcome) -> {
        out.string(type).string(sessionId).string(owner).varint(maxMembers).strings(uids);
        PartyWire.writeValues(out, properties);
        out.raw(welcome);
      }
      case Joined(var type, var uid, var message) -> out.string(type).string(uid).raw(message);
      case Left(var type, var uid, var reason, var message) ->
          out.string(type).string(uid).u8(reason.code()).raw(message);
      case Exited(var type, var reason, var message) ->
          out.string(type).u8(reason.code()).raw(message);
      case OwnerChanged(var type, var uid) -> out.string(type).string(uid);
      case PropertiesChanged(var type, var changes) -> {
        out.string(type);
        PartyWire.writeChanges(out, changes);
      }
      case Said(var type, var uid, var data) -> out.string(type).string(uid).raw(data);
      case Told(var type, var uid, var data) -> out.string(type).string(uid).raw(data);
      case Announced(var type, var data) -> out.string(type).raw(data);
      case Invited(var type, var sessionId, var uid, var message) ->
          out.string(type).string(sessionId).string(uid).raw(message);
      case Declined(var type, var uid, var message) -> out.string(type).string(uid).raw(message);
      case Missed(var type, var count) -> out.string(type).varint(count);
    }
  }

  /** The event in a push's payload; empty if it is malformed or no event of a session. */
  static Optional<PartyEvent> decode(int cmd, byte[] payload) {
    return PayloadReader.decode(payload, in -> read(cmd, in));
  }

  private static @Nullable PartyEvent read(int cmd, PayloadReader in) {
    return switch (cmd) {
      case PartyCmd.ENTERED ->
          new Entered(
              type(in),
              in.string(PartyWire.ID_MAX_BYTES),
              uid(in),
              in.varint(Integer.MAX_VALUE),
              PartyWire.readStrings(in, PartyWire.UID_MAX_BYTES),
              PartyWire.readValues(in),
              in.rest());
      case PartyCmd.JOINED -> new Joined(type(in), uid(in), in.rest());
      case PartyCmd.LEFT -> new Left(type(in), uid(in), reason(in), in.rest());
      case PartyCmd.EXITED -> new Exited(type(in), reason(in), in.rest());
      case PartyCmd.OWNER -> new OwnerChanged(type(in), uid(in));
      case PartyCmd.PROPERTIES -> new PropertiesChanged(type(in), PartyWire.readChanges(in));
      case PartyCmd.SAID -> new Said(type(in), uid(in), in.rest());
      case PartyCmd.TOLD -> new Told(type(in), uid(in), in.rest());
      case PartyCmd.ANNOUNCED -> new Announced(type(in), in.rest());
      case PartyCmd.INVITED ->
          new Invited(type(in), in.string(PartyWire.ID_MAX_BYTES), uid(in), in.rest());
      case PartyCmd.DECLINED -> new Declined(type(in), uid(in), in.rest());
      case PartyCmd.MISSED -> new Missed(type(in), in.varint(Integer.MAX_VALUE));
      default -> null;
    };
  }

  private static String type(PayloadReader in) {
    return in.string(PartyWire.TYPE_MAX_BYTES);
  }

  private static String uid(PayloadReader in) {
    return in.string(PartyWire.UID_MAX_BYTES);
  }

  private static LeaveReason reason(PayloadReader in) {
    return in.known(LeaveReason.of(in.u8()), LeaveReason.LEFT);
  }
}

package dev.skein.protocol.group;

import dev.skein.protocol.payload.Payload;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.room.LeaveReason;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a group tells its members. {@code group} is the group's number, the same on every node;
 * {@link Entered} binds it to an id. Members are named by uid: no node knows all of a group.
 */
public sealed interface GroupEvent extends Payload {

  /** The push's number. */
  default int cmd() {
    return switch (this) {
      case Entered entered -> GroupCmd.ENTERED;
      case Joined joined -> GroupCmd.JOINED;
      case Left left -> GroupCmd.LEFT;
      case Exited exited -> GroupCmd.EXITED;
      case Said said -> GroupCmd.SAID;
      case Announced announced -> GroupCmd.ANNOUNCED;
      case Gap gap -> GroupCmd.GAP;
      case Undelivered undelivered -> GroupCmd.UNDELIVERED;
    };
  }

  /** The group's number. */
  long group();

  /** The receiver is in the group. */
  @SuppressWarnings("ArrayRecordComponent")
  record Entered(long group, String groupId, String type, int channel, byte[] welcome)
      implements GroupEvent {}

  /** Somebody else came in and said so. */
  @SuppressWarnings("ArrayRecordComponent")
  record Joined(long group, String uid, byte[] message) implements GroupEvent {}

  /** Somebody else is out and said so. */
  @SuppressWarnings("ArrayRecordComponent")
  record Left(long group, String uid, LeaveReason reason, byte[] message) implements GroupEvent {}

  /** The receiver is out. */
  @SuppressWarnings("ArrayRecordComponent")
  record Exited(long group, LeaveReason reason, byte[] message) implements GroupEvent {}

  /** A member's broadcast. */
  @SuppressWarnings("ArrayRecordComponent")
  record Said(long group, String uid, byte[] data) implements GroupEvent {}

  /** Bytes from the server. */
  @SuppressWarnings("ArrayRecordComponent")
  record Announced(long group, byte[] data) implements GroupEvent {}

  /**
   * The receiver's node had lost the others: messages may be missing here, and those before and
   * after have no order in common with what other members heard.
   */
  record Gap(long group) implements GroupEvent {}

  /** A broadcast that the receiver had sent without asking for an answer has failed. */
  record Undelivered(long group, int code) implements GroupEvent {}

  @Override
  default void write(PayloadWriter out) {
    switch (this) {
      case Entered(var group, var groupId, var type, var channel, var welcome) ->
          out.varint(group).string(groupId).string(type).u8(channel).raw(welcome);
      case Joined(var group, var uid, var message) -> out.varint(group).string(uid).raw(message);
      case Left(var group, var uid, var reason, var message) ->
          out.varint(group).string(uid).u8(reason.code()).raw(message);
      case Exited(var group, var reason, var message) ->
          out.varint(group).u8(reason.code()).raw(message);
      case Said(var group, var uid, var data) -> out.varint(group).string(uid).raw(data);
      case Announced(var group, var data) -> out.varint(group).raw(data);
      case Gap(var group) -> out.varint(group);
      case Undelivered(var group, var code) -> out.varint(group).u16(code);
    }
  }

  /** The event in a push's payload; empty if it is malformed or no event of a group. */
  static Optional<GroupEvent> decode(int cmd, byte[] payload) {
    return PayloadReader.decode(payload, in -> read(cmd, in));
  }

  private static @Nullable GroupEvent read(int cmd, PayloadReader in) {
    return switch (cmd) {
      case GroupCmd.ENTERED ->
          new Entered(
              in.varint(),
              in.string(GroupWire.ID_MAX_BYTES),
              in.string(GroupWire.TYPE_MAX_BYTES),
              in.u8(),
              in.rest());
      case GroupCmd.JOINED -> new Joined(in.varint(), uid(in), in.rest());
      case GroupCmd.LEFT -> new Left(in.varint(), uid(in), reason(in), in.rest());
      case GroupCmd.EXITED -> new Exited(in.varint(), reason(in), in.rest());
      case GroupCmd.SAID -> new Said(in.varint(), uid(in), in.rest());
      case GroupCmd.ANNOUNCED -> new Announced(in.varint(), in.rest());
      case GroupCmd.GAP -> new Gap(in.varint());
      case GroupCmd.UNDELIVERED -> new Undelivered(in.varint(), in.u16());
      default -> null;
    };
  }

  private static String uid(PayloadReader in) {
    return in.string(GroupWire.UID_MAX_BYTES);
  }

  private static LeaveReason reason(PayloadReader in) {
    return in.known(LeaveReason.of(in.u8()), LeaveReason.LEFT);
  }
}

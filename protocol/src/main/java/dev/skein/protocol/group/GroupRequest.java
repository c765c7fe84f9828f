package dev.skein.protocol.group;

import dev.skein.protocol.payload.Payload;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of groups, except the hot one: BROADCAST is parsed in place. {@code group} is
 * the number that stands for a group's id on the wire, the same on every node.
 */
public sealed interface GroupRequest extends Payload {

  /** The command's number. */
  default int cmd() {
    return switch (this) {
      case Create create -> GroupCmd.CREATE;
      case Join join -> GroupCmd.JOIN;
      case JoinRandom joinRandom -> GroupCmd.JOIN_RANDOM;
      case Leave leave -> GroupCmd.LEAVE;
      case Stat stat -> GroupCmd.STAT;
      case ListOwn listOwn -> GroupCmd.LIST;
    };
  }

  /**
   * Wishes for a new group; zero means "as the server has it for this type".
   *
   * @param type a free name; random joins find registered groups by it
   * @param register whether random joins see the group
   * @param allowEmpty whether the group outlives its last member by {@code emptyTtlMillis}
   * @param emptyTtlMillis how long it stays without members
   */
  record Terms(String type, boolean register, boolean allowEmpty, long emptyTtlMillis) {

    /** The server's own terms for this type, registered. */
    public static Terms of(String type) {
      return new Terms(type, true, false, 0);
    }

    void write(PayloadWriter out) {
      out.string(type).u8((register ? 1 : 0) | (allowEmpty ? 2 : 0)).varint(emptyTtlMillis);
    }

    static Terms read(PayloadReader in) {
      String type = in.string(GroupWire.TYPE_MAX_BYTES);
      int flags = in.flags(2);
      return new Terms(type, (flags & 1) != 0, (flags & 2) != 0, in.varint());
    }
  }

  /** A new group; with {@code join} its maker becomes the first member. */
  @SuppressWarnings("ArrayRecordComponent")
  record Create(Terms terms, boolean join, byte[] message) implements GroupRequest {}

  /** Into the group with this id, or this name if it is static. */
  @SuppressWarnings("ArrayRecordComponent")
  record Join(String groupId, byte[] message) implements GroupRequest {}

  /** Into any registered group of the type, or with {@code create} a new one. */
  @SuppressWarnings("ArrayRecordComponent")
  record JoinRandom(Terms terms, boolean create, byte[] message) implements GroupRequest {}

  /** Out of the group. */
  @SuppressWarnings("ArrayRecordComponent")
  record Leave(long group, byte[] message) implements GroupRequest {}

  /** One group's numbers. */
  record Stat(String groupId) implements GroupRequest {}

  /** The groups the user is in. */
  record ListOwn() implements GroupRequest {}

  @Override
  default void write(PayloadWriter out) {
    switch (this) {
      case Create(var terms, var join, var message) -> {
        terms.write(out);
        out.bool(join).raw(message);
      }
      case Join(var groupId, var message) -> out.string(groupId).raw(message);
      case JoinRandom(var terms, var create, var message) -> {
        terms.write(out);
        out.bool(create).raw(message);
      }
      case Leave(var group, var message) -> out.varint(group).raw(message);
      case Stat(var groupId) -> out.string(groupId);
      case ListOwn() -> {}
    }
  }

  /** The request in a command's payload; empty if it is malformed or no request of a group. */
  static Optional<GroupRequest> decode(int cmd, byte[] payload) {
    return PayloadReader.decode(payload, in -> read(cmd, in));
  }

  private static @Nullable GroupRequest read(int cmd, PayloadReader in) {
    return switch (cmd) {
      case GroupCmd.CREATE -> new Create(Terms.read(in), in.bool(), in.rest());
      case GroupCmd.JOIN -> new Join(in.string(GroupWire.ID_MAX_BYTES), in.rest());
      case GroupCmd.JOIN_RANDOM -> new JoinRandom(Terms.read(in), in.bool(), in.rest());
      case GroupCmd.LEAVE -> new Leave(in.varint(), in.rest());
      case GroupCmd.STAT -> new Stat(in.string(GroupWire.ID_MAX_BYTES));
      case GroupCmd.LIST -> new ListOwn();
      default -> null;
    };
  }
}

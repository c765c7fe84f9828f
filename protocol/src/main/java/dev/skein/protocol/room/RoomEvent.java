package dev.skein.protocol.room;

import dev.skein.protocol.payload.Payload;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a room tells its members. {@code room} is the room's number on the receiver's node, which
 * {@link Entered} binds to an id; {@code member} and {@code from} are numbers that {@link Roster}
 * and {@link Joined} bind to uids; 0 stands for the server.
 */
public sealed interface RoomEvent extends Payload {

  /** The push's number. */
  default int cmd() {
    return switch (this) {
      case Entered entered -> RoomCmd.ENTERED;
      case Roster roster -> RoomCmd.ROSTER;
      case Ready ready -> RoomCmd.READY;
      case Joined joined -> RoomCmd.JOINED;
      case Left left -> RoomCmd.LEFT;
      case Exited exited -> RoomCmd.EXITED;
      case Said said -> said.address().cmd();
      case Bundle bundle -> RoomCmd.BUNDLE;
      case PropertiesChanged propertiesChanged -> RoomCmd.PROPERTIES;
      case ObjectsChanged objectsChanged -> RoomCmd.OBJECTS;
      case OwnerChanged ownerChanged -> RoomCmd.OWNER;
      case Chatted chatted -> RoomCmd.CHATTED;
      case Returned returned -> RoomCmd.RETURNED;
    };
  }

  /** The room's number on the receiver's node. */
  long room();

  /**
   * The receiver is in the room: rosters, properties and objects follow, then {@link Ready}. A
   * {@code returnable} room keeps the member's place when its node is lost, see {@link
   * RoomRequest.Return}.
   */
  @SuppressWarnings("ArrayRecordComponent")
  record Entered(
      long room,
      String roomId,
      String type,
      int self,
      int owner,
      int maxMembers,
      int channel,
      boolean returnable,
      byte[] welcome)
      implements RoomEvent {}

  /** Some of the members. */
  record Roster(long room, Map<Integer, String> uids) implements RoomEvent {}

  /** The receiver knows everything: it is in the room. */
  record Ready(long room) implements RoomEvent {}

  /** Somebody else came in. */
  @SuppressWarnings("ArrayRecordComponent")
  record Joined(long room, int member, String uid, byte[] message) implements RoomEvent {}

  /** Somebody else is out. */
  @SuppressWarnings("ArrayRecordComponent")
  record Left(long room, int member, LeaveReason reason, byte[] message) implements RoomEvent {}

  /** The receiver is out; the number means nothing any more. */
  @SuppressWarnings("ArrayRecordComponent")
  record Exited(long room, LeaveReason reason, byte[] message) implements RoomEvent {}

  /** How a {@link Said} was addressed; each has its own push number. */
  enum Address {
    /** To everyone, the sender included. */
    BROADCAST(RoomCmd.SAID),
    /** To everyone but the sender. */
    RELAY(RoomCmd.RELAYED),
    /** To some. */
    MESSAGE(RoomCmd.TOLD),
    /** From the server; {@code from} is 0 and not on the wire. */
    ANNOUNCE(RoomCmd.ANNOUNCED);

    private final int cmd;

    Address(int cmd) {
      this.cmd = cmd;
    }

    /** The push's number. */
    public int cmd() {
      return cmd;
    }
  }

  /** Bytes from a member or the server. */
  @SuppressWarnings("ArrayRecordComponent")
  record Said(long room, Address address, int from, byte[] data) implements RoomEvent {}

  /**
   * Broadcasts, relays and announcements of one broadcast interval, in order. The receiver skips
   * relays from itself.
   */
  record Bundle(long room, List<Entry> entries) implements RoomEvent {
    /** One of them. */
    @SuppressWarnings("ArrayRecordComponent")
    public record Entry(int from, boolean relay, byte[] data) {
      /** Who said it and how, in the one number of the wire. */
      public int head() {
        return from << 1 | (relay ? 1 : 0);
      }
    }
  }

  /** Properties that changed; an empty value: removed. */
  record PropertiesChanged(long room, Map<String, Optional<Value>> changes) implements RoomEvent {}

  /** Shared objects that changed; an empty value: removed. */
  record ObjectsChanged(long room, Map<String, Optional<Value>> changes) implements RoomEvent {}

  /** Another member owns the room now. */
  record OwnerChanged(long room, int member) implements RoomEvent {}

  /** Somebody said something in the chat. */
  record Chatted(long room, ChatLine line) implements RoomEvent {}

  /**
   * The receiver is back in its place: the room has this number now, and what it missed follows.
   */
  record Returned(long room, String roomId) implements RoomEvent {}

  @Override
  default void write(PayloadWriter out) {
    switch (this) {
      case Entered(
              var room,
              var roomId,
              var type,
              var self,
              var owner,
              var maxMembers,
              var channel,
              var returnable,
              var welcome) -> {
        out.varint(room).string(roomId).string(type).varint(self).varint(owner);
        out.varint(maxMembers).u8(channel).bool(returnable).raw(welcome);
      }
      case Roster(var room, var uids) -> {
        out.varint(room);
        uids.forEach((member, uid) -> out.varint(member).string(uid));
      }
      case Ready(var room) -> out.varint(room);
      case Joined(var room, var member, var uid, var message) ->
          out.varint(room).varint(member).string(uid).raw(message);
      case Left(var room, var member, var reason, var message) ->
          out.varint(room).varint(member).u8(reason.code()).raw(message);
      case Exited(var room, var reason, var message) ->
          out.varint(room).u8(reason.code()).raw(message);
      case Said(var room, var address, var from, var data) -> {
        out.varint(room);
        if (address != Address.ANNOUNCE) {
          out.varint(from);
        }
        out.raw(data);
      }
      case Bundle(var room, var entries) -> {
        out.varint(room);
        for (Bundle.Entry entry : entries) {
          out.varint(entry.head()).blob(entry.data());
        }
      }
      case PropertiesChanged(var room, var changes) -> writeChanges(out.varint(room), changes);
      case ObjectsChanged(var room, var changes) -> writeChanges(out.varint(room), changes);
      case OwnerChanged(var room, var member) -> out.varint(room).varint(member);
      case Chatted(var room, var line) -> line.write(out.varint(room));
      case Returned(var room, var roomId) -> out.varint(room).string(roomId);
    }
  }

  /** The event in a push's payload; empty if it is malformed or no event of a room. */
  static Optional<RoomEvent> decode(int cmd, byte[] payload) {
    return PayloadReader.decode(payload, in -> read(cmd, in));
  }

  private static @Nullable RoomEvent read(int cmd, PayloadReader in) {
    return switch (cmd) {
      case RoomCmd.ENTERED ->
          new Entered(
              in.varint(),
              in.string(RoomWire.ID_MAX_BYTES),
              in.string(RoomWire.TYPE_MAX_BYTES),
              member(in),
              member(in),
              member(in),
              in.u8(),
              in.bool(),
              in.rest());
      case RoomCmd.ROSTER -> new Roster(in.varint(), readRoster(in));
      case RoomCmd.READY -> new Ready(in.varint());
      case RoomCmd.JOINED ->
          new Joined(in.varint(), member(in), in.string(RoomWire.UID_MAX_BYTES), in.rest());
      case RoomCmd.LEFT -> new Left(in.varint(), member(in), reason(in), in.rest());
      case RoomCmd.EXITED -> new Exited(in.varint(), reason(in), in.rest());
      case RoomCmd.SAID -> new Said(in.varint(), Address.BROADCAST, member(in), in.rest());
      case RoomCmd.RELAYED -> new Said(in.varint(), Address.RELAY, member(in), in.rest());
      case RoomCmd.TOLD -> new Said(in.varint(), Address.MESSAGE, member(in), in.rest());
      case RoomCmd.ANNOUNCED -> new Said(in.varint(), Address.ANNOUNCE, 0, in.rest());
      case RoomCmd.BUNDLE -> new Bundle(in.varint(), readEntries(in));
      case RoomCmd.PROPERTIES -> new PropertiesChanged(in.varint(), readChanges(in));
      case RoomCmd.OBJECTS -> new ObjectsChanged(in.varint(), readChanges(in));
      case RoomCmd.OWNER -> new OwnerChanged(in.varint(), member(in));
      case RoomCmd.CHATTED -> new Chatted(in.varint(), ChatLine.read(in));
      case RoomCmd.RETURNED -> new Returned(in.varint(), in.string(RoomWire.ID_MAX_BYTES));
      default -> null;
    };
  }

  private static int member(PayloadReader in) {
    return in.varint(Integer.MAX_VALUE >>> 1);
  }

  private static LeaveReason reason(PayloadReader in) {
    return in.known(LeaveReason.of(in.u8()), LeaveReason.LEFT);
  }

  private static Map<Integer, String> readRoster(PayloadReader in) {
    Map<Integer, String> uids = new LinkedHashMap<>();
    while (in.remaining() > 0) {
      uids.put(member(in), in.string(RoomWire.UID_MAX_BYTES));
    }
    return uids;
  }

  private static List<Bundle.Entry> readEntries(PayloadReader in) {
    List<Bundle.Entry> entries = new ArrayList<>();
    while (in.remaining() > 0) {
      int head = in.varint(Integer.MAX_VALUE);
      entries.add(new Bundle.Entry(head >>> 1, (head & 1) != 0, in.blob(RoomWire.MAX_BYTES)));
    }
    return entries;
  }

  private static void writeChanges(PayloadWriter out, Map<String, Optional<Value>> changes) {
    changes.forEach((key, value) -> out.string(key).optionalValue(value));
  }

  private static Map<String, Optional<Value>> readChanges(PayloadReader in) {
    Map<String, Optional<Value>> changes = new LinkedHashMap<>();
    while (in.remaining() > 0) {
      changes.put(in.string(RoomWire.KEY_MAX_BYTES), in.optionalValue(RoomWire.MAX_BYTES));
    }
    return changes;
  }
}

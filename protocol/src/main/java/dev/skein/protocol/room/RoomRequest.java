package dev.skein.protocol.room;

import dev.skein.protocol.payload.Payload;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks of rooms, except the three hot ones: BROADCAST, RELAY and MESSAGE are parsed
 * in place. {@code room} is the number a room has on the user's node, given by the join.
 */
public sealed interface RoomRequest extends Payload {

  /** The command's number. */
  default int cmd() {
    return switch (this) {
      case Create create -> RoomCmd.CREATE;
      case Join join -> RoomCmd.JOIN;
      case JoinRandom joinRandom -> RoomCmd.JOIN_RANDOM;
      case Leave leave -> RoomCmd.LEAVE;
      case Reserve reserve -> RoomCmd.RESERVE;
      case CancelReservation cancelReservation -> RoomCmd.CANCEL_RESERVATION;
      case GetProperties getProperties -> RoomCmd.GET_PROPERTIES;
      case SetProperties setProperties -> RoomCmd.SET_PROPERTIES;
      case ReplaceProperty replaceProperty -> RoomCmd.REPLACE_PROPERTY;
      case IncrementProperty incrementProperty -> RoomCmd.INCREMENT_PROPERTY;
      case RemoveProperties removeProperties -> RoomCmd.REMOVE_PROPERTIES;
      case PutObject putObject -> RoomCmd.PUT_OBJECT;
      case RemoveObject removeObject -> RoomCmd.REMOVE_OBJECT;
      case ChangeOwner changeOwner -> RoomCmd.CHANGE_OWNER;
      case Kick kick -> RoomCmd.KICK;
      case Chat chat -> RoomCmd.CHAT;
      case ChatHistory chatHistory -> RoomCmd.CHAT_HISTORY;
      case Register register -> RoomCmd.REGISTER;
      case Find find -> RoomCmd.FIND;
      case Stat stat -> RoomCmd.STAT;
      case ListOwn listOwn -> RoomCmd.LIST;
      case Return back -> RoomCmd.RETURN;
    };
  }

  /** A request of a member to its room. */
  sealed interface InRoom extends RoomRequest {
    /** The room's number. */
    long room();
  }

  /**
   * Wishes for a new room; zero means "as the server has it for this type".
   *
   * @param type a free name; with a registered room random joins find it
   * @param register whether finds and random joins by type see the room
   * @param allowEmpty whether the room outlives its last member by {@code emptyTtlMillis}
   * @param maxMembers capacity, 2 to 1000
   * @param emptyTtlMillis how long it stays without members
   * @param broadcastIntervalMillis broadcasts within this time travel as one push
   */
  record Terms(
      String type,
      boolean register,
      boolean allowEmpty,
      int maxMembers,
      long emptyTtlMillis,
      int broadcastIntervalMillis) {

    /** The server's own terms for this type, registered. */
    public static Terms of(String type) {
      return new Terms(type, true, false, 0, 0, 0);
    }

    void write(PayloadWriter out) {
      out.string(type).u8((register ? 1 : 0) | (allowEmpty ? 2 : 0)).varint(maxMembers);
      out.varint(emptyTtlMillis).varint(broadcastIntervalMillis);
    }

    static Terms read(PayloadReader in) {
      String type = in.string(RoomWire.TYPE_MAX_BYTES);
      int flags = in.flags(2);
      return new Terms(
          type,
          (flags & 1) != 0,
          (flags & 2) != 0,
          in.varint(Integer.MAX_VALUE),
          in.varint(),
          in.varint(Integer.MAX_VALUE));
    }
  }

  /** A new room; with {@code join} its maker becomes first member and owner. */
  @SuppressWarnings("ArrayRecordComponent")
  record Create(Terms terms, boolean join, byte[] message) implements RoomRequest {}

  /** Into the room with this id. */
  @SuppressWarnings("ArrayRecordComponent")
  record Join(String roomId, byte[] message) implements RoomRequest {}

  /** Into any registered room of the type with a free place, or with {@code create} a new one. */
  @SuppressWarnings("ArrayRecordComponent")
  record JoinRandom(Terms terms, boolean create, byte[] message) implements RoomRequest {}

  /** Out of the room. */
  @SuppressWarnings("ArrayRecordComponent")
  record Leave(long room, byte[] message) implements InRoom {}

  /** Keeps places for users; {@code ttlMillis} 0 is the room's default. */
  record Reserve(long room, long ttlMillis, List<String> uids) implements InRoom {}

  /** Gives reserved places back. */
  record CancelReservation(long room, List<String> uids) implements InRoom {}

  /** Properties with these keys; all of them if there are none. */
  record GetProperties(long room, List<String> keys) implements InRoom {}

  /** Sets several properties at once. */
  record SetProperties(long room, Map<String, Value> values) implements InRoom {}

  /** Sets a property if it still is as expected (empty: not there). */
  record ReplaceProperty(long room, String key, Optional<Value> expected, Value value)
      implements InRoom {}

  /** Adds to a number; one that is not there counts as zero. */
  record IncrementProperty(long room, String key, Value delta) implements InRoom {}

  /** Removes properties; those not there are skipped. */
  record RemoveProperties(long room, List<String> keys) implements InRoom {}

  /** Writes a shared object; {@code ttlMillis} 0 is for ever, linked ones leave with their user. */
  record PutObject(
      long room, String key, Combine combine, boolean linked, long ttlMillis, Value value)
      implements InRoom {}

  /** Removes a shared object. */
  record RemoveObject(long room, String key) implements InRoom {}

  /** The owner makes another member the owner. */
  record ChangeOwner(long room, int member) implements InRoom {}

  /** The owner removes another member. */
  @SuppressWarnings("ArrayRecordComponent")
  record Kick(long room, int member, byte[] message) implements InRoom {}

  /** Says something to everyone, kept in the history. */
  record Chat(long room, String text) implements InRoom {}

  /** The newest lines, oldest first. */
  record ChatHistory(long room, int maxCount) implements InRoom {}

  /** The owner shows or hides the room to finds and random joins. */
  record Register(long room, boolean registered) implements InRoom {}

  /** Registered rooms of a type; of every type if it is empty. */
  record Find(String type, int maxCount) implements RoomRequest {}

  /** One room's numbers. */
  record Stat(String roomId) implements RoomRequest {}

  /** The rooms the user is in. */
  record ListOwn() implements RoomRequest {}

  /**
   * Back into a place that was kept, by a new session of the same user.
   *
   * @param member the user's own number there
   * @param heard pushes of the room that came reliably, from ENTERED on; RETURNED is none of them
   */
  record Return(String roomId, int member, long heard) implements RoomRequest {}

  @Override
  default void write(PayloadWriter out) {
    switch (this) {
      case Create(var terms, var join, var message) -> {
        terms.write(out);
        out.bool(join).raw(message);
      }
      case Join(var roomId, var message) -> out.string(roomId).raw(message);
      case JoinRandom(var terms, var create, var message) -> {
        terms.write(out);
        out.bool(create).raw(message);
      }
      case Leave(var room, var message) -> out.varint(room).raw(message);
      case Reserve(var room, var ttlMillis, var uids) ->
          out.varint(room).varint(ttlMillis).strings(uids);
      case CancelReservation(var room, var uids) -> out.varint(room).strings(uids);
      case GetProperties(var room, var keys) -> out.varint(room).strings(keys);
      case SetProperties(var room, var values) -> {
        out.varint(room).varint(values.size());
        values.forEach((key, value) -> out.string(key).value(value));
      }
      case ReplaceProperty(var room, var key, var expected, var value) ->
          out.varint(room).string(key).optionalValue(expected).value(value);
      case IncrementProperty(var room, var key, var delta) ->
          out.varint(room).string(key).value(delta);
      case RemoveProperties(var room, var keys) -> out.varint(room).strings(keys);
      case PutObject(var room, var key, var combine, var linked, var ttlMillis, var value) ->
          out.varint(room)
              .string(key)
              .u8(combine.code())
              .bool(linked)
              .varint(ttlMillis)
              .value(value);
      case RemoveObject(var room, var key) -> out.varint(room).string(key);
      case ChangeOwner(var room, var member) -> out.varint(room).varint(member);
      case Kick(var room, var member, var message) -> out.varint(room).varint(member).raw(message);
      case Chat(var room, var text) -> out.varint(room).string(text);
      case ChatHistory(var room, var maxCount) -> out.varint(room).varint(maxCount);
      case Register(var room, var registered) -> out.varint(room).bool(registered);
      case Find(var type, var maxCount) -> out.string(type).varint(maxCount);
      case Stat(var roomId) -> out.string(roomId);
      case ListOwn() -> {}
      case Return(var roomId, var member, var heard) ->
          out.string(roomId).varint(member).varint(heard);
    }
  }

  /** The request in a command's payload; empty if it is malformed or no request of this kind. */
  static Optional<RoomRequest> decode(int cmd, byte[] payload) {
    return PayloadReader.decode(payload, in -> read(cmd, in));
  }

  private static @Nullable RoomRequest read(int cmd, PayloadReader in) {
    return switch (cmd) {
      case RoomCmd.CREATE -> new Create(Terms.read(in), in.bool(), in.rest());
      case RoomCmd.JOIN -> new Join(in.string(RoomWire.ID_MAX_BYTES), in.rest());
      case RoomCmd.JOIN_RANDOM -> new JoinRandom(Terms.read(in), in.bool(), in.rest());
      case RoomCmd.LEAVE -> new Leave(in.varint(), in.rest());
      case RoomCmd.RESERVE -> new Reserve(in.varint(), in.varint(), uids(in));
      case RoomCmd.CANCEL_RESERVATION -> new CancelReservation(in.varint(), uids(in));
      case RoomCmd.GET_PROPERTIES -> new GetProperties(in.varint(), keys(in));
      case RoomCmd.SET_PROPERTIES -> new SetProperties(in.varint(), values(in));
      case RoomCmd.REPLACE_PROPERTY ->
          new ReplaceProperty(
              in.varint(), key(in), in.optionalValue(RoomWire.MAX_BYTES), value(in));
      case RoomCmd.INCREMENT_PROPERTY -> new IncrementProperty(in.varint(), key(in), value(in));
      case RoomCmd.REMOVE_PROPERTIES -> new RemoveProperties(in.varint(), keys(in));
      case RoomCmd.PUT_OBJECT ->
          new PutObject(in.varint(), key(in), combine(in), in.bool(), in.varint(), value(in));
      case RoomCmd.REMOVE_OBJECT -> new RemoveObject(in.varint(), key(in));
      case RoomCmd.CHANGE_OWNER -> new ChangeOwner(in.varint(), member(in));
      case RoomCmd.KICK -> new Kick(in.varint(), member(in), in.rest());
      case RoomCmd.CHAT -> new Chat(in.varint(), in.string(RoomWire.MAX_BYTES));
      case RoomCmd.CHAT_HISTORY -> new ChatHistory(in.varint(), member(in));
      case RoomCmd.REGISTER -> new Register(in.varint(), in.bool());
      case RoomCmd.FIND -> new Find(in.string(RoomWire.TYPE_MAX_BYTES), member(in));
      case RoomCmd.STAT -> new Stat(in.string(RoomWire.ID_MAX_BYTES));
      case RoomCmd.LIST -> new ListOwn();
      case RoomCmd.RETURN -> new Return(in.string(RoomWire.ID_MAX_BYTES), member(in), in.varint());
      default -> null;
    };
  }

  private static String key(PayloadReader in) {
    return in.string(RoomWire.KEY_MAX_BYTES);
  }

  private static Value value(PayloadReader in) {
    return in.value(RoomWire.MAX_BYTES);
  }

  private static int member(PayloadReader in) {
    return in.varint(Integer.MAX_VALUE);
  }

  private static List<String> keys(PayloadReader in) {
    return RoomWire.readStrings(in, RoomWire.KEY_MAX_BYTES);
  }

  private static List<String> uids(PayloadReader in) {
    return RoomWire.readStrings(in, RoomWire.UID_MAX_BYTES);
  }

  private static Combine combine(PayloadReader in) {
    return in.known(Combine.of(in.u8()), Combine.LAST);
  }

  private static Map<String, Value> values(PayloadReader in) {
    return in.map(RoomWire.LIST_MAX_COUNT, RoomRequest::key, RoomRequest::value);
  }
}

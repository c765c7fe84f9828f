package dev.skein.protocol.room;

import dev.skein.protocol.payload.Payload;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Payloads of OK responses to room commands. */
public sealed interface RoomReply extends Payload {

  /** To all the others: nothing. */
  record Done() implements RoomReply {
    @Override
    public void write(PayloadWriter out) {}
  }

  /**
   * To CREATE, JOIN, JOIN_RANDOM and RETURN.
   *
   * @param room the room's number; 0 if a room was made without joining it
   * @param created whether the command made the room
   * @param roomId its id
   */
  record Entry(long room, boolean created, String roomId) implements RoomReply {
    @Override
    public void write(PayloadWriter out) {
      out.varint(room).bool(created).string(roomId);
    }

    /** Empty if malformed. */
    public static Optional<Entry> decode(byte[] payload) {
      return PayloadReader.decode(
          payload, in -> new Entry(in.varint(), in.bool(), in.string(RoomWire.ID_MAX_BYTES)));
    }
  }

  /** To GET_PROPERTIES: those that are there. */
  record Properties(Map<String, Value> values) implements RoomReply {
    @Override
    public void write(PayloadWriter out) {
      out.varint(values.size());
      values.forEach((key, value) -> out.string(key).value(value));
    }

    /** Empty if malformed. */
    public static Optional<Properties> decode(byte[] payload) {
      return PayloadReader.decode(
          payload,
          in ->
              new Properties(
                  in.map(
                      RoomWire.LIST_MAX_COUNT,
                      each -> each.string(RoomWire.KEY_MAX_BYTES),
                      each -> each.value(RoomWire.MAX_BYTES))));
    }
  }

  /** To REPLACE_PROPERTY: whether it was replaced, and the value now (empty: not there). */
  record Replaced(boolean replaced, Optional<Value> value) implements RoomReply {
    @Override
    public void write(PayloadWriter out) {
      out.bool(replaced).optionalValue(value);
    }

    /** Empty if malformed. */
    public static Optional<Replaced> decode(byte[] payload) {
      return PayloadReader.decode(
          payload, in -> new Replaced(in.bool(), in.optionalValue(RoomWire.MAX_BYTES)));
    }
  }

  /** To INCREMENT_PROPERTY and PUT_OBJECT: the value now. */
  record Now(Value value) implements RoomReply {
    @Override
    public void write(PayloadWriter out) {
      out.value(value);
    }

    /** Empty if malformed. */
    public static Optional<Now> decode(byte[] payload) {
      return PayloadReader.decode(payload, in -> new Now(in.value(RoomWire.MAX_BYTES)));
    }
  }

  /** To CHAT_HISTORY: oldest first. */
  record History(List<ChatLine> lines) implements RoomReply {
    @Override
    public void write(PayloadWriter out) {
      out.list(lines, (each, line) -> line.write(each));
    }

    /** Empty if malformed. */
    public static Optional<History> decode(byte[] payload) {
      return PayloadReader.decode(
          payload, in -> new History(in.list(RoomWire.LIST_MAX_COUNT, ChatLine::read)));
    }
  }

  /** To FIND and, with one element, STAT. */
  record Stats(List<RoomStat> rooms) implements RoomReply {
    @Override
    public void write(PayloadWriter out) {
      out.list(rooms, (each, room) -> room.write(each));
    }

    /** Empty if malformed. */
    public static Optional<Stats> decode(byte[] payload) {
      return PayloadReader.decode(
          payload, in -> new Stats(in.list(RoomWire.LIST_MAX_COUNT, RoomStat::read)));
    }
  }

  /** To LIST: the user's rooms by number. */
  record Own(Map<Long, String> roomIds) implements RoomReply {
    @Override
    public void write(PayloadWriter out) {
      out.varint(roomIds.size());
      roomIds.forEach((room, roomId) -> out.varint(room).string(roomId));
    }

    /** Empty if malformed. */
    public static Optional<Own> decode(byte[] payload) {
      return PayloadReader.decode(
          payload,
          in ->
              new Own(
                  in.map(
                      RoomWire.LIST_MAX_COUNT,
                      each -> each.varint(),
                      each -> each.string(RoomWire.ID_MAX_BYTES))));
    }
  }
}

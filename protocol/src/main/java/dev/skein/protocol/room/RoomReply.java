package dev.skein.protocol.room;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Payloads of OK responses to room commands. */
public sealed interface RoomReply {

  /** Appends the payload. */
  void write(PayloadWriter out);

  /** The payload. */
  default byte[] encode() {
    PayloadWriter out = new PayloadWriter();
    write(out);
    return out.toBytes();
  }

  /** To all the others: nothing. */
  record Done() implements RoomReply {
    @Override
    public void write(PayloadWriter out) {}
  }

  /**
   * To CREATE, JOIN and JOIN_RANDOM.
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
      PayloadReader in = new PayloadReader(payload);
      Entry entry = new Entry(in.varint(), in.bool(), in.string(RoomWire.ID_MAX_BYTES));
      return in.finished() ? Optional.of(entry) : Optional.empty();
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
      PayloadReader in = new PayloadReader(payload);
      int count = in.varint(RoomWire.LIST_MAX_COUNT);
      Map<String, Value> values = new LinkedHashMap<>();
      for (int i = 0; i < count && in.ok(); i++) {
        values.put(in.string(RoomWire.KEY_MAX_BYTES), in.value(RoomWire.MAX_BYTES));
      }
      return in.finished() ? Optional.of(new Properties(values)) : Optional.empty();
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
      PayloadReader in = new PayloadReader(payload);
      Replaced replaced = new Replaced(in.bool(), in.optionalValue(RoomWire.MAX_BYTES));
      return in.finished() ? Optional.of(replaced) : Optional.empty();
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
      PayloadReader in = new PayloadReader(payload);
      Now now = new Now(in.value(RoomWire.MAX_BYTES));
      return in.finished() ? Optional.of(now) : Optional.empty();
    }
  }

  /** To CHAT_HISTORY: oldest first. */
  record History(List<ChatLine> lines) implements RoomReply {
    @Override
    public void write(PayloadWriter out) {
      out.varint(lines.size());
      for (ChatLine line : lines) {
        line.write(out);
      }
    }

    /** Empty if malformed. */
    public static Optional<History> decode(byte[] payload) {
      PayloadReader in = new PayloadReader(payload);
      int count = in.varint(RoomWire.LIST_MAX_COUNT);
      List<ChatLine> lines = new ArrayList<>();
      for (int i = 0; i < count && in.ok(); i++) {
        lines.add(ChatLine.read(in));
      }
      return in.finished() ? Optional.of(new History(lines)) : Optional.empty();
    }
  }

  /** To FIND and, with one element, STAT. */
  record Stats(List<RoomStat> rooms) implements RoomReply {
    @Override
    public void write(PayloadWriter out) {
      out.varint(rooms.size());
      for (RoomStat room : rooms) {
        room.write(out);
      }
    }

    /** Empty if malformed. */
    public static Optional<Stats> decode(byte[] payload) {
      PayloadReader in = new PayloadReader(payload);
      int count = in.varint(RoomWire.LIST_MAX_COUNT);
      List<RoomStat> rooms = new ArrayList<>();
      for (int i = 0; i < count && in.ok(); i++) {
        rooms.add(RoomStat.read(in));
      }
      return in.finished() ? Optional.of(new Stats(rooms)) : Optional.empty();
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
      PayloadReader in = new PayloadReader(payload);
      int count = in.varint(RoomWire.LIST_MAX_COUNT);
      Map<Long, String> roomIds = new LinkedHashMap<>();
      for (int i = 0; i < count && in.ok(); i++) {
        roomIds.put(in.varint(), in.string(RoomWire.ID_MAX_BYTES));
      }
      return in.finished() ? Optional.of(new Own(roomIds)) : Optional.empty();
    }
  }
}

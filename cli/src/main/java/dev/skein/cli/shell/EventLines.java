package dev.skein.cli.shell;

import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.ChatLine;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.protocol.room.RoomStat;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Puts what comes from the server into words. */
final class EventLines {
  private EventLines() {}

  /** What happened in a room; a bundle is several lines. */
  static List<String> of(RoomEvent event, KnownRooms rooms) {
    String room = "[" + event.room() + "] ";
    return switch (event) {
      case RoomEvent.Entered in ->
          List.of(room + "you are in " + in.roomId() + " (" + in.type() + ")" + text(in.welcome()));
      case RoomEvent.Roster roster ->
          List.of(room + "here are " + String.join(", ", roster.uids().values()));
      case RoomEvent.Ready ready -> List.of();
      case RoomEvent.Joined joined ->
          List.of(room + joined.uid() + " came in" + text(joined.message()));
      case RoomEvent.Left left ->
          List.of(
              room
                  + rooms.uid(left.room(), left.member())
                  + " is out, "
                  + left.reason()
                  + text(left.message()));
      case RoomEvent.Exited exited ->
          List.of(room + "you are out, " + exited.reason() + text(exited.message()));
      case RoomEvent.Said said -> List.of(room + said(said, rooms));
      case RoomEvent.Bundle bundle ->
          bundle.entries().stream()
              .map(entry ->
                  room
                      + rooms.uid(bundle.room(), entry.from())
                      + (entry.relay() ? " relays" : " broadcasts")
                      + text(entry.data()))
              .toList();
      case RoomEvent.PropertiesChanged changed ->
          List.of(room + "properties: " + changes(changed.changes()));
      case RoomEvent.ObjectsChanged changed ->
          List.of(room + "objects: " + changes(changed.changes()));
      case RoomEvent.OwnerChanged changed ->
          List.of(room + rooms.uid(changed.room(), changed.member()) + " owns the room now");
      case RoomEvent.Chatted chatted -> List.of(room + chat(chatted.line()));
      case RoomEvent.Returned back -> List.of(room + "you are back in " + back.roomId());
    };
  }

  private static String said(RoomEvent.Said said, KnownRooms rooms) {
    String verb =
        switch (said.address()) {
          case BROADCAST -> " broadcasts";
          case RELAY -> " relays";
          case MESSAGE -> " tells";
          case ANNOUNCE -> " announces";
        };
    return rooms.uid(said.room(), said.from()) + verb + text(said.data());
  }

  static String chat(ChatLine line) {
    String uid = line.uid().isEmpty() ? "(server)" : line.uid();
    return "#"
        + line.id()
        + " "
        + Instant.ofEpochMilli(line.atMillis())
        + " "
        + uid
        + ": "
        + line.text();
  }

  static String stat(RoomStat room) {
    return room.id()
        + " ("
        + room.type()
        + "): "
        + room.members()
        + " of "
        + room.maxMembers()
        + ", "
        + room.reserved()
        + " reserved"
        + (room.registered() ? ", registered" : "");
  }

  static String value(Value value) {
    return switch (value) {
      case Value.Flag flag -> Boolean.toString(flag.value());
      case Value.Whole whole -> Long.toString(whole.value());
      case Value.Real real -> Double.toString(real.value());
      case Value.Text text -> text.value();
      case Value.Blob blob -> blob.toString();
    };
  }

  static String values(Map<String, Value> values) {
    return values.entrySet().stream()
        .map(entry -> entry.getKey() + " = " + value(entry.getValue()))
        .collect(Collectors.joining(", "));
  }

  private static String changes(Map<String, Optional<Value>> changes) {
    return changes.entrySet().stream()
        .map(change ->
            change.getKey() + " = " + change.getValue().map(EventLines::value).orElse("(gone)"))
        .collect(Collectors.joining(", "));
  }

  /** Bytes as a text after a colon; nothing for none. */
  static String text(byte[] bytes) {
    return bytes.length == 0 ? "" : ": " + new String(bytes, StandardCharsets.UTF_8);
  }
}

package dev.skein.cli.shell;

import dev.skein.protocol.room.RoomEvent;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The rooms the client is in, as their events tell. Thread-safe. */
final class KnownRooms {
  private final Map<Long, Known> rooms = new LinkedHashMap<>();

  /** By id: the session is lost, and what number the rooms get in the next is not known. */
  private final Map<String, Known> away = new LinkedHashMap<>();

  private long current;

  /** One room. */
  static final class Known {
    private final String id;
    private final Map<Integer, String> members = new LinkedHashMap<>();

    private Known(String id) {
      this.id = id;
    }
  }

  /** Takes in what a room told. */
  synchronized void on(RoomEvent event) {
    switch (event) {
      case RoomEvent.Entered entered -> {
        rooms.put(entered.room(), new Known(entered.roomId()));
        current = entered.room();
      }
      case RoomEvent.Exited exited -> {
        rooms.remove(exited.room());
        if (current == exited.room()) {
          current = rooms.keySet().stream().reduce((first, last) -> last).orElse(0L);
        }
      }
      case RoomEvent.Roster roster ->
          known(roster.room()).ifPresent(room -> room.members.putAll(roster.uids()));
      case RoomEvent.Joined joined ->
          known(joined.room()).ifPresent(room -> room.members.put(joined.member(), joined.uid()));
      case RoomEvent.Left left ->
          known(left.room()).ifPresent(room -> room.members.remove(left.member()));
      case RoomEvent.Ready ready -> {}
      case RoomEvent.Said said -> {}
      case RoomEvent.Bundle bundle -> {}
      case RoomEvent.PropertiesChanged changed -> {}
      case RoomEvent.ObjectsChanged changed -> {}
      case RoomEvent.OwnerChanged changed -> {}
      case RoomEvent.Chatted chatted -> {}
      case RoomEvent.Returned back -> {
        Known known = away.remove(back.roomId());
        if (known != null) {
          rooms.put(back.room(), known);
          current = back.room();
        }
      }
    }
  }

  /** The session was lost, and with it every room's number. */
  synchronized void lost() {
    rooms.values().forEach(known -> away.put(known.id, known));
    rooms.clear();
    current = 0;
  }

  /**
   * The room commands are for: the one entered last or chosen.
   *
   * @throws Words.Misuse if the client is in none
   */
  synchronized long current() {
    if (current == 0) {
      throw new Words.Misuse("you are in no room: create, join or random first");
    }
    return current;
  }

  /** Chooses the current room by id or number. */
  synchronized long choose(String idOrNumber) {
    for (Map.Entry<Long, Known> room : rooms.entrySet()) {
      if (room.getValue().id.equals(idOrNumber) || room.getKey().toString().equals(idOrNumber)) {
        current = room.getKey();
        return current;
      }
    }
    throw new Words.Misuse("you are not in " + idOrNumber);
  }

  /** The uid of a member, its number if it is not known. */
  synchronized String uid(long room, int member) {
    return member == 0
        ? "(server)"
        : known(room)
            .flatMap(known -> Optional.ofNullable(known.members.get(member)))
            .orElse("#" + member);
  }

  /**
   * The number of a member of the current room, from its uid or {@code #number}.
   *
   * @throws Words.Misuse if there is none
   */
  synchronized int member(String uidOrNumber) {
    if (uidOrNumber.matches("#\\d{1,9}")) {
      return Integer.parseInt(uidOrNumber.substring(1));
    }
    return known(current())
        .flatMap(known ->
            known.members.entrySet().stream()
                .filter(member -> member.getValue().equals(uidOrNumber))
                .map(Map.Entry::getKey)
                .findFirst())
        .orElseThrow(() -> new Words.Misuse(uidOrNumber + " is not in this room"));
  }

  /** The members of the current room. */
  synchronized String members() {
    return known(current())
        .map(known -> known.id + ": " + String.join(", ", known.members.values()))
        .orElse("");
  }

  private Optional<Known> known(long room) {
    return Optional.ofNullable(rooms.get(room));
  }
}

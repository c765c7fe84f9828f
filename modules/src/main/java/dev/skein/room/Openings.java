package dev.skein.room;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The registered rooms with a free place of the types that this node is the home of: where random
 * joins that found nothing on their own node are decided, so that users who come at the same time
 * to several nodes meet in one room. Any thread.
 */
final class Openings {
  private final Map<String, Map<String, Opening>> byType = new HashMap<>();

  /** What is known of a room: where it lives, and how many more are sent there. */
  private static final class Opening {
    private final String node;
    private int free;

    Opening(String node, int free) {
      this.node = node;
      this.free = free;
    }
  }

  /** A node tells of one of its rooms. */
  synchronized void shelve(String node, RoomMail.Shelved shelved) {
    if (shelved.free() > 0) {
      byType
          .computeIfAbsent(shelved.type(), type -> new HashMap<>())
          .put(shelved.roomId(), new Opening(node, shelved.free()));
      return;
    }
    byType.computeIfPresent(
        shelved.type(),
        (type, rooms) -> {
          // One that has moved is told of by its new node, perhaps before the old one says goodbye.
          rooms.computeIfPresent(
              shelved.roomId(), (id, room) -> room.node.equals(node) ? null : room);
          return rooms.isEmpty() ? null : rooms;
        });
  }

  synchronized void forgetNode(String node) {
    byType.values().forEach(rooms -> rooms.values().removeIf(room -> room.node.equals(node)));
    byType.values().removeIf(Map::isEmpty);
  }

  /** A room for one more user; empty if there is none and the asker has no candidate. */
  synchronized Optional<String> pick(String asker, RoomMail.Pick pick, RandomGenerator chance) {
    Map<String, Opening> rooms = byType.getOrDefault(pick.type(), Map.of());
    List<String> open = open(rooms, pick.not());
    if (!open.isEmpty()) {
      String chosen = open.get(chance.nextInt(open.size()));
      Opening room = rooms.get(chosen);
      if (room != null) {
        room.free--;
      }
      return Optional.of(chosen);
    }
    if (pick.candidate().isEmpty()) {
      return Optional.empty();
    }
    shelve(asker, new RoomMail.Shelved(pick.type(), pick.candidate(), pick.free()));
    return Optional.of(pick.candidate());
  }

  private static List<String> open(Map<String, Opening> rooms, Collection<String> not) {
    List<String> open = new ArrayList<>();
    rooms.forEach((id, room) -> {
      if (room.free > 0 && !not.contains(id)) {
        open.add(id);
      }
    });
    // A map's order is not the same in every run; a seed's choice is.
    open.sort(null);
    return open;
  }
}

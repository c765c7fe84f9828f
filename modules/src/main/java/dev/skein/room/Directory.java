package dev.skein.room;

import dev.skein.module.ThingIds;
import dev.skein.server.Shard;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;

/**
 * The rooms of a node: by id, and those registered by type. Any thread may call; the lock guards
 * nothing but ids and numbers.
 */
final class Directory {
  /** A number rests until so many others were given back: late messages name the old room. */
  private static final int RESTING_NUMBERS = 1_024;

  /** How many rooms with a free place a random join looks at. */
  private static final int CANDIDATES_MAX_COUNT = 64;

  private final ThingIds ids;
  private final int maxCount;
  private final Map<String, LiveRoom> byId = new ConcurrentHashMap<>();
  private final Map<String, Shelf> shelves = new ConcurrentHashMap<>();
  private final Deque<Integer> returnedNumbers = new ArrayDeque<>();
  private int lastNumber;
  private int count;

  /** The registered rooms of a type, and those of them that have a free place. */
  private record Shelf(Set<LiveRoom> registered, Set<LiveRoom> open) {
    Shelf() {
      this(ConcurrentHashMap.newKeySet(), ConcurrentHashMap.newKeySet());
    }
  }

  Directory(ThingIds ids, int maxCount) {
    this.ids = ids;
    this.maxCount = maxCount;
  }

  /**
   * What a room is called.
   *
   * @param number stands for it on its members' wire
   * @param own whether the number is one of this node's: a room keeps it wherever it goes
   */
  record Name(String id, int number, boolean own) {}

  /** An id for a room that may be made. */
  String newId() {
    return ids.next();
  }

  /** Reserves a name, to be given back by {@link #remove}; empty if the node is full. */
  Optional<Name> name() {
    return name(newId());
  }

  /** The same for a room with this id. */
  synchronized Optional<Name> name(String id) {
    if (count >= maxCount) {
      return Optional.empty();
    }
    count++;
    int number =
        returnedNumbers.size() > RESTING_NUMBERS ? returnedNumbers.removeFirst() : ++lastNumber;
    return Optional.of(new Name(id, number, true));
  }

  /** The same for a room that comes from another node with its number. */
  synchronized Optional<Name> nameOf(String id, int number) {
    if (count >= maxCount) {
      return Optional.empty();
    }
    count++;
    return Optional.of(new Name(id, number, false));
  }

  /** Gives back a name that no room was added for. */
  synchronized void giveBack(Name name) {
    count--;
    if (name.own) {
      returnedNumbers.addLast(name.number);
    }
  }

  void add(LiveRoom room) {
    byId.put(room.id(), room);
  }

  void remove(LiveRoom room) {
    if (!byId.remove(room.id(), room)) {
      return;
    }
    unregister(room);
    giveBack(room.name());
  }

  Optional<LiveRoom> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  Collection<LiveRoom> all() {
    return byId.values();
  }

  int count() {
    return byId.size();
  }

  /** Shows the room to finds by type, and to random joins while it has a free place. */
  void register(LiveRoom room, boolean open) {
    shelves.compute(
        room.options().type(),
        (type, shelf) -> {
          Shelf kept = shelf == null ? new Shelf() : shelf;
          kept.registered.add(room);
          if (open) {
            kept.open.add(room);
          } else {
            kept.open.remove(room);
          }
          return kept;
        });
  }

  void unregister(LiveRoom room) {
    shelves.computeIfPresent(
        room.options().type(),
        (type, shelf) -> {
          shelf.registered.remove(room);
          shelf.open.remove(room);
          return shelf.registered.isEmpty() ? null : shelf;
        });
  }

  /** Registered rooms of a type, of all types if it is empty; at most so many. */
  List<LiveRoom> registered(String type, int maxCount) {
    if (!type.isEmpty()) {
      Shelf shelf = shelves.get(type);
      return shelf == null ? List.of() : shelf.registered.stream().limit(maxCount).toList();
    }
    return shelves.values().stream()
        .flatMap(shelf -> shelf.registered.stream())
        .limit(maxCount)
        .toList();
  }

  /**
   * Claims a place in a random registered room of the type that the user is not in: on the user's
   * own shard if there is one, because no message has to change shards then.
   */
  Optional<LiveRoom> claim(String type, Seats seats, RandomGenerator chance) {
    Shelf shelf = shelves.get(type);
    if (shelf == null) {
      return Optional.empty();
    }
    Shard home = seats.user().shard();
    List<LiveRoom> near = new ArrayList<>();
    List<LiveRoom> far = new ArrayList<>();
    for (LiveRoom room : shelf.open) {
      if (!seats.isIn(room.id())) {
        (room.shard() == home ? near : far).add(room);
      }
      if (near.size() + far.size() >= CANDIDATES_MAX_COUNT) {
        break;
      }
    }
    return claimOne(near, chance).or(() -> claimOne(far, chance));
  }

  private static Optional<LiveRoom> claimOne(List<LiveRoom> rooms, RandomGenerator chance) {
    int start = rooms.isEmpty() ? 0 : chance.nextInt(rooms.size());
    for (int i = 0; i < rooms.size(); i++) {
      LiveRoom room = rooms.get((start + i) % rooms.size());
      if (room.claim()) {
        return Optional.of(room);
      }
    }
    return Optional.empty();
  }
}

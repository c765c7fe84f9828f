package dev.skein.room;

import dev.skein.protocol.room.ChatLine;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A room of another node as its backup has it: everything but life. Confined to the shard that its
 * number stands for.
 */
final class Standby {
  private final String home;
  private final long homeId;
  private final long number;
  private final Map<Integer, RoomCopy.Place> places = new LinkedHashMap<>();
  private final Map<Long, RoomCopy.Way> ways = new LinkedHashMap<>();
  private final Map<String, RoomCopy.Property> properties = new LinkedHashMap<>();
  private final Map<String, Since<RoomCopy.Thing>> objects = new LinkedHashMap<>();
  private final Deque<ChatLine> chat = new ArrayDeque<>();
  private final FrameLog frames;
  private Since<RoomCopy.Charter> charter;
  private List<Since<RoomCopy.Reservation>> reservations;
  private List<String> untold;
  private long index;

  /** Something whose times count from a moment of this node's clock. */
  private record Since<T>(T thing, long atMillis) {}

  /**
   * @param home the mesh address of the room's node
   * @param homeId of that node since it has started
   * @param number of the keeping: {@link RoomMail.Enlist#ledger}
   * @param index of the last entry that the transcript has
   */
  Standby(String home, long homeId, long number, long index, Transcript from, long nowMillis) {
    this.home = home;
    this.homeId = homeId;
    this.number = number;
    this.index = index;
    RoomCopy copy = from.copy();
    copy.places().forEach(place -> places.put(place.member(), place));
    copy.ways().forEach(way -> ways.put(way.line(), way));
    copy.properties().forEach(property -> properties.put(property.key(), property));
    copy.objects().forEach(thing -> objects.put(thing.key(), new Since<>(thing, nowMillis)));
    chat.addAll(copy.chat());
    charter = new Since<>(copy.charter(), nowMillis);
    reservations = since(copy.reservations(), nowMillis);
    untold = from.untold();
    frames = FrameLog.decode(from.frames(), nowMillis);
  }

  private static <T> List<Since<T>> since(List<T> things, long nowMillis) {
    return things.stream().map(thing -> new Since<>(thing, nowMillis)).toList();
  }

  String roomId() {
    return charter.thing.id();
  }

  String home() {
    return home;
  }

  long homeId() {
    return homeId;
  }

  long number() {
    return number;
  }

  /** Does what has become of the room; false if an entry is missing. */
  boolean add(LedgerEntry entry, long nowMillis) {
    if (entry.index() != index + 1) {
      return false;
    }
    index = entry.index();
    entry.charter().forEach(next -> charter = new Since<>(next, nowMillis));
    entry.gone().forEach(places::remove);
    entry.places().forEach(this::put);
    entry
        .ended()
        .forEach(line -> {
          ways.remove(line);
          frames.forget(line);
        });
    entry.ways().forEach(way -> ways.put(way.line(), way));
    entry.properties().forEach(property -> properties.put(property.key(), property));
    entry.removedProperties().forEach(properties::remove);
    entry.objects().forEach(thing -> objects.put(thing.key(), new Since<>(thing, nowMillis)));
    entry.removedObjects().forEach(objects::remove);
    if (entry.objectsTold()) {
      untold = entry.untold();
    }
    entry.chat().forEach(this::say);
    if (entry.reserved()) {
      reservations = since(entry.reservations(), nowMillis);
    }
    Frame.decode(entry.frames()).forEach(frame -> frames.append(frame, nowMillis));
    return true;
  }

  /** A member that has moved keeps its place in the order of joining. */
  private void put(RoomCopy.Place place) {
    RoomCopy.Place former = places.get(place.member());
    if (former != null && !former.visitor().uid().equals(place.visitor().uid())) {
      places.remove(place.member());
    }
    places.put(place.member(), place);
  }

  private void say(ChatLine line) {
    if (chat.isEmpty() || line.id() > chat.getLast().id()) {
      chat.addLast(line);
    }
    if (chat.size() > charter.thing.terms().chatHistoryMaxCount()) {
      chat.removeFirst();
    }
  }

  /** The room as it is now. */
  Transcript transcript(long nowMillis) {
    RoomCopy.Charter former = charter.thing;
    long lastChatId =
        chat.isEmpty() ? former.lastChatId() : Math.max(former.lastChatId(), chat.getLast().id());
    RoomCopy.Charter now =
        new RoomCopy.Charter(
            former.id(),
            former.number(),
            former.terms(),
            former.registered(),
            former.createdAtMillis(),
            former.used(),
            former.emptyForMillis() + nowMillis - charter.atMillis,
            former.owner(),
            former.lastNumber(),
            lastChatId);
    List<RoomCopy.Thing> things = new ArrayList<>();
    for (Since<RoomCopy.Thing> each : objects.values()) {
      RoomCopy.Thing thing = each.thing;
      long left = left(thing.leftMillis(), each.atMillis, nowMillis);
      things.add(new RoomCopy.Thing(thing.key(), thing.value(), left, thing.link()));
    }
    List<RoomCopy.Reservation> kept = new ArrayList<>();
    for (Since<RoomCopy.Reservation> each : reservations) {
      long left = left(each.thing.leftMillis(), each.atMillis, nowMillis);
      kept.add(new RoomCopy.Reservation(each.thing.uid(), left));
    }
    RoomCopy copy =
        new RoomCopy(
            now,
            List.copyOf(places.values()),
            List.copyOf(ways.values()),
            List.copyOf(properties.values()),
            things,
            List.copyOf(chat),
            kept);
    return new Transcript(copy, frames.encode(nowMillis), untold);
  }

  /** 0 is for ever. */
  private static long left(long leftMillis, long atMillis, long nowMillis) {
    return leftMillis == 0 ? 0 : Math.max(1, leftMillis - (nowMillis - atMillis));
  }
}

package dev.skein.room;

import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.ChatLine;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The next {@link LedgerEntry} of a room: notes what changes, and looks at what has become of it
 * when the entry is written. Confined to the room's shard.
 */
final class LedgerDraft implements Journal {
  private final LiveRoom room;
  private final List<Frame> frames = new ArrayList<>();
  private final Set<Integer> members = new LinkedHashSet<>();
  private final Set<Long> lines = new LinkedHashSet<>();
  private final List<Long> ended = new ArrayList<>();
  private final Set<String> properties = new LinkedHashSet<>();
  private final Set<String> objects = new LinkedHashSet<>();
  private final List<ChatLine> chat = new ArrayList<>();
  private int bytes;
  private boolean charter;
  private boolean reservations;
  private boolean objectsTold;
  private boolean closed;

  LedgerDraft(LiveRoom room) {
    this.room = room;
  }

  /** True if there is nothing that a backup must know at once. */
  boolean isBlank() {
    return frames.isEmpty()
        && members.isEmpty()
        && lines.isEmpty()
        && properties.isEmpty()
        && objects.isEmpty()
        && chat.isEmpty()
        && !charter
        && !reservations
        && !objectsTold
        && !closed;
  }

  /** About how large it is. */
  int bytes() {
    return bytes;
  }

  void frame(Frame frame) {
    frames.add(frame);
    bytes += frame.bytes().length;
  }

  /** Something has been heard over the line, or it is new. */
  void line(long number) {
    lines.add(number);
  }

  /** The line is no more. */
  void ended(long number) {
    ended.add(number);
  }

  @Override
  public void charter() {
    charter = true;
  }

  @Override
  public void member(int number) {
    members.add(number);
  }

  @Override
  public void reservations() {
    reservations = true;
  }

  @Override
  public void properties(Collection<String> keys) {
    properties.addAll(keys);
  }

  @Override
  public void object(String key) {
    objects.add(key);
  }

  @Override
  public void objectsTold() {
    objectsTold = true;
  }

  @Override
  public void chat(ChatLine line) {
    chat.add(line);
  }

  @Override
  public void closed() {
    closed = true;
  }

  /** The entry; the draft is blank afterwards. */
  LedgerEntry take(long index) {
    RoomState state = room.state();
    long nowMillis = room.nowMillis();
    List<RoomCopy.Place> places = new ArrayList<>();
    List<Integer> gone = new ArrayList<>();
    for (int number : members) {
      state
          .roster()
          .member(number)
          .ifPresentOrElse(
              member -> places.add(room.crossing().place(member)), () -> gone.add(number));
    }
    List<RoomCopy.Property> set = new ArrayList<>();
    List<String> unset = new ArrayList<>();
    for (String key : properties) {
      Optional<Value> value = state.properties().get(key);
      value.ifPresentOrElse(
          present -> set.add(new RoomCopy.Property(key, present)), () -> unset.add(key));
    }
    List<RoomCopy.Thing> things = new ArrayList<>();
    List<String> removed = new ArrayList<>();
    for (String key : objects) {
      state.objects().copy(key, nowMillis).ifPresentOrElse(things::add, () -> removed.add(key));
    }
    boolean objectsChanged = objectsTold || !objects.isEmpty();
    LedgerEntry entry =
        new LedgerEntry(
            index,
            closed,
            charter ? List.of(room.crossing().charter()) : List.of(),
            places,
            gone,
            room.audience().ways().stream().filter(way -> lines.contains(way.line())).toList(),
            List.copyOf(ended),
            set,
            unset,
            things,
            removed,
            objectsChanged,
            objectsChanged ? state.objects().untold() : List.of(),
            List.copyOf(chat),
            reservations,
            reservations ? state.reservations(nowMillis) : List.of(),
            Frame.encode(frames));
    clear();
    return entry;
  }

  /** Nobody has to know. */
  void clear() {
    frames.clear();
    members.clear();
    lines.clear();
    ended.clear();
    properties.clear();
    objects.clear();
    chat.clear();
    bytes = 0;
    charter = false;
    reservations = false;
    objectsTold = false;
    closed = false;
  }
}

package dev.skein.group;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The newest entries of a group, for those who missed them. Confined to the group's shard. */
final class EntryLog {
  private record Kept(Entry entry, long atMillis) {}

  private final long maxAgeMillis;
  private final int maxBytes;
  private final ArrayDeque<Kept> kept = new ArrayDeque<>();
  private long bytes;
  private long floor;

  EntryLog(long maxAgeMillis, int maxBytes) {
    this.maxAgeMillis = maxAgeMillis;
    this.maxBytes = maxBytes;
  }

  void add(Entry entry, long nowMillis) {
    kept.addLast(new Kept(entry, nowMillis));
    bytes += entry.bytes();
    while (bytes > maxBytes) {
      dropFirst();
    }
    expire(nowMillis);
  }

  /** Drops what is too old; true if something is left. */
  boolean expire(long nowMillis) {
    while (!kept.isEmpty() && nowMillis - kept.getFirst().atMillis > maxAgeMillis) {
      dropFirst();
    }
    return !kept.isEmpty();
  }

  private void dropFirst() {
    Entry dropped = kept.removeFirst().entry;
    bytes -= dropped.bytes();
    floor = Math.max(floor, dropped.seq());
  }

  /** What came between is unknown: the log begins anew after this place. */
  void jump(long seq) {
    kept.clear();
    bytes = 0;
    floor = seq;
  }

  /** All entries after this place; empty if some of them are not kept any more. */
  Optional<List<Entry>> since(long seq) {
    return seq < floor ? Optional.empty() : Optional.of(known(seq));
  }

  /** Those of the entries after this place that are kept. */
  List<Entry> known(long seq) {
    List<Entry> entries = new ArrayList<>();
    for (var newest = kept.descendingIterator(); newest.hasNext(); ) {
      Entry entry = newest.next().entry;
      if (entry.seq() <= seq) {
        break;
      }
      entries.add(entry);
    }
    return entries.reversed();
  }

  Set<Entry.Id> ids() {
    Set<Entry.Id> ids = new HashSet<>();
    kept.forEach(each -> ids.add(each.entry.id()));
    return ids;
  }
}

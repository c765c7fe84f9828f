package dev.skein.room;

import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.Combine;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A room's shared objects: state by key that every member mirrors. Changed on the room's shard
 * only; any thread may read. Changes are collected until {@link #takeChanges}, the last of each
 * key.
 */
final class Objects {
  private final RoomOptions options;
  private final Map<String, Shared> objects = new ConcurrentHashMap<>();
  private final Set<String> changed = new LinkedHashSet<>();
  private Journal journal = Journal.NONE;
  private long syncAtMillis = Long.MAX_VALUE;
  private long nextExpiryMillis = Long.MAX_VALUE;

  /** One object; without a link it stays when users leave. */
  private record Shared(Value value, long untilMillis, @Nullable Member link) {
    RoomCopy.Thing copy(String key, long nowMillis) {
      long left = untilMillis == Long.MAX_VALUE ? 0 : Math.max(1, untilMillis - nowMillis);
      return new RoomCopy.Thing(key, value, left, link == null ? 0 : link.number());
    }
  }

  Objects(RoomOptions options) {
    this.options = options;
  }

  /** Who is told of every change from now on. */
  void keep(Journal by) {
    journal = by;
  }

  Optional<Value> get(String key) {
    return Optional.ofNullable(objects.get(key)).map(Shared::value);
  }

  /** A copy of all values. */
  Map<String, Value> all() {
    Map<String, Value> all = new HashMap<>();
    objects.forEach((key, object) -> all.put(key, object.value));
    return all;
  }

  /** Writes an object by the rule; its ttl (0: for ever) and link are those of the last write. */
  Value put(
      String key,
      Value value,
      Combine combine,
      long ttlMillis,
      @Nullable Member link,
      long nowMillis) {
    Limits.key(key);
    Shared former = objects.get(key);
    Value next = former == null ? value : combined(combine, former.value, value);
    Limits.value("object " + key, next, options.objectMaxBytes());
    if (former == null && objects.size() >= options.objectsMaxCount()) {
      throw Refusal.tooManyObjects();
    }
    long untilMillis = ttlMillis == 0 ? Long.MAX_VALUE : nowMillis + ttlMillis;
    objects.put(key, new Shared(next, untilMillis, link));
    journal.object(key);
    nextExpiryMillis = Math.min(nextExpiryMillis, untilMillis);
    if (former == null || !former.value.equals(next)) {
      change(key, nowMillis);
    }
    return next;
  }

  /** All there is, for another node. */
  List<RoomCopy.Thing> copy(long nowMillis) {
    List<RoomCopy.Thing> things = new ArrayList<>();
    objects.forEach((key, object) -> things.add(object.copy(key, nowMillis)));
    return things;
  }

  /** The same of one. */
  Optional<RoomCopy.Thing> copy(String key, long nowMillis) {
    return Optional.ofNullable(objects.get(key)).map(object -> object.copy(key, nowMillis));
  }

  /** The keys of changes that have not been taken. */
  List<String> untold() {
    return List.copyOf(changed);
  }

  /** Changes that another node has not told. */
  void restoreUntold(Collection<String> keys, long nowMillis) {
    keys.forEach(key -> change(key, nowMillis));
  }

  /** Takes over an object of another node; the members know it. */
  void restore(RoomCopy.Thing thing, @Nullable Member link, long nowMillis) {
    long untilMillis = thing.leftMillis() == 0 ? Long.MAX_VALUE : nowMillis + thing.leftMillis();
    objects.put(thing.key(), new Shared(thing.decoded(), untilMillis, link));
    nextExpiryMillis = Math.min(nextExpiryMillis, untilMillis);
  }

  private Value combined(Combine combine, Value former, Value value) {
    return switch (combine) {
      case LAST -> value;
      case SUM -> Limits.sum(former, value);
      case MIN -> Limits.min(former, value);
      case MAX -> Limits.max(former, value);
      case MERGE ->
          options
              .merge()
              .orElseThrow(() -> Refusal.wrongType("the room has no merge function"))
              .apply(former, value);
    };
  }

  void remove(String key, long nowMillis) {
    if (objects.remove(key) != null) {
      journal.object(key);
      change(key, nowMillis);
    }
  }

  /** Removes what is linked to a member that leaves. */
  void unlink(Member member, long nowMillis) {
    removeAll(object -> object.link == member, nowMillis);
  }

  void expire(long nowMillis) {
    if (nowMillis < nextExpiryMillis) {
      return;
    }
    removeAll(object -> object.untilMillis <= nowMillis, nowMillis);
    nextExpiryMillis = Long.MAX_VALUE;
    for (Shared object : objects.values()) {
      nextExpiryMillis = Math.min(nextExpiryMillis, object.untilMillis);
    }
  }

  /** When {@link #expire} or {@link #takeChanges} has something to do, at the earliest. */
  long nextDeadlineMillis() {
    return Math.min(syncAtMillis, nextExpiryMillis);
  }

  /** True if changes are there and their interval is over. */
  boolean syncIsDue(long nowMillis) {
    return nowMillis >= syncAtMillis;
  }

  /** What changed since the last call; an empty value: removed. */
  Map<String, Optional<Value>> takeChanges() {
    Map<String, Optional<Value>> changes = new LinkedHashMap<>();
    for (String key : changed) {
      changes.put(key, get(key));
    }
    if (!changed.isEmpty()) {
      journal.objectsTold();
    }
    changed.clear();
    syncAtMillis = Long.MAX_VALUE;
    return changes;
  }

  private void removeAll(Predicate<Shared> which, long nowMillis) {
    List<String> keys = new ArrayList<>();
    objects.forEach((key, object) -> {
      if (which.test(object)) {
        keys.add(key);
      }
    });
    keys.forEach(key -> remove(key, nowMillis));
  }

  private void change(String key, long nowMillis) {
    if (changed.isEmpty()) {
      syncAtMillis = nowMillis + options.objectSyncIntervalMillis();
    }
    changed.add(key);
  }
}

package dev.skein.room;

import dev.skein.protocol.payload.Value;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/**
 * A room's typed properties. Changed on the room's shard only; any thread may read. Every change
 * returns what it did, for members and hooks: an empty value stands for "removed".
 */
final class Properties {
  private final int maxCount;
  private final int maxBytes;
  private final Map<String, Value> values = new ConcurrentHashMap<>();

  Properties(int maxCount, int maxBytes) {
    this.maxCount = maxCount;
    this.maxBytes = maxBytes;
  }

  Optional<Value> get(String key) {
    return Optional.ofNullable(values.get(key));
  }

  /** A copy of all of them. */
  Map<String, Value> all() {
    return new HashMap<>(values);
  }

  /** Takes over what another node had. */
  void restore(Map<String, Value> all) {
    values.putAll(all);
  }

  /** Those of the keys that are there; all of them if no key is given. */
  Map<String, Value> some(Collection<String> keys) {
    if (keys.isEmpty()) {
      return all();
    }
    Map<String, Value> some = new LinkedHashMap<>();
    for (String key : keys) {
      get(key).ifPresent(value -> some.put(key, value));
    }
    return some;
  }

  /** Sets all of these or, if one breaks a limit, none. */
  Map<String, Optional<Value>> set(Map<String, Value> changes) {
    int more = 0;
    for (Map.Entry<String, Value> change : changes.entrySet()) {
      Limits.key(change.getKey());
      Limits.value("property " + change.getKey(), change.getValue(), maxBytes);
      more += values.containsKey(change.getKey()) ? 0 : 1;
    }
    if (values.size() + more > maxCount) {
      throw Refusal.tooManyProperties();
    }
    Map<String, Optional<Value>> done = new LinkedHashMap<>();
    changes.forEach((key, value) -> {
      if (!value.equals(values.put(key, value))) {
        done.put(key, Optional.of(value));
      }
    });
    return done;
  }

  /**
   * Sets the property to what the function makes of it; empty in: not there, empty out: removed.
   */
  Map<String, Optional<Value>> update(
      String key, Function<Optional<Value>, Optional<Value>> change) {
    Optional<Value> next = change.apply(get(key));
    return next.isPresent() ? set(Map.of(key, next.get())) : remove(List.of(key));
  }

  /** What adding to a number gives; one that is not there counts as zero. */
  Value sum(String key, Value delta) {
    return Limits.sum(get(key).orElse(Value.of(0)), delta);
  }

  Map<String, Optional<Value>> remove(Collection<String> keys) {
    Map<String, Optional<Value>> done = new LinkedHashMap<>();
    for (String key : keys) {
      if (values.remove(key) != null) {
        done.put(key, Optional.empty());
      }
    }
    return done;
  }
}

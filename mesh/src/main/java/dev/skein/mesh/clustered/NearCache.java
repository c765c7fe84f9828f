package dev.skein.mesh.clustered;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Values of other nodes kept at hand until they change, which their owners tell, and for {@value
 * #FRESH_MILLIS} ms at most, in case that is not heard; the least lately used go first. Any thread
 * may call.
 */
final class NearCache {
  static final long FRESH_MILLIS = 500;

  private final int maxCount;
  private final LongSupplier nanos;
  private final LinkedHashMap<String, Kept> kept = new LinkedHashMap<>(16, 0.75f, true);
  private long changesCount;

  private record Kept(Optional<byte[]> value, long untilNanos) {}

  NearCache(int maxCount, LongSupplier nanos) {
    this.maxCount = maxCount;
    this.nanos = nanos;
  }

  /** What is known of the key, null if nothing or nothing fresh. */
  @Nullable Optional<byte[]> get(String key) {
    return maxCount == 0 ? null : fresh(key);
  }

  private synchronized @Nullable Optional<byte[]> fresh(String key) {
    Kept found = kept.get(key);
    return found == null || found.untilNanos - nanos.getAsLong() <= 0 ? null : found.value;
  }

  /** How many changes were heard of so far: what is read from now on is at least so new. */
  synchronized long changesCount() {
    return changesCount;
  }

  /**
   * Keeps a value, unless something has changed since it was asked for: that may have been it.
   *
   * @param askedAt {@link #changesCount} before the value was asked for
   */
  void put(String key, Optional<byte[]> value, long askedAt) {
    if (maxCount > 0) {
      keep(key, value, askedAt);
    }
  }

  private synchronized void keep(String key, Optional<byte[]> value, long askedAt) {
    if (askedAt != changesCount) {
      return;
    }
    kept.put(key, new Kept(value, nanos.getAsLong() + FRESH_MILLIS * 1_000_000));
    if (kept.size() > maxCount) {
      for (Map.Entry<String, Kept> eldest : kept.entrySet()) {
        kept.remove(eldest.getKey());
        break;
      }
    }
  }

  /** The key has changed. */
  void forget(String key) {
    if (maxCount > 0) {
      drop(key);
    }
  }

  private synchronized void drop(String key) {
    changesCount++;
    kept.remove(key);
  }
}

package dev.skein.mesh;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * This node's copy of the shared data: of two writes of a key the one with the higher logical clock
 * stays, everywhere. Any thread may call; listeners are told outside of any lock.
 */
final class SharedTable implements SharedData {
  /** Entries in one frame, and in the table: values and removals. */
  static final int ENTRIES_MAX_COUNT = 1_024;

  /** Removals remembered; of more, the oldest is forgotten. */
  private static final int REMOVALS_MAX_COUNT = 256;

  private final int keysMaxCount;
  private final LongSupplier writer;
  private final Executor listenersTurn;
  private final Map<String, SharedEntry> entries = new HashMap<>();
  private final List<UpdateListener> updateListeners = new CopyOnWriteArrayList<>();
  private final List<Consumer<String>> removeListeners = new CopyOnWriteArrayList<>();
  private volatile Consumer<SharedEntry> spread = entry -> {};
  private long clock;

  /**
   * @param writer this node's id
   */
  SharedTable(int keysMaxCount, LongSupplier writer, Executor listenersTurn) {
    this.keysMaxCount = keysMaxCount;
    this.writer = writer;
    this.listenersTurn = listenersTurn;
  }

  /** Where this node's own writes go. */
  void spreadBy(Consumer<SharedEntry> way) {
    spread = way;
  }

  @Override
  public void set(String key, short value) {
    int bytes = key.getBytes(StandardCharsets.UTF_8).length;
    if (bytes == 0 || bytes > KEY_MAX_BYTES) {
      throw new IllegalArgumentException(
          "key '" + key + "' has " + bytes + " bytes, not within 1.." + KEY_MAX_BYTES);
    }
    spread.accept(write(key, false, value));
  }

  @Override
  public synchronized OptionalInt get(String key) {
    SharedEntry entry = entries.get(key);
    return entry == null || entry.removed() ? OptionalInt.empty() : OptionalInt.of(entry.value());
  }

  @Override
  public void remove(String key) {
    if (get(key).isPresent()) {
      spread.accept(write(key, true, (short) 0));
    }
  }

  @Override
  public void onUpdate(UpdateListener listener) {
    updateListeners.add(listener);
  }

  @Override
  public void removeOnUpdate(UpdateListener listener) {
    updateListeners.remove(listener);
  }

  @Override
  public void onRemove(Consumer<String> listener) {
    removeListeners.add(listener);
  }

  @Override
  public void removeOnRemove(Consumer<String> listener) {
    removeListeners.remove(listener);
  }

  /** All that is known, removals included. */
  synchronized List<SharedEntry> entries() {
    return List.copyOf(entries.values());
  }

  /** What another node knows. */
  synchronized void merge(List<SharedEntry> others) {
    for (SharedEntry other : others) {
      clock = Math.max(clock, other.stamp());
      SharedEntry mine = entries.get(other.key());
      boolean fits = mine != null || entries.size() < ENTRIES_MAX_COUNT;
      if (fits && (mine == null || other.isNewerThan(mine))) {
        put(other, mine);
      }
    }
  }

  private synchronized SharedEntry write(String key, boolean removed, short value) {
    SharedEntry before = entries.get(key);
    if (!removed && !isLive(before) && liveCount() >= keysMaxCount) {
      throw new IllegalStateException(
          "key '" + key + "' would be more than the " + keysMaxCount + " keys allowed");
    }
    SharedEntry entry = new SharedEntry(key, ++clock, writer.getAsLong(), removed, value);
    put(entry, before);
    return entry;
  }

  private void put(SharedEntry entry, @Nullable SharedEntry before) {
    entries.put(entry.key(), entry);
    if (!entry.removed()) {
      if (before == null || before.removed() || before.value() != entry.value()) {
        for (UpdateListener listener : updateListeners) {
          listenersTurn.execute(() -> listener.onUpdate(entry.key(), entry.value()));
        }
      }
      return;
    }
    if (isLive(before)) {
      for (Consumer<String> listener : removeListeners) {
        listenersTurn.execute(() -> listener.accept(entry.key()));
      }
    }
    forgetOldRemovals();
  }

  private void forgetOldRemovals() {
    if (entries.size() - liveCount() > REMOVALS_MAX_COUNT) {
      entries.values().stream()
          .filter(SharedEntry::removed)
          .min(Comparator.comparingLong(SharedEntry::stamp))
          .ifPresent(oldest -> entries.remove(oldest.key()));
    }
  }

  private int liveCount() {
    return (int) entries.values().stream().filter(SharedTable::isLive).count();
  }

  private static boolean isLive(@Nullable SharedEntry entry) {
    return entry != null && !entry.removed();
  }
}

package dev.skein.mesh.clustered;

import dev.skein.mesh.engine.EngineException;
import dev.skein.mesh.journal.Entry;
import dev.skein.mesh.journal.Journal;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import org.infinispan.AdvancedCache;
import org.infinispan.container.entries.CacheEntry;
import org.infinispan.context.Flag;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The values of a store that this node holds, in a file: written before a change is answered, and
 * brought back when the node joins. Where nodes bring back different values of a key the newest
 * counts, so it does not matter which of them starts first. Any thread may call.
 */
final class Archive implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Archive.class);
  private static final int RESTORED_TOGETHER_COUNT = 128;
  private static final int ATTEMPTS_MAX_COUNT = 20;
  private static final long WARNING_EVERY_NANOS = TimeUnit.SECONDS.toNanos(10);

  private final Journal journal;
  private final AtomicLong nextWarningNanos = new AtomicLong(System.nanoTime());

  Archive(Journal journal) {
    this.journal = journal;
  }

  /**
   * A key has changed.
   *
   * @param lifespanMillis from now; negative: for ever
   */
  void note(String key, Envelope envelope, long lifespanMillis) {
    long untilMillis =
        lifespanMillis < 0 ? Entry.FOR_EVER : System.currentTimeMillis() + lifespanMillis;
    try {
      journal.write(key, new Entry(envelope.stamp(), untilMillis, envelope.value()));
    } catch (UncheckedIOException e) {
      long due = nextWarningNanos.get();
      long now = System.nanoTime();
      if (now - due >= 0 && nextWarningNanos.compareAndSet(due, now + WARNING_EVERY_NANOS)) {
        LOG.error("Values will not outlive this node: {}", e.getMessage());
      }
    }
  }

  /** Notes what came here as nodes came and went, and forgets what others keep now. */
  void catchUp(AdvancedCache<String, byte[]> cache) {
    for (CacheEntry<String, byte[]> each : cache.withFlags(Flag.CACHE_MODE_LOCAL).cacheEntrySet()) {
      note(each.getKey(), Envelope.decode(each.getValue()), remainingMillis(each));
    }
    journal.forget(key -> !Grid.isLocal(cache, key));
  }

  private static long remainingMillis(CacheEntry<String, byte[]> entry) {
    return entry.getLifespan() < 0
        ? -1
        : Math.max(1, entry.getCreated() + entry.getLifespan() - System.currentTimeMillis());
  }

  // --- Bringing back ---

  /**
   * Gives the store what the file has and the store has not; blocks.
   *
   * @throws EngineException if that fails
   */
  void restore(AdvancedCache<String, byte[]> cache, long timeoutMillis) {
    List<Map.Entry<String, Entry>> together = new ArrayList<>();
    for (Map.Entry<String, Entry> each : journal.entries().entrySet()) {
      together.add(each);
      if (together.size() == RESTORED_TOGETHER_COUNT) {
        restore(cache, together, timeoutMillis);
        together.clear();
      }
    }
    restore(cache, together, timeoutMillis);
  }

  private static void restore(
      AdvancedCache<String, byte[]> cache,
      List<Map.Entry<String, Entry>> entries,
      long timeoutMillis) {
    List<CompletableFuture<?>> running = new ArrayList<>();
    entries.forEach(
        each -> running.add(restore(cache, each.getKey(), each.getValue(), ATTEMPTS_MAX_COUNT)));
    try {
      CompletableFuture.allOf(running.toArray(CompletableFuture[]::new))
          .get(timeoutMillis, TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException e) {
      throw new EngineException("values of " + cache.getName() + " cannot be brought back", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException("interrupted while values were brought back", e);
    }
  }

  private static CompletableFuture<Boolean> restore(
      AdvancedCache<String, byte[]> cache, String key, Entry entry, int attempts) {
    return cache
        .getAsync(key)
        .thenCompose(there -> {
          if (there != null && Envelope.decode(there).stamp() >= entry.stamp()) {
            return CompletableFuture.completedFuture(true);
          }
          return put(cache, key, there, entry);
        })
        .thenCompose(done -> {
          if (done) {
            return CompletableFuture.completedFuture(true);
          }
          return attempts > 1
              ? restore(cache, key, entry, attempts - 1)
              : CompletableFuture.failedFuture(
                  new EngineException("the key " + key + " changes all the time"));
        });
  }

  /** False if somebody else was faster. */
  private static CompletableFuture<Boolean> put(
      AdvancedCache<String, byte[]> cache, String key, byte @Nullable [] there, Entry entry) {
    byte[] kept = new Envelope(entry.stamp(), entry.value(), List.of()).encode();
    long lifespanMillis =
        entry.untilMillis() == Entry.FOR_EVER
            ? -1
            : Math.max(1, entry.untilMillis() - System.currentTimeMillis());
    return there == null
        ? cache
            .putIfAbsentAsync(key, kept, lifespanMillis, TimeUnit.MILLISECONDS)
            .thenApply(other -> other == null)
        : cache.replaceAsync(key, there, kept, lifespanMillis, TimeUnit.MILLISECONDS);
  }

  @Override
  public void close() {
    journal.close();
  }
}

package dev.skein.mesh;

import dev.skein.mesh.journal.Entry;
import dev.skein.mesh.journal.Journal;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * A store in the memory of one process, and in a file if it is to outlive it. Any thread may call;
 * the operator runs alone per key.
 */
final class LocalStore implements Store {
  private static final int SWEEP_EVERY_MILLIS = 1_000;
  private static final long NEVER = Long.MAX_VALUE;

  private final Operator operator;
  private final MeshRuntime runtime;
  private final String owner;
  private final Optional<Journal> journal;
  private final Serial listenersTurn;
  private final Map<String, Kept> values = new ConcurrentHashMap<>();
  private final List<ChangeListener> listeners = new CopyOnWriteArrayList<>();
  private final AtomicBoolean sweeping = new AtomicBoolean();

  @SuppressWarnings("ArrayRecordComponent")
  private record Kept(byte[] value, long untilMillis) {
    boolean isOver(long nowMillis) {
      return nowMillis >= untilMillis;
    }
  }

  LocalStore(Operator operator, MeshRuntime runtime, String owner, Optional<Journal> journal) {
    this.operator = operator;
    this.runtime = runtime;
    this.owner = owner;
    this.journal = journal;
    this.listenersTurn = new Serial(runtime);
    journal.ifPresent(file -> file.entries().forEach(this::restore));
  }

  private void restore(String key, Entry entry) {
    byte[] value = entry.value();
    if (value != null) {
      boolean isEternal = entry.untilMillis() == Entry.FOR_EVER;
      values.put(key, new Kept(value, isEternal ? NEVER : entry.untilMillis()));
      if (!isEternal) {
        sweepLater();
      }
    }
  }

  @Override
  public CompletionStage<Optional<byte[]>> get(String key) {
    return CompletableFuture.completedFuture(
        Optional.ofNullable(current(values.get(key), runtime.currentTimeMillis()))
            .map(byte[]::clone));
  }

  @Override
  public CompletionStage<byte[]> apply(String key, byte[] operation) {
    byte[][] answer = new byte[1][];
    try {
      values.compute(
          key,
          (same, kept) -> {
            long nowMillis = runtime.currentTimeMillis();
            byte[] current = current(kept, nowMillis);
            Outcome outcome = operator.run(current, operation, nowMillis);
            answer[0] = outcome.answer();
            byte[] value = outcome.value();
            if (value == current) {
              return kept == null || kept.isOver(nowMillis) ? gone(key, kept) : kept;
            }
            Kept next = value == null ? null : new Kept(value, untilMillis(nowMillis, outcome));
            journal.ifPresent(file -> note(file, key, next, nowMillis));
            tell(key, value);
            return next;
          });
      return CompletableFuture.completedFuture(answer[0]);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(
          new MeshException.HandlerFailed(String.valueOf(e.getMessage())));
    }
  }

  private static void note(Journal file, String key, @Nullable Kept kept, long nowMillis) {
    long stamp = Entry.stampAfter(file.stampOf(key), nowMillis);
    if (kept == null) {
      file.write(key, new Entry(stamp, nowMillis + Entry.REMOVED_MILLIS, null));
    } else {
      long untilMillis = kept.untilMillis() == NEVER ? Entry.FOR_EVER : kept.untilMillis();
      file.write(key, new Entry(stamp, untilMillis, kept.value()));
    }
  }

  @Override
  public String owner(String key) {
    return owner;
  }

  @Override
  public void onChange(ChangeListener listener) {
    listeners.add(listener);
  }

  private static byte @Nullable [] current(@Nullable Kept kept, long nowMillis) {
    return kept == null || kept.isOver(nowMillis) ? null : kept.value();
  }

  private long untilMillis(long nowMillis, Outcome outcome) {
    if (outcome.ttlMillis() <= 0) {
      return NEVER;
    }
    sweepLater();
    return nowMillis + outcome.ttlMillis();
  }

  private @Nullable Kept gone(String key, @Nullable Kept kept) {
    if (kept != null) {
      tell(key, null);
    }
    return null;
  }

  private void tell(String key, byte @Nullable [] value) {
    for (ChangeListener listener : listeners) {
      listenersTurn.execute(() -> listener.onChange(key, value));
    }
  }

  private void sweepLater() {
    if (sweeping.compareAndSet(false, true)) {
      runtime.schedule(this::sweep, SWEEP_EVERY_MILLIS);
    }
  }

  /** Values whose time is over are gone at once for callers; this tells the listeners. */
  private void sweep() {
    sweeping.set(false);
    long nowMillis = runtime.currentTimeMillis();
    boolean more = false;
    for (String key : values.keySet()) {
      Kept kept =
          values.computeIfPresent(
              key, (same, each) -> each.isOver(nowMillis) ? gone(key, each) : each);
      more |= kept != null && kept.untilMillis() != NEVER;
    }
    if (more) {
      sweepLater();
    }
  }
}

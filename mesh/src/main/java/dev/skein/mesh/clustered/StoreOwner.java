package dev.skein.mesh.clustered;

import dev.skein.mesh.Store;
import dev.skein.mesh.clustered.Envelope.Change;
import dev.skein.mesh.clustered.StoreFrame.Answer;
import dev.skein.mesh.clustered.StoreFrame.Ask;
import dev.skein.mesh.clustered.StoreFrame.Read;
import dev.skein.mesh.clustered.StoreFrame.Request;
import dev.skein.mesh.clustered.StoreFrame.Result;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.infinispan.AdvancedCache;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a store's operator on the keys this node owns: for one key one operation after the other,
 * those that wait together in one write. The write is a compare-and-set, so that two nodes which
 * both think they own the key cannot both win. Readings are answered at once, but for those of a
 * key that is being changed: nobody sees a value before all copies have it. Any thread may call.
 */
final class StoreOwner {
  private static final Logger LOG = LoggerFactory.getLogger(StoreOwner.class);
  private static final int TOGETHER_MAX_COUNT = 64;
  private static final int RACES_MAX_COUNT = 20;
  private static final byte[] NOTHING = {};

  private final AdvancedCache<String, byte[]> cache;
  private final Store.Operator operator;
  private final Executor hands;
  private final LongSupplier nowMillis;
  private final int valueMaxBytes;
  private final long rememberRemovedMillis;
  private final Consumer<String> onWritten;

  /** Changed under its own lock; who only looks whether a key is there needs none. */
  private final Map<String, ArrayDeque<Work>> waiting = new ConcurrentHashMap<>();

  private record Work(Request request, Consumer<Answer> reply) {}

  /**
   * @param hands run what may block, as sending to copies may
   * @param valueMaxBytes what an answer has room for
   * @param rememberRemovedMillis how long the traces of a removed key are kept
   * @param onWritten told of the keys that were changed here; must not block
   */
  StoreOwner(
      AdvancedCache<String, byte[]> cache,
      Store.Operator operator,
      Executor hands,
      LongSupplier nowMillis,
      int valueMaxBytes,
      long rememberRemovedMillis,
      Consumer<String> onWritten) {
    this.cache = cache;
    this.operator = operator;
    this.hands = hands;
    this.nowMillis = nowMillis;
    this.valueMaxBytes = valueMaxBytes;
    this.rememberRemovedMillis = rememberRemovedMillis;
    this.onWritten = onWritten;
  }

  // --- Readings ---

  /**
   * What the cache has of a key, if that is known here and now: null if the value is elsewhere, if
   * it is about to change, or if other copies may be older or newer.
   */
  @Nullable Future<byte[]> glance(String key) {
    try {
      if (!Grid.mayRead(cache, key) || waiting.containsKey(key)) {
        return null;
      }
      CompletableFuture<byte[]> stored = cache.getAsync(key);
      // A change that began meanwhile and is not over may have been what was read.
      return stored.isDone() && !waiting.containsKey(key) ? stored : null;
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e); // the grid is closing, or cut off
    }
  }

  /** Answers a reading at once or, if the key is being changed, after that. */
  void read(Read read, Consumer<Answer> reply) {
    Future<byte[]> seen = glance(read.key());
    if (seen != null) {
      reply.accept(
          seen.state() == Future.State.SUCCESS ? found(read, seen.resultNow()) : read.again());
    } else if (Grid.isPrimary(cache, read.key())) {
      run(read, reply);
    } else {
      reply.accept(read.again());
    }
  }

  private Answer found(Read read, byte @Nullable [] stored) {
    byte[] value = stored == null ? null : Envelope.valueIn(stored);
    return answer(read, value);
  }

  private Answer answer(Read read, byte @Nullable [] value) {
    if (value == null) {
      return new Answer(read.call(), Result.ABSENT, NOTHING);
    }
    return value.length > valueMaxBytes
        ? new Answer(read.call(), Result.TOO_LARGE, NOTHING)
        : new Answer(read.call(), Result.DONE, value);
  }

  // --- One after the other ---

  /** Does it in its turn; the reply comes on another thread. */
  void run(Request request, Consumer<Answer> reply) {
    String key = request.key();
    boolean first;
    synchronized (waiting) {
      ArrayDeque<Work> line = waiting.get(key);
      first = line == null;
      if (line == null) {
        line = new ArrayDeque<>(1);
        waiting.put(key, line);
      }
      line.add(new Work(request, reply));
    }
    if (first) {
      goOn(key);
    }
  }

  private void goOn(String key) {
    try {
      hands.execute(() -> serve(key));
    } catch (RejectedExecutionException e) {
      LOG.debug("Not done any more: the mesh is closed");
    }
  }

  private void serve(String key) {
    List<Work> together = next(key);
    attempt(key, together)
        .whenComplete((answers, failure) -> {
          if (failure != null) {
            LOG.debug("A key of {} has to be asked for again", cache.getName(), failure);
          }
          boolean over = isOver(key);
          for (int i = 0; i < together.size(); i++) {
            Work work = together.get(i);
            work.reply.accept(failure == null ? answers.get(i) : work.request.again());
          }
          if (!over) {
            goOn(key);
          }
        });
  }

  private List<Work> next(String key) {
    synchronized (waiting) {
      ArrayDeque<Work> line = Objects.requireNonNull(waiting.get(key));
      List<Work> taken = new ArrayList<>(Math.min(line.size(), TOGETHER_MAX_COUNT));
      while (!line.isEmpty() && taken.size() < TOGETHER_MAX_COUNT) {
        taken.add(line.remove());
      }
      return taken;
    }
  }

  /** True if nothing more waits for the key. */
  private boolean isOver(String key) {
    synchronized (waiting) {
      boolean over = Objects.requireNonNull(waiting.get(key)).isEmpty();
      if (over) {
        waiting.remove(key);
      }
      return over;
    }
  }

  /** Tries it with what memory has, which the write finds out if the cache has something else. */
  private CompletableFuture<List<Answer>> attempt(String key, List<Work> together) {
    try {
      Draft draft = new Draft(Grid.inMemory(cache, key), together);
      return draft.changed
          ? settle(key, together, draft, RACES_MAX_COUNT)
          : perform(key, together, RACES_MAX_COUNT);
    } catch (RuntimeException e) {
      return CompletableFuture.failedFuture(e);
    }
  }

  private CompletableFuture<List<Answer>> perform(String key, List<Work> together, int racesLeft) {
    return cache
        .getAsync(key)
        .thenCompose(before -> settle(key, together, new Draft(before, together), racesLeft));
  }

  private CompletableFuture<List<Answer>> settle(
      String key, List<Work> together, Draft draft, int racesLeft) {
    if (!draft.changed) {
      return CompletableFuture.completedFuture(draft.finalAnswers());
    }
    return write(key, draft)
        .thenCompose(written -> {
          if (written) {
            onWritten.accept(key);
            return CompletableFuture.completedFuture(draft.finalAnswers());
          }
          return racesLeft > 1
              ? perform(key, together, racesLeft - 1)
              : CompletableFuture.failedFuture(
                  new IllegalStateException("others change it all the time"));
        });
  }

  /** False if somebody else was faster. */
  private CompletableFuture<Boolean> write(String key, Draft draft) {
    byte[] before = draft.before;
    byte[] after = draft.envelope.encode();
    long lifespan = draft.lifespanMillis();
    return before == null
        ? cache
            .putIfAbsentAsync(key, after, lifespan, TimeUnit.MILLISECONDS)
            .thenApply(other -> other == null)
        : cache.replaceAsync(key, before, after, lifespan, TimeUnit.MILLISECONDS);
  }

  /** What becomes of a key while operations run on it. */
  private final class Draft {
    private final byte @Nullable [] before;
    private final List<Answer> answers;
    private final List<RuntimeException> failures = new ArrayList<>(0);
    private Envelope envelope;
    private long ttlMillis;
    private boolean changed;

    private Draft(byte @Nullable [] before, List<Work> together) {
      this.before = before;
      this.envelope = before == null ? Envelope.EMPTY : Envelope.decode(before);
      this.answers = new ArrayList<>(together.size());
      together.forEach(work -> answers.add(answer(work.request)));
    }

    private Answer answer(Request request) {
      return switch (request) {
        case Ask ask -> answer(ask);
        case Read read -> StoreOwner.this.answer(read, envelope.value());
      };
    }

    private Answer answer(Ask ask) {
      Change last = envelope.lastOf(ask.caller()).orElse(null);
      if (last != null && last.number() >= ask.number()) {
        return last.number() == ask.number()
            ? new Answer(ask.call(), Result.DONE, last.answer())
            : ask.again();
      }
      try {
        byte[] value = envelope.value();
        long now = nowMillis.getAsLong();
        Store.Outcome outcome = operator.run(value, ask.operation(), now);
        if (outcome.value() != value) {
          envelope =
              envelope.with(
                  outcome.value(), new Change(ask.caller(), ask.number(), outcome.answer()), now);
          ttlMillis = outcome.ttlMillis();
          changed = true;
        }
        return new Answer(ask.call(), Result.DONE, outcome.answer());
      } catch (IllegalArgumentException e) {
        return refused(ask, String.valueOf(e.getMessage()));
      } catch (RuntimeException e) {
        failures.add(e);
        return refused(ask, String.valueOf(e));
      }
    }

    /** Nothing is tried again: what failed is told once. */
    private List<Answer> finalAnswers() {
      failures.forEach(e -> LOG.error("The operator of {} failed", cache.getName(), e));
      return answers;
    }

    private static Answer refused(Ask ask, String why) {
      return new Answer(ask.call(), Result.REFUSED, why.getBytes(StandardCharsets.UTF_8));
    }

    /** Negative: for ever. */
    private long lifespanMillis() {
      if (envelope.value() == null) {
        return rememberRemovedMillis;
      }
      return ttlMillis > 0 ? ttlMillis : -1;
    }
  }
}

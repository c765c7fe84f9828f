package dev.skein.mesh.clustered;

import dev.skein.mesh.Store;
import dev.skein.mesh.clustered.Envelope.Change;
import dev.skein.mesh.clustered.StoreFrame.Answer;
import dev.skein.mesh.clustered.StoreFrame.Ask;
import dev.skein.mesh.clustered.StoreFrame.Result;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.infinispan.AdvancedCache;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a store's operator on the keys this node owns: for one key one operation after the other,
 * those that wait together in one write. The write is a compare-and-set, so that two nodes which
 * both think they own the key cannot both win. Any thread may call.
 */
final class StoreOwner {
  private static final Logger LOG = LoggerFactory.getLogger(StoreOwner.class);
  private static final int TOGETHER_MAX_COUNT = 64;
  private static final int RACES_MAX_COUNT = 20;

  private final AdvancedCache<String, byte[]> cache;
  private final Store.Operator operator;
  private final Executor threads;
  private final LongSupplier nowMillis;
  private final long timeoutMillis;
  private final long rememberRemovedMillis;
  private final Consumer<String> onWritten;
  private final Map<String, ArrayDeque<Work>> waiting = new HashMap<>();

  private record Work(Ask ask, Consumer<Answer> reply) {}

  /**
   * @param threads may block
   * @param rememberRemovedMillis how long the traces of a removed key are kept
   * @param onWritten told of the keys that were changed here; must not block
   */
  StoreOwner(
      AdvancedCache<String, byte[]> cache,
      Store.Operator operator,
      Executor threads,
      LongSupplier nowMillis,
      long timeoutMillis,
      long rememberRemovedMillis,
      Consumer<String> onWritten) {
    this.cache = cache;
    this.operator = operator;
    this.threads = threads;
    this.nowMillis = nowMillis;
    this.timeoutMillis = timeoutMillis;
    this.rememberRemovedMillis = rememberRemovedMillis;
    this.onWritten = onWritten;
  }

  /** Runs it soon; the reply comes on another thread. */
  void run(Ask ask, Consumer<Answer> reply) {
    Work work = new Work(ask, reply);
    boolean first;
    synchronized (waiting) {
      ArrayDeque<Work> line = waiting.get(ask.key());
      first = line == null;
      if (line == null) {
        line = new ArrayDeque<>(1);
        waiting.put(ask.key(), line);
      }
      line.add(work);
    }
    if (first) {
      threads.execute(() -> serve(ask.key()));
    }
  }

  private void serve(String key) {
    List<Work> together;
    while (!(together = next(key)).isEmpty()) {
      List<Answer> answers;
      try {
        answers = perform(key, together);
      } catch (ExecutionException | TimeoutException | RuntimeException e) {
        LOG.debug("Operations on a key of {} have to be asked for again", cache.getName(), e);
        answers = together.stream().map(work -> again(work.ask)).toList();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      for (int i = 0; i < answers.size(); i++) {
        together.get(i).reply.accept(answers.get(i));
      }
    }
  }

  private List<Work> next(String key) {
    synchronized (waiting) {
      ArrayDeque<Work> line = waiting.get(key);
      List<Work> taken = new ArrayList<>();
      while (line != null && !line.isEmpty() && taken.size() < TOGETHER_MAX_COUNT) {
        taken.add(line.remove());
      }
      if (taken.isEmpty()) {
        waiting.remove(key);
      }
      return taken;
    }
  }

  private static Answer again(Ask ask) {
    return new Answer(ask.call(), Result.TRY_AGAIN, new byte[0]);
  }

  private List<Answer> perform(String key, List<Work> together)
      throws InterruptedException, ExecutionException, TimeoutException {
    for (int race = 0; race < RACES_MAX_COUNT; race++) {
      byte[] before = cache.getAsync(key).get(timeoutMillis, TimeUnit.MILLISECONDS);
      Draft draft = new Draft(before == null ? Envelope.EMPTY : Envelope.decode(before));
      List<Answer> answers = together.stream().map(work -> draft.answer(work.ask)).toList();
      if (!draft.changed) {
        return answers;
      }
      if (write(key, before, draft)) {
        onWritten.accept(key);
        return answers;
      }
    }
    return together.stream().map(work -> again(work.ask)).toList();
  }

  private boolean write(String key, byte @Nullable [] before, Draft draft)
      throws InterruptedException, ExecutionException, TimeoutException {
    byte[] after = draft.envelope.encode();
    long lifespan = draft.lifespanMillis();
    return before == null
        ? cache
                .putIfAbsentAsync(key, after, lifespan, TimeUnit.MILLISECONDS)
                .get(timeoutMillis, TimeUnit.MILLISECONDS)
            == null
        : cache
            .replaceAsync(key, before, after, lifespan, TimeUnit.MILLISECONDS)
            .get(timeoutMillis, TimeUnit.MILLISECONDS);
  }

  /** What becomes of a key while operations run on it. */
  private final class Draft {
    private Envelope envelope;
    private long ttlMillis;
    private boolean changed;

    private Draft(Envelope envelope) {
      this.envelope = envelope;
    }

    private Answer answer(Ask ask) {
      Change last = envelope.lastOf(ask.caller()).orElse(null);
      if (last != null && last.number() >= ask.number()) {
        return last.number() == ask.number()
            ? new Answer(ask.call(), Result.DONE, last.answer())
            : again(ask);
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
        return new Answer(
            ask.call(),
            Result.REFUSED,
            String.valueOf(e.getMessage()).getBytes(StandardCharsets.UTF_8));
      } catch (RuntimeException e) {
        LOG.error("The operator of {} failed", cache.getName(), e);
        return new Answer(
            ask.call(), Result.REFUSED, String.valueOf(e).getBytes(StandardCharsets.UTF_8));
      }
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

package dev.skein.room;

import dev.skein.server.Shard;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The ticks of one room. They run on its shard; any thread adds and cancels. */
final class Ticks {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final Shard shard;
  private final int maxCount;
  private final AtomicInteger count = new AtomicInteger();
  private final Set<Running> running = ConcurrentHashMap.newKeySet();

  Ticks(Shard shard, int maxCount) {
    this.shard = shard;
    this.maxCount = maxCount;
  }

  Tick add(long intervalMillis, Runnable call) {
    if (intervalMillis < 1) {
      throw new IllegalArgumentException("a tick's interval must be at least 1 ms");
    }
    if (count.incrementAndGet() > maxCount) {
      count.decrementAndGet();
      throw new IllegalStateException("the room has ticksMaxCount " + maxCount + " ticks");
    }
    Running tick = new Running(intervalMillis, call);
    running.add(tick);
    shard.execute(tick::start);
    return tick;
  }

  void cancelAll() {
    running.forEach(Running::cancel);
  }

  /** One tick: it keeps its rhythm, and leaves out calls the shard was too late for. */
  private final class Running implements Tick {
    private final long intervalMillis;
    private final Runnable call;
    private volatile boolean cancelled;
    private long dueNanos;
    private Shard.@Nullable Timer timer;

    Running(long intervalMillis, Runnable call) {
      this.intervalMillis = intervalMillis;
      this.call = call;
    }

    void start() {
      dueNanos = shard.nanoTime();
      next();
    }

    private void next() {
      if (cancelled) {
        return;
      }
      long intervalNanos = intervalMillis * NANOS_PER_MILLI;
      long lateNanos = shard.nanoTime() - dueNanos;
      dueNanos += (lateNanos / intervalNanos + 1) * intervalNanos;
      long delayNanos = dueNanos - shard.nanoTime();
      timer = shard.schedule(this::fire, (delayNanos + NANOS_PER_MILLI - 1) / NANOS_PER_MILLI);
    }

    private void fire() {
      if (!cancelled) {
        call.run();
        next();
      }
    }

    @Override
    public void cancel() {
      if (!running.remove(this)) {
        return;
      }
      cancelled = true;
      count.decrementAndGet();
      shard.execute(() -> {
        if (timer != null) {
          timer.cancel();
        }
      });
    }
  }
}

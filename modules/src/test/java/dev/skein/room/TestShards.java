package dev.skein.room;

import dev.skein.server.Shard;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Shards without threads, in virtual time: tasks of one shard run in order, those of several in an
 * order drawn at random, so that a seed stands for an interleaving.
 */
final class TestShards {
  private static final long NANOS_PER_MILLI = 1_000_000;

  private final RandomGenerator random;
  private final List<TestShard> shards = new ArrayList<>();
  private final PriorityQueue<Timed> timers =
      new PriorityQueue<>(
          Comparator.comparingLong((Timed timed) -> timed.dueMillis)
              .thenComparingLong(timed -> timed.order));
  private @Nullable TestShard current;
  private long nowMillis = 1_000;
  private long timerOrder;
  private int handOvers;

  TestShards(int count, RandomGenerator random) {
    this.random = random;
    for (int i = 0; i < count; i++) {
      shards.add(new TestShard(i));
    }
  }

  List<Shard> all() {
    return List.copyOf(shards);
  }

  Shard get(int index) {
    return shards.get(index);
  }

  long nowMillis() {
    return nowMillis;
  }

  /** Tasks that one shard or the test gave to another shard so far. */
  int handOvers() {
    return handOvers;
  }

  /** Runs one task of a random shard; false if none waits. */
  boolean step() {
    List<TestShard> ready = new ArrayList<>();
    for (TestShard shard : shards) {
      if (!shard.tasks.isEmpty()) {
        ready.add(shard);
      }
    }
    if (ready.isEmpty()) {
      return false;
    }
    TestShard shard = ready.get(random.nextInt(ready.size()));
    shard.run(shard.tasks.removeFirst());
    return true;
  }

  /** Runs tasks until none is left. */
  void settle() {
    int steps = 0;
    while (step()) {
      if (++steps > 10_000_000) {
        throw new AssertionError("the shards never come to rest");
      }
    }
  }

  /** Lets time pass, with everything that is due in it. */
  void advance(long millis) {
    settle();
    long untilMillis = nowMillis + millis;
    while (!timers.isEmpty() && timers.peek().dueMillis <= untilMillis) {
      Timed next = timers.remove();
      nowMillis = Math.max(nowMillis, next.dueMillis);
      if (!next.cancelled) {
        next.shard.tasks.addLast(next.task);
        settle();
      }
    }
    nowMillis = untilMillis;
  }

  private static final class Timed implements Shard.Timer {
    private final TestShard shard;
    private final Runnable task;
    private final long dueMillis;
    private final long order;
    private boolean cancelled;

    Timed(TestShard shard, Runnable task, long dueMillis, long order) {
      this.shard = shard;
      this.task = task;
      this.dueMillis = dueMillis;
      this.order = order;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  private final class TestShard implements Shard {
    private final int index;
    private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();

    TestShard(int index) {
      this.index = index;
    }

    void run(Runnable task) {
      TestShard before = current;
      current = this;
      try {
        task.run();
      } finally {
        current = before;
      }
    }

    @Override
    public int index() {
      return index;
    }

    @Override
    public boolean isCurrent() {
      return current == this;
    }

    @Override
    public void execute(Runnable task) {
      if (isCurrent()) {
        task.run();
      } else {
        handOvers++;
        tasks.addLast(task);
      }
    }

    @Override
    public Timer schedule(Runnable task, long delayMillis) {
      Timed timed = new Timed(this, task, nowMillis + delayMillis, timerOrder++);
      timers.add(timed);
      return timed;
    }

    @Override
    public long nanoTime() {
      return nowMillis * NANOS_PER_MILLI;
    }
  }
}

package dev.skein.server;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** A shard that is the test's own thread, with virtual time. */
final class TestShard implements Shard {
  private static final long LIMIT_SECONDS = 10;

  private final Thread thread = Thread.currentThread();
  private final BlockingQueue<Runnable> posted = new LinkedBlockingQueue<>();
  private final PriorityQueue<Due> timers =
      new PriorityQueue<>(Comparator.comparingLong((Due due) -> due.atMillis));
  private long nowMillis;

  private static final class Due implements Timer {
    private final Runnable task;
    private final long atMillis;
    private volatile boolean cancelled;

    Due(Runnable task, long atMillis) {
      this.task = task;
      this.atMillis = atMillis;
    }

    @Override
    public void cancel() {
      cancelled = true;
    }
  }

  /** Runs what other threads post until the condition holds. */
  void runUntil(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Runnable task = posted.poll(LIMIT_SECONDS, TimeUnit.SECONDS);
      if (task == null) {
        throw new AssertionError("nothing was posted within " + LIMIT_SECONDS + " s");
      }
      task.run();
    }
  }

  /** Lets virtual time pass and runs what is due. */
  void advanceMillis(long millis) {
    synchronized (timers) {
      nowMillis += millis;
    }
    for (Due due = nextDue(); due != null; due = nextDue()) {
      if (!due.cancelled) {
        due.task.run();
      }
    }
  }

  private @Nullable Due nextDue() {
    synchronized (timers) {
      Due first = timers.peek();
      return first != null && first.atMillis <= nowMillis ? timers.poll() : null;
    }
  }

  /** Timers that wait and were not cancelled. */
  long pendingTimers() {
    synchronized (timers) {
      return timers.stream().filter(due -> !due.cancelled).count();
    }
  }

  @Override
  public int index() {
    return 0;
  }

  @Override
  public boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  @Override
  public void execute(Runnable task) {
    if (isCurrent()) {
      task.run();
    } else {
      posted.add(task);
    }
  }

  @Override
  public Timer schedule(Runnable task, long delayMillis) {
    synchronized (timers) {
      Due due = new Due(task, nowMillis + delayMillis);
      timers.add(due);
      return due;
    }
  }

  @Override
  public long nanoTime() {
    return TimeUnit.MILLISECONDS.toNanos(nowMillis);
  }
}

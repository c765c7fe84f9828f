package dev.skein.testkit;

import java.util.PriorityQueue;
import java.util.function.BooleanSupplier;

/**
 * Time that moves only when a test says so, from one scheduled task to the next. Tasks due at the
 * same instant run in the order they were scheduled, so a run is repeatable. Confined to one
 * thread; tasks may schedule others.
 */
public final class VirtualClock {
  private record Task(long dueNanos, long order, Runnable action) implements Comparable<Task> {
    @Override
    public int compareTo(Task other) {
      int byTime = Long.compare(dueNanos, other.dueNanos);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final PriorityQueue<Task> tasks = new PriorityQueue<>();
  private long nowNanos;
  private long scheduled;

  /** A clock that stands at 0. */
  public VirtualClock() {
    this(0);
  }

  /** A clock that stands at {@code startNanos}; a test of overflow starts high. */
  public VirtualClock(long startNanos) {
    nowNanos = startNanos;
  }

  /** Now, in nanoseconds. */
  public long nanoTime() {
    return nowNanos;
  }

  /** Runs the action once the clock reaches {@code atNanos}; a time gone by means now. */
  public void at(long atNanos, Runnable action) {
    tasks.add(new Task(Math.max(atNanos, nowNanos), scheduled++, action));
  }

  /** Runs the action {@code delayNanos} from now. */
  public void after(long delayNanos, Runnable action) {
    at(nowNanos + delayNanos, action);
  }

  /** Moves to {@code untilNanos}, running every task due until then, that instant included. */
  public void runUntil(long untilNanos) {
    while (runNextDue(untilNanos)) {
      // every task due has its turn
    }
    nowNanos = Math.max(nowNanos, untilNanos);
  }

  /** Moves on by {@code nanos}. */
  public void runFor(long nanos) {
    runUntil(nowNanos + nanos);
  }

  /**
   * Moves from task to task until the condition holds.
   *
   * @return false if it still does not at {@code limitNanos} from now
   */
  public boolean runUntil(BooleanSupplier condition, long limitNanos) {
    long untilNanos = nowNanos + limitNanos;
    while (!condition.getAsBoolean()) {
      if (!runNextDue(untilNanos)) {
        nowNanos = untilNanos;
        return condition.getAsBoolean();
      }
    }
    return true;
  }

  private boolean runNextDue(long untilNanos) {
    Task next = tasks.peek();
    if (next == null || next.dueNanos() > untilNanos) {
      return false;
    }
    tasks.remove();
    nowNanos = next.dueNanos();
    next.action().run();
    return true;
  }
}

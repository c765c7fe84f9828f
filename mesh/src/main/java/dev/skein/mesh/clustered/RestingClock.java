package dev.skein.mesh.clustered;

import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs a task again and again while it has work, and costs nothing while it has none. Any thread
 * may call.
 */
final class RestingClock implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(RestingClock.class);

  /** Work that comes and goes wakes nobody each time. */
  private static final int IDLE_RUNS_BEFORE_REST_COUNT = 4;

  private final long intervalMillis;
  private final BooleanSupplier hasWork;
  private final Runnable task;
  private final ScheduledExecutorService thread;
  private final AtomicBoolean runs = new AtomicBoolean();

  /** Of the thread. */
  private int idleRunsCount;

  /**
   * @param name of the thread
   * @param hasWork whether the task is worth running
   */
  RestingClock(String name, long intervalMillis, BooleanSupplier hasWork, Runnable task) {
    this.intervalMillis = intervalMillis;
    this.hasWork = hasWork;
    this.task = task;
    this.thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name(name).daemon().factory());
  }

  /** There is work from now on. */
  void wake() {
    if (!runs.get() && runs.compareAndSet(false, true)) {
      runLater();
    }
  }

  /** Runs the task as soon as it can. */
  void runNow() {
    thread.execute(this::attempt);
  }

  private void runLater() {
    try {
      thread.schedule(this::run, intervalMillis, TimeUnit.MILLISECONDS);
    } catch (RejectedExecutionException e) {
      LOG.debug("Not run any more: the clock is closed");
    }
  }

  private void run() {
    if (hasWork.getAsBoolean()) {
      idleRunsCount = 0;
      attempt();
    } else {
      idleRunsCount++;
    }
    if (idleRunsCount < IDLE_RUNS_BEFORE_REST_COUNT) {
      runLater();
    } else {
      rest();
    }
  }

  private void rest() {
    idleRunsCount = 0;
    runs.set(false);
    if (hasWork.getAsBoolean()) {
      wake();
    }
  }

  private void attempt() {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("A clock's task failed; it is run again", e);
    }
  }

  boolean isResting() {
    return !runs.get();
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}

package dev.skein.mesh;

import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks one at a time, in order, on threads borrowed from another executor. Any thread may
 * call, also under a lock: the tasks do not run in the call.
 */
final class Serial implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(Serial.class);
  private static final int TASKS_MAX_COUNT = 65_536;

  private final Executor threads;
  private final Queue<Runnable> tasks = new ArrayDeque<>();
  private boolean running;

  Serial(Executor threads) {
    this.threads = threads;
  }

  @Override
  public synchronized void execute(Runnable task) {
    if (tasks.size() >= TASKS_MAX_COUNT) {
      LOG.error("A listener of the mesh is stuck: an event is lost to it");
      return;
    }
    tasks.add(task);
    if (!running) {
      running = true;
      try {
        threads.execute(this::drain);
      } catch (RejectedExecutionException e) {
        // The node is closing and tells nobody any more.
        tasks.clear();
      }
    }
  }

  private void drain() {
    for (Runnable task = next(); task != null; task = next()) {
      try {
        task.run();
      } catch (RuntimeException e) {
        LOG.warn("A listener of the mesh failed", e);
      }
    }
  }

  private synchronized @Nullable Runnable next() {
    Runnable task = tasks.poll();
    running = task != null;
    return task;
  }
}

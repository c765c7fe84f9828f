package dev.skein.client;

import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Runs a client's handlers one at a time in order, and the completions of its futures: on the loop,
 * or on an executor which may have many threads. Any thread.
 */
final class Callbacks implements Executor {
  private static final Logger LOG = System.getLogger(Callbacks.class.getName());

  private final @Nullable Executor executor;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  Callbacks(@Nullable Executor executor) {
    this.executor = executor;
  }

  @Override
  public void execute(Runnable callback) {
    if (executor == null) {
      ClientLoop.runSafely(callback);
      return;
    }
    synchronized (waiting) {
      waiting.add(callback);
      if (running) {
        return;
      }
      running = true;
    }
    handOver(executor, this::runAll);
  }

  /** Completes a future, not after the handlers that wait: one of them may wait for it. */
  void complete(Runnable completion) {
    if (executor == null) {
      ClientLoop.runSafely(completion);
    } else {
      handOver(executor, completion);
    }
  }

  /** An executor that was shut down before its client wants nothing more of it. */
  private static void handOver(Executor executor, Runnable task) {
    try {
      executor.execute(task);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "a callback was rejected by its executor", e);
    }
  }

  private void runAll() {
    while (true) {
      Runnable next;
      synchronized (waiting) {
        next = waiting.poll();
        if (next == null) {
          running = false;
          return;
        }
      }
      ClientLoop.runSafely(next);
    }
  }
}

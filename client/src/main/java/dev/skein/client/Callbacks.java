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
  /** Handler calls that may wait for the executor; more would be a leak, so the client closes. */
  static final int WAITING_MAX = 65_536;

  private static final Logger LOG = System.getLogger(Callbacks.class.getName());

  private final @Nullable Executor executor;
  private final Runnable onOverflow;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean running;

  /**
   * Callbacks of one client.
   *
   * @param executor where they run; null for the loop
   * @param onOverflow called on the loop for each callback that finds {@link #WAITING_MAX} waiting
   */
  Callbacks(@Nullable Executor executor, Runnable onOverflow) {
    this.executor = executor;
    this.onOverflow = onOverflow;
  }

  @Override
  public void execute(Runnable callback) {
    execute(callback, WAITING_MAX);
  }

  /** What happens to the connection is told in any case; there is little of it. */
  void executeEvent(Runnable callback) {
    execute(callback, Integer.MAX_VALUE);
  }

  private void execute(Runnable callback, int waitingMax) {
    if (executor == null) {
      ClientLoop.runSafely(callback);
      return;
    }
    boolean overflow;
    boolean start = false;
    synchronized (waiting) {
      overflow = waiting.size() >= waitingMax;
      if (!overflow) {
        waiting.add(callback);
        start = !running;
        running = true;
      }
    }
    if (overflow) {
      onOverflow.run();
    } else if (start) {
      handOver(executor, this::runAll);
    }
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

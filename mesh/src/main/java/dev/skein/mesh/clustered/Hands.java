package dev.skein.mesh.clustered;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs tasks that may block and mostly do not. Those that come together share a thread; while one
 * of them runs another thread stands by to take what waits, so that one that blocks holds up
 * nobody. Any thread may call.
 */
final class Hands implements Executor {
  private static final Logger LOG = LoggerFactory.getLogger(Hands.class);

  private final Executor threads;
  private final Queue<Runnable> waiting = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean standingBy = new AtomicBoolean();

  /**
   * @param threads gives each task a thread of its own
   */
  Hands(Executor threads) {
    this.threads = threads;
  }

  /**
   * @throws RejectedExecutionException if there are no threads any more
   */
  @Override
  public void execute(Runnable task) {
    waiting.add(task);
    try {
      call();
    } catch (RejectedExecutionException e) {
      if (waiting.remove(task)) {
        throw e;
      }
    }
  }

  private void call() {
    if (standingBy.compareAndSet(false, true)) {
      threads.execute(this::work);
    }
  }

  private void work() {
    standingBy.set(false);
    Runnable task;
    while ((task = waiting.poll()) != null) {
      if (!waiting.isEmpty()) {
        callIfAny();
      }
      run(task);
    }
  }

  /** Without another thread this one does all of it. */
  private void callIfAny() {
    try {
      call();
    } catch (RejectedExecutionException e) {
      LOG.debug("Nobody stands by any more: the mesh is closed");
    }
  }

  private static void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("A task failed", e);
    }
  }
}

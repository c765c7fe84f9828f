package dev.skein.mesh.clustered;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Runs tasks that may block and mostly do not. Those that come together share a thread; while one
 * of them runs another thread stands by to take what waits, so that one that blocks holds up
 * nobody. Any thread may call.
 */
final class Hands implements Executor {
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
        call();
      }
      task.run();
    }
  }
}

package dev.skein.client;

import java.util.ArrayDeque;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * Runs a client's callbacks one at a time in order: on the loop, or on an executor which may have
 * many threads. Any thread.
 */
final class Callbacks implements Executor {
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
    executor.execute(this::runAll);
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

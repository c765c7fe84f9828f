package dev.skein.server;

import java.util.concurrent.Executor;

/**
 * One event loop with the users, sessions and rooms that live on it: their single writer. Any
 * thread may call; tasks run one at a time, in the order each caller handed them over.
 */
public interface Shard extends Executor {

  /** 0 to the node's shard count minus one. */
  int index();

  /** True if the calling thread is this shard's. */
  boolean isCurrent();

  /** Runs the task on the shard, at once if the caller is already there, else in turn. */
  @Override
  void execute(Runnable task);

  /** Runs the task once on the shard after the delay; the handle cancels it. */
  Timer schedule(Runnable task, long delayMillis);

  /** The shard's idea of now, of the node's clock; monotonic nanoseconds. */
  long nanoTime();

  /** A scheduled task. */
  interface Timer {
    /** Prevents the task from running if it has not started. */
    void cancel();
  }
}

package dev.skein.mesh;

import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * Time, threads and randomness of a mesh node. They come from outside, so that the same code runs
 * on a server and in a simulation. Any thread may call.
 */
public interface MeshRuntime extends Executor, AutoCloseable {

  /** Runs a task that may block, on a thread of its own. */
  @Override
  void execute(Runnable task);

  /** Runs a task that does not block, once, after the delay. */
  Timer schedule(Runnable task, long delayMillis);

  /** Monotonic nanoseconds. */
  long nanoTime();

  /** Wall-clock milliseconds; for times to live only, nothing is ordered by them. */
  long currentTimeMillis();

  /** A generator for the calling thread. */
  RandomGenerator random();

  /** Ends its threads; tasks not begun do not run any more. */
  @Override
  void close();

  /** Virtual threads, the JDK's clocks and one thread for timers, started when first needed. */
  static MeshRuntime ofJdk() {
    return new JdkRuntime();
  }

  /** A scheduled task. */
  interface Timer {
    /** Prevents the task from running if it has not begun. */
    void cancel();
  }
}

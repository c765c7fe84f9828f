package dev.skein.simulation;

import dev.skein.server.Shard;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.random.RandomGenerator;

/**
 * A shard without a thread: its tasks run in order, at instants drawn at random, so that a seed
 * stands for an interleaving with the other shards.
 */
final class SimShard implements Shard {
  private static final long TURN_MAX_NANOS = 20_000;

  private final int index;
  private final SimRuntime runtime;
  private final RandomGenerator random;
  private final Turn turn;
  private final Queue<Runnable> tasks = new ArrayDeque<>();

  /** Whose turn it is in the whole simulation. */
  static final class Turn {
    private Object current = this;
  }

  SimShard(int index, SimRuntime runtime, RandomGenerator random, Turn turn) {
    this.index = index;
    this.runtime = runtime;
    this.random = random;
    this.turn = turn;
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public boolean isCurrent() {
    return turn.current == this;
  }

  @Override
  public void execute(Runnable task) {
    if (isCurrent()) {
      task.run();
      return;
    }
    tasks.add(task);
    if (tasks.size() == 1) {
      runtime.runAfter(random.nextLong(TURN_MAX_NANOS), this::runTasks);
    }
  }

  @Override
  public Timer schedule(Runnable task, long delayMillis) {
    return runtime.schedule(() -> inTurn(task), delayMillis)::cancel;
  }

  @Override
  public long nanoTime() {
    return runtime.nanoTime();
  }

  private void runTasks() {
    for (int left = tasks.size(); left > 0; left--) {
      inTurn(tasks.element());
      tasks.remove();
    }
    if (!tasks.isEmpty()) {
      runtime.runAfter(random.nextLong(TURN_MAX_NANOS), this::runTasks);
    }
  }

  private void inTurn(Runnable task) {
    Object before = turn.current;
    turn.current = this;
    try {
      task.run();
    } finally {
      turn.current = before;
    }
  }
}

package dev.skein.simulation;

import dev.skein.mesh.MeshRuntime;
import dev.skein.testkit.VirtualClock;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** A simulated process: what happens in it, unless it is paused or dead. */
final class SimRuntime implements MeshRuntime {
  /** Where the wall clocks of all nodes stand when virtual time begins. */
  private static final long EPOCH_MILLIS = 1_700_000_000_000L;

  /** How long a thread may take to begin, at most. */
  private static final long THREAD_START_MAX_NANOS = 50_000;

  private enum Power {
    ON,
    PAUSED,
    OFF
  }

  private final VirtualClock clock;
  private final SplittableRandom random;
  private final Queue<Runnable> held = new ArrayDeque<>();
  private Power power = Power.ON;
  private long skewMillis;

  SimRuntime(VirtualClock clock, SplittableRandom random) {
    this.clock = clock;
    this.random = random;
  }

  /** Something reaches the process now. */
  void run(Runnable event) {
    switch (power) {
      case ON -> event.run();
      case PAUSED -> held.add(event);
      case OFF -> {}
    }
  }

  /** The same a little later. */
  void runAfter(long delayNanos, Runnable event) {
    clock.after(delayNanos, () -> run(event));
  }

  boolean isRunning() {
    return power == Power.ON;
  }

  void pause() {
    if (power == Power.ON) {
      power = Power.PAUSED;
    }
  }

  void resume() {
    if (power == Power.PAUSED) {
      power = Power.ON;
      while (power == Power.ON && !held.isEmpty()) {
        held.remove().run();
      }
    }
  }

  /** Its wall clock is off by so much from now on. */
  void skewMillis(long millis) {
    skewMillis = millis;
  }

  @Override
  public void execute(Runnable task) {
    runAfter(random.nextLong(THREAD_START_MAX_NANOS), task);
  }

  @Override
  public Timer schedule(Runnable task, long delayMillis) {
    boolean[] cancelled = new boolean[1];
    runAfter(
        TimeUnit.MILLISECONDS.toNanos(delayMillis),
        () -> {
          if (!cancelled[0]) {
            task.run();
          }
        });
    return () -> cancelled[0] = true;
  }

  @Override
  public long nanoTime() {
    return clock.nanoTime();
  }

  @Override
  public long currentTimeMillis() {
    return EPOCH_MILLIS + skewMillis + TimeUnit.NANOSECONDS.toMillis(clock.nanoTime());
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public void close() {
    power = Power.OFF;
    held.clear();
  }
}

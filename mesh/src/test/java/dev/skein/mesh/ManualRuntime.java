package dev.skein.mesh;

import dev.skein.testkit.VirtualClock;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Time that the test moves; tasks run at once. */
final class ManualRuntime implements MeshRuntime {
  private final VirtualClock clock = new VirtualClock();
  private final Random random = new Random(1);

  void advanceMillis(long millis) {
    clock.runFor(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  @Override
  public void execute(Runnable task) {
    task.run();
  }

  @Override
  public Timer schedule(Runnable task, long delayMillis) {
    boolean[] cancelled = new boolean[1];
    clock.after(
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
    return TimeUnit.NANOSECONDS.toMillis(clock.nanoTime());
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public void close() {}
}

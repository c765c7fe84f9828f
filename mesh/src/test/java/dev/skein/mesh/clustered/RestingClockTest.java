package dev.skein.mesh.clustered;

import static org.awaitility.Awaitility.await;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class RestingClockTest {
  private final AtomicInteger work = new AtomicInteger();
  private final RestingClock clock =
      new RestingClock("clock", 1, () -> work.get() > 0, this::doSome);

  @AfterEach
  void close() {
    clock.close();
  }

  private void doSome() {
    if (work.getAndUpdate(left -> Math.max(0, left - 1)) == 2) {
      throw new IllegalStateException("no work like the others");
    }
  }

  @Test
  void itRunsUntilAllIsDoneWhateverFailsThenRestsAndWakesAgain() {
    for (int times = 0; times < 2; times++) {
      work.set(100);
      clock.wake();
      await().until(() -> work.get() == 0);
      await().until(clock::isResting);
    }
  }

  @Test
  void itRunsAtOnceWhenToldToAlsoWhileItRests() {
    work.set(1);
    clock.runNow();
    await().until(() -> work.get() == 0);
  }
}

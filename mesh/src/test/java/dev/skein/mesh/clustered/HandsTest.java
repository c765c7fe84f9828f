package dev.skein.mesh.clustered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class HandsTest {
  private final List<Runnable> threads = new ArrayList<>();
  private final List<Integer> done = new ArrayList<>();

  @Test
  void tasksThatComeTogetherShareAThread() {
    Hands hands = new Hands(threads::add);

    for (int i = 0; i < 5; i++) {
      int number = i;
      hands.execute(() -> done.add(number));
    }

    assertThat(threads).hasSize(1);
    threads.removeFirst().run();
    assertThat(done).containsExactly(0, 1, 2, 3, 4);
  }

  @Test
  void whileATaskRunsAThreadStandsByForThoseThatWait() {
    Hands hands = new Hands(threads::add);
    hands.execute(() -> {
      threads.removeFirst().run();
      done.add(0);
    });
    hands.execute(() -> done.add(1));

    threads.removeFirst().run();

    assertThat(done).containsExactly(1, 0);
  }

  @Test
  void aTaskThatBlocksHoldsUpNobody() throws InterruptedException {
    Hands hands = new Hands(task -> Thread.ofVirtual().start(task));
    CountDownLatch later = new CountDownLatch(100);
    CountDownLatch first = new CountDownLatch(1);

    hands.execute(() -> {
      try {
        later.await();
        first.countDown();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    for (int i = 0; i < 100; i++) {
      hands.execute(later::countDown);
    }

    assertThat(first.await(20, TimeUnit.SECONDS)).isTrue();
  }

  @Test
  void aTaskThatFindsNoThreadIsRefused() {
    Hands hands =
        new Hands(task -> {
          throw new RejectedExecutionException("closed");
        });

    assertThatThrownBy(() -> hands.execute(() -> done.add(0)))
        .isInstanceOf(RejectedExecutionException.class);
    assertThat(done).isEmpty();
  }

  @Test
  void withoutMoreThreadsTheLastOneDoesWhatWaits() {
    List<Runnable> left = new ArrayList<>();
    Hands hands =
        new Hands(task -> {
          if (!left.isEmpty()) {
            throw new RejectedExecutionException("closed");
          }
          left.add(task);
        });
    for (int i = 0; i < 3; i++) {
      int number = i;
      hands.execute(() -> done.add(number));
    }

    left.getFirst().run();

    assertThat(done).containsExactly(0, 1, 2);
  }
}

package dev.skein.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(value = 30, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ClientLoopTest {

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void tasksOfAThreadRunInOrderOnTheLoop(boolean busyPoll) {
    try (ClientLoop loop = ClientLoop.builder().busyPoll(busyPoll).name("busy").start()) {
      List<Integer> ran = new ArrayList<>();
      CompletableFuture<Boolean> onLoop = new CompletableFuture<>();
      for (int i = 0; i < 1_000; i++) {
        int number = i;
        loop.execute(() -> ran.add(number));
      }
      loop.execute(() -> onLoop.complete(loop.isCurrent()));
      assertThat(onLoop.join()).isTrue();
      assertThat(ran).isEqualTo(IntStream.range(0, 1_000).boxed().toList());
      assertThat(loop.isCurrent()).isFalse();
    }
  }

  @Test
  void scheduledTasksRunInTheOrderOfTheirTimesUnlessCancelled() throws InterruptedException {
    try (ClientLoop loop = ClientLoop.start()) {
      List<String> ran = new ArrayList<>();
      CountDownLatch done = new CountDownLatch(1);
      // In one turn, so that none comes due before the last is there.
      loop.execute(() -> {
        loop.schedule(done::countDown, Duration.ofMillis(600));
        loop.schedule(() -> ran.add("second"), Duration.ofMillis(300));
        loop.schedule(() -> ran.add("never"), Duration.ofMillis(200)).cancel();
        loop.schedule(() -> ran.add("first"), Duration.ofMillis(1));
      });
      done.await();
      assertThat(ran).containsExactly("first", "second");
    }
  }

  @Test
  void aTaskThatThrowsDoesNotStopTheLoop() {
    try (ClientLoop loop = ClientLoop.start()) {
      CompletableFuture<String> after = new CompletableFuture<>();
      loop.execute(() -> {
        throw new IllegalStateException("on purpose");
      });
      loop.execute(() -> after.complete("ran"));
      assertThat(after.join()).isEqualTo("ran");
    }
  }

  @Test
  void aClosedLoopRefusesTasks() {
    ClientLoop loop = ClientLoop.start();
    loop.close();
    await()
        .atMost(Duration.ofSeconds(30))
        .untilAsserted(() ->
            assertThatThrownBy(() -> loop.execute(() -> {}))
                .isInstanceOf(RejectedExecutionException.class));
  }
}

package dev.skein.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CallbacksTest {
  private final ArrayDeque<Runnable> executor = new ArrayDeque<>();
  private final List<String> ran = new ArrayList<>();
  private final Callbacks callbacks = new Callbacks(executor::add, () -> ran.add("overflow"));

  @Test
  void handlersWaitForEachOtherInOneTaskOfTheExecutor() {
    callbacks.execute(() -> ran.add("first"));
    callbacks.execute(() -> ran.add("second"));
    assertThat(executor).hasSize(1);
    executor.remove().run();
    assertThat(ran).containsExactly("first", "second");
    callbacks.execute(() -> ran.add("third"));
    executor.remove().run();
    assertThat(ran).endsWith("third");
  }

  @Test
  void aCompletionDoesNotWaitForHandlers() {
    callbacks.execute(() -> ran.add("handler"));
    callbacks.complete(() -> ran.add("completion"));
    executor.removeLast().run();
    assertThat(ran).containsExactly("completion");
  }

  @Test
  void handlersThatHangPileUpToALimitButEventsAreToldBeyondIt() {
    for (int i = 0; i < Callbacks.WAITING_MAX; i++) {
      callbacks.execute(() -> {});
    }
    assertThat(ran).isEmpty();
    callbacks.execute(() -> ran.add("one too many"));
    assertThat(ran).containsExactly("overflow");
    callbacks.executeEvent(() -> ran.add("event"));
    executor.remove().run();
    assertThat(ran).containsExactly("overflow", "event");
  }

  @Test
  void withoutAnExecutorEverythingRunsAtOnceAndMayThrow() {
    Callbacks onLoop = new Callbacks(null, () -> ran.add("overflow"));
    onLoop.execute(() -> {
      throw new IllegalStateException("on purpose");
    });
    onLoop.execute(() -> ran.add("next"));
    assertThat(ran).containsExactly("next");
  }
}

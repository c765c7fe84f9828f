package dev.skein.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class VirtualClockTest {
  private final VirtualClock clock = new VirtualClock();
  private final List<String> ran = new ArrayList<>();

  @Test
  void tasksRunInOrderOfTimeAndThenOfScheduling() {
    clock.at(20, () -> ran.add("late"));
    clock.at(10, () -> ran.add("first"));
    clock.at(10, () -> ran.add("second"));

    clock.runUntil(20);

    assertThat(ran).containsExactly("first", "second", "late");
    assertThat(clock.nanoTime()).isEqualTo(20);
  }

  @Test
  void aTaskAfterTheLimitStaysUntilItsTime() {
    clock.at(11, () -> ran.add("later"));

    clock.runUntil(10);
    assertThat(ran).isEmpty();

    clock.runFor(1);
    assertThat(ran).containsExactly("later");
  }

  @Test
  void aTaskMayScheduleAnotherAtTheSameInstant() {
    clock.at(5, () -> clock.after(0, () -> ran.add("nested")));

    clock.runUntil(5);

    assertThat(ran).containsExactly("nested");
  }

  @Test
  void waitingForAConditionStopsAtTheInstantItHolds() {
    clock.at(5, () -> ran.add("it"));
    clock.at(6, () -> ran.add("more"));

    assertThat(clock.runUntil(() -> !ran.isEmpty(), 100)).isTrue();
    assertThat(clock.nanoTime()).isEqualTo(5);
  }

  @Test
  void waitingForAConditionThatNeverHoldsEndsAtTheLimit() {
    assertThat(clock.runUntil(() -> false, 100)).isFalse();
    assertThat(clock.nanoTime()).isEqualTo(100);
  }
}

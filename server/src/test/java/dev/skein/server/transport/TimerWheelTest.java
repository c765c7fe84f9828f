package dev.skein.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class TimerWheelTest {
  private static final long START_NANOS = 1_000_000_007L;

  private final TimerWheel wheel = new TimerWheel(START_NANOS);
  private final List<String> called = new ArrayList<>();

  private final class Named extends TimerWheel.Entry {
    private final String name;

    Named(String name) {
      this.name = name;
    }

    @Override
    void onDeadline(long nowNanos) {
      called.add(name);
    }
  }

  private static long at(long millis) {
    return START_NANOS + TimeUnit.MILLISECONDS.toNanos(millis);
  }

  @Test
  void aDeadlineIsCalledOnceAndNotBeforeItsTime() {
    wheel.set(new Named("a"), at(10));
    wheel.advance(at(10) - 1);
    assertThat(called).isEmpty();
    wheel.advance(at(10));
    wheel.advance(at(5_000));
    assertThat(called).containsExactly("a");
  }

  @Test
  void theNextWakeupIsNeverAfterTheEarliestDeadline() {
    assertThat(wheel.nextNanos()).isEqualTo(Long.MAX_VALUE);
    wheel.set(new Named("far"), at(70_000));
    assertThat(wheel.nextNanos()).isLessThanOrEqualTo(at(70_000));
    wheel.set(new Named("near"), at(3));
    assertThat(wheel.nextNanos()).isEqualTo(at(3));
  }

  @Test
  void aMovedDeadlineCountsAndARemovedOneDoesNot() {
    Named moved = new Named("moved");
    Named removed = new Named("removed");
    wheel.set(moved, at(100));
    wheel.set(removed, at(50));
    wheel.set(moved, at(20));
    wheel.remove(removed);
    wheel.advance(at(20));
    assertThat(called).containsExactly("moved");
    assertThat(wheel.nextNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void setNoLaterThanOnlyMovesForward() {
    Named entry = new Named("a");
    wheel.setNoLaterThan(entry, at(30));
    wheel.setNoLaterThan(entry, at(40));
    assertThat(wheel.nextNanos()).isEqualTo(at(30));
    wheel.setNoLaterThan(entry, at(20));
    assertThat(wheel.nextNanos()).isEqualTo(at(20));
  }

  @Test
  void anEntrySetAgainFromItsOwnCallWaitsForTheNextAdvance() {
    TimerWheel.Entry again =
        new TimerWheel.Entry() {
          @Override
          void onDeadline(long nowNanos) {
            called.add("again");
            wheel.set(this, nowNanos);
          }
        };
    wheel.set(again, at(1));
    wheel.advance(at(1));
    assertThat(called).hasSize(1);
    wheel.advance(at(2));
    assertThat(called).hasSize(2);
  }

  @Test
  void anEntryMayRemoveAnotherThatIsDueInTheSameAdvance() {
    Named other = new Named("other");
    wheel.set(
        new TimerWheel.Entry() {
          @Override
          void onDeadline(long nowNanos) {
            wheel.remove(other);
          }
        },
        at(5));
    wheel.set(other, at(5));
    wheel.advance(at(9));
    assertThat(called).isEmpty();
    assertThat(other.isWaiting()).isFalse();
  }

  /** Against a list of deadlines, over all distances and uneven steps of time. */
  @Test
  void everyDeadlineIsCalledInTheStepThatReachesIt() {
    for (long seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      TimerWheel each = new TimerWheel(START_NANOS);
      List<Watched> waiting = new ArrayList<>();
      long now = START_NANOS;
      for (int step = 0; step < 300; step++) {
        for (int i = random.nextInt(4); i > 0; i--) {
          Watched entry = new Watched(now + random.nextLong(1L << (20 + random.nextInt(18))));
          each.set(entry, entry.deadlineNanos);
          waiting.add(entry);
        }
        now += random.nextLong(1L << (18 + random.nextInt(16)));
        each.advance(now);
        long reached = now - TimerWheel.TICK_NANOS;
        for (Watched entry : waiting) {
          if (entry.deadlineNanos <= reached) {
            assertThat(entry.called).as("seed %d", seed).isTrue();
          } else if (entry.deadlineNanos > now) {
            assertThat(entry.called).as("seed %d", seed).isFalse();
          }
        }
        waiting.removeIf(entry -> entry.called);
      }
    }
  }

  private static final class Watched extends TimerWheel.Entry {
    private final long deadlineNanos;
    private boolean called;

    Watched(long deadlineNanos) {
      this.deadlineNanos = deadlineNanos;
    }

    @Override
    void onDeadline(long nowNanos) {
      assertThat(called).isFalse();
      called = true;
    }
  }
}

package dev.skein.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class DeadlinesTest {
  private final Deadlines deadlines = new Deadlines();
  private final List<Long> fired = new ArrayList<>();

  private final class Noted extends Deadline {
    @Override
    void onDue(long nowNanos) {
      fired.add(atNanos);
    }
  }

  @Test
  void deadlinesFireInOrderAndNotBeforeTheirTime() {
    Random random = new Random(1);
    List<Noted> all = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      Noted each = new Noted();
      all.add(each);
      deadlines.set(each, random.nextInt(1_000));
    }
    for (Noted each : all) {
      switch (random.nextInt(3)) {
        case 0 -> deadlines.set(each, random.nextInt(1_000));
        case 1 -> deadlines.remove(each);
        default -> {}
      }
    }
    List<Long> expected =
        all.stream().filter(each -> each.place >= 0).map(each -> each.atNanos).sorted().toList();
    deadlines.expire(499);
    assertThat(fired).allMatch(at -> at <= 499).isSorted();
    deadlines.expire(1_000);
    assertThat(fired).isEqualTo(expected);
    assertThat(deadlines.nanosToNext(0)).isEqualTo(Deadline.NEVER);
  }

  @Test
  void timesMayWrapAround() {
    deadlines.set(new Noted(), Long.MAX_VALUE - 5);
    deadlines.set(new Noted(), Long.MIN_VALUE + 5);
    assertThat(deadlines.nanosToNext(Long.MAX_VALUE - 10)).isEqualTo(5);
    deadlines.expire(Long.MIN_VALUE);
    assertThat(fired).containsExactly(Long.MAX_VALUE - 5);
    deadlines.expire(Long.MIN_VALUE + 5);
    assertThat(fired).hasSize(2);
  }

  @Test
  void aDeadlineThatSetsItselfAgainDoesNotKeepTheLoop() {
    Deadline eager =
        new Deadline() {
          @Override
          void onDue(long nowNanos) {
            fired.add(nowNanos);
            deadlines.set(this, nowNanos);
          }
        };
    deadlines.set(eager, 1);
    deadlines.expire(3);
    assertThat(fired).containsExactly(3L);
    assertThat(deadlines.nanosToNext(3)).isZero();
  }

  @Test
  void oneSetToNeverIsTakenOut() {
    Noted noted = new Noted();
    deadlines.set(noted, 1);
    deadlines.set(noted, Deadline.NEVER);
    deadlines.expire(10);
    assertThat(fired).isEmpty();
  }
}

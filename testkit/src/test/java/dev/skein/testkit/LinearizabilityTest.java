package dev.skein.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.testkit.Linearizability.Call;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** The judge of histories, on a register: a number writes it, null reads it. */
class LinearizabilityTest {
  private static final int READ = -1;

  private final Linearizability<Integer, Integer, Integer> register =
      new Linearizability<>(0, LinearizabilityTest::step);

  /** The same for a judge who is told which operations are reads. */
  private final Linearizability<Integer, Integer, Integer> toldOfReads =
      new Linearizability<>(
          0,
          new Linearizability.Model<>() {
            @Override
            public Optional<Integer> step(Integer state, Integer input, Optional<Integer> output) {
              return LinearizabilityTest.step(state, input, output);
            }

            @Override
            public boolean changedNothing(Integer input, Integer output) {
              return input == READ;
            }
          });

  private static Optional<Integer> step(Integer state, Integer input, Optional<Integer> output) {
    if (input != READ) {
      return Optional.of(input);
    }
    return output.isEmpty() || output.get().equals(state) ? Optional.of(state) : Optional.empty();
  }

  private static Call<Integer, Integer> write(int value, long from, long to) {
    return new Call<>(value, Optional.of(value), from, to);
  }

  private static Call<Integer, Integer> read(int value, long from, long to) {
    return new Call<>(READ, Optional.of(value), from, to);
  }

  private static Call<Integer, Integer> lostWrite(int value, long from) {
    return new Call<>(value, Optional.empty(), from, 0);
  }

  @Test
  void readingsDuringAWriteMaySeeOldOrNew() {
    assertThat(register.explains(List.of(write(1, 0, 10), read(0, 1, 2), read(1, 3, 4)))).isTrue();
  }

  @Test
  void whatWasSeenIsNotUnseenAgain() {
    assertThat(register.explains(List.of(write(1, 0, 10), read(1, 1, 2), read(0, 3, 4)))).isFalse();
  }

  @Test
  void anAcknowledgedWriteIsNotLost() {
    assertThat(register.explains(List.of(write(1, 0, 1), read(0, 2, 3)))).isFalse();
  }

  @Test
  void aWriteWithoutAnAnswerMayHappenLateOrNever() {
    assertThat(register.explains(List.of(lostWrite(1, 0), read(0, 5, 6)))).isTrue();
    assertThat(register.explains(List.of(lostWrite(1, 0), read(0, 5, 6), read(1, 7, 8)))).isTrue();
    assertThat(register.explains(List.of(read(1, 1, 2), lostWrite(1, 3)))).isFalse();
  }

  @Test
  void longHistoriesOfARealRegisterAreExplainedAndFaultsInThemFound() {
    for (long seed = 1; seed <= 50; seed++) {
      Random random = new Random(seed);
      List<Call<Integer, Integer>> history = new ArrayList<>();
      int value = 0;
      for (int i = 0; i < 300; i++) {
        long at = 10L * i;
        boolean writes = random.nextBoolean();
        value = writes ? i : value;
        long from = at - random.nextInt(30);
        long to = at + random.nextInt(30);
        history.add(writes ? write(value, from, to) : read(value, from, to));
      }
      assertThat(register.explains(history)).as("seed " + seed).isTrue();
      assertThat(toldOfReads.explains(history)).as("seed " + seed).isTrue();
      history.add(read(10_000, 1_500, 1_510));
      assertThat(register.explains(history)).as("seed " + seed).isFalse();
      assertThat(toldOfReads.explains(history)).as("seed " + seed).isFalse();
    }
  }

  @Test
  void toBeToldOfReadsChangesNoVerdict() {
    int explained = 0;
    for (long seed = 1; seed <= 2_000; seed++) {
      Random random = new Random(seed);
      List<Call<Integer, Integer>> history = new ArrayList<>();
      for (int i = 0; i < 8; i++) {
        long from = random.nextInt(40);
        long to = from + random.nextInt(20);
        int value = random.nextInt(3);
        history.add(
            switch (random.nextInt(5)) {
              case 0 -> lostWrite(value, from);
              case 1, 2 -> write(value, from, to);
              default -> read(value, from, to);
            });
      }
      boolean verdict = register.explains(history);
      assertThat(toldOfReads.explains(history)).as("seed " + seed).isEqualTo(verdict);
      explained += verdict ? 1 : 0;
    }
    assertThat(explained).isBetween(200, 1_800);
  }
}

package dev.skein.cli.bot;

import static dev.skein.cli.bot.SequenceWindow.Verdict.DUPLICATE;
import static dev.skein.cli.bot.SequenceWindow.Verdict.IN_ORDER;
import static dev.skein.cli.bot.SequenceWindow.Verdict.LATE;
import static dev.skein.cli.bot.SequenceWindow.WINDOW_MESSAGES;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.Test;

class SequenceWindowTest {
  private final SequenceWindow window = new SequenceWindow();

  @Test
  void numbersThatRiseAreInOrderAlsoOverGaps() {
    assertThat(window.hear(0)).isEqualTo(IN_ORDER);
    assertThat(window.hear(1)).isEqualTo(IN_ORDER);
    assertThat(window.hear(5_000)).isEqualTo(IN_ORDER);
  }

  @Test
  void anOlderNumberIsLateOnceAndADuplicateThen() {
    window.hear(0);
    window.hear(2);
    assertThat(window.hear(1)).isEqualTo(LATE);
    assertThat(window.hear(1)).isEqualTo(DUPLICATE);
    assertThat(window.hear(2)).isEqualTo(DUPLICATE);
    assertThat(window.hear(0)).isEqualTo(DUPLICATE);
  }

  @Test
  void theWindowEndsWhereItSays() {
    window.hear(0);
    window.hear(WINDOW_MESSAGES - 1);
    assertThat(window.hear(0)).isEqualTo(DUPLICATE);
    window.hear(WINDOW_MESSAGES);
    assertThat(window.hear(0)).isEqualTo(LATE);
  }

  @Test
  void withinTheWindowItJudgesAsASetOfAllNumbersWould() {
    Random random = new Random(42);
    BitSet all = new BitSet();
    int newest = -1;
    for (int i = 0; i < 100_000; i++) {
      int sequence = Math.max(0, newest + 3 - random.nextInt(200));
      SequenceWindow.Verdict wanted =
          sequence > newest ? IN_ORDER : all.get(sequence) ? DUPLICATE : LATE;
      assertThat(window.hear(sequence)).as("number %s of step %s", sequence, i).isEqualTo(wanted);
      all.set(sequence);
      newest = Math.max(newest, sequence);
    }
  }
}

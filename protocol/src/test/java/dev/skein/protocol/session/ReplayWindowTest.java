package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class ReplayWindowTest {
  private final ReplayWindow window = new ReplayWindow();

  @Test
  void aNumberAtTheEdgeOfTheWindowIsTakenAndOneBelowRefused() {
    window.add(5000);
    assertThat(window.refuses(5000 - 1023)).isFalse();
    assertThat(window.refuses(5000 - 1024)).isTrue();
  }

  @Test
  void everyNumberIsTakenOnceInWhateverOrderItComes() {
    Set<Long> taken = new HashSet<>();
    SplittableRandom random = new SplittableRandom(3);
    long largest = -1;
    for (int i = 0; i < 200_000; i++) {
      long number =
          Math.max(0, largest + random.nextLong(-1100, random.nextInt(50) == 0 ? 3000 : 5));
      boolean tooOld = largest - number >= ReplayWindow.SIZE;
      assertThat(window.refuses(number))
          .as("number %d, largest %d", number, largest)
          .isEqualTo(tooOld || taken.contains(number));
      if (!window.refuses(number)) {
        window.add(number);
        taken.add(number);
        largest = Math.max(largest, number);
      }
    }
    assertThat(window.largest()).isEqualTo(largest);
  }
}

package dev.skein.cli.bot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostilityTest {

  @Test
  void everyPartOfTheOptionIsRead() {
    assertThat(Hostility.parse("loss=5,duplicate=1,reorder=5,corrupt=1,delay=40,jitter=15,seed=7"))
        .isEqualTo(new Hostility(5, 1, 5, 1, 40, 15, 7));
  }

  @Test
  void whatIsLeftOutIsZero() {
    assertThat(Hostility.parse("loss=0.5")).isEqualTo(new Hostility(0.5, 0, 0, 0, 0, 0, 0));
  }

  @Test
  void aSeedMayBeAnyLong() {
    assertThat(Hostility.parse("seed=" + Long.MIN_VALUE).seed()).isEqualTo(Long.MIN_VALUE);
    assertThat(Hostility.parse("seed=" + Long.MAX_VALUE).seed()).isEqualTo(Long.MAX_VALUE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          ''               | is not NAME=NUMBER
          loss             | is not NAME=NUMBER
          loss=            | is no number
          loss=ten         | is no number
          loss=NaN         | is not 0..100
          loss=101         | is not 0..100
          corrupt=-1       | is not 0..100
          delay=-1         | is not 0..10000 ms
          jitter=99999     | is not 0..10000 ms
          delay=99999999999| is too large
          delay=1.5        | is no whole number
          loss=1,loss=2    | names its part again
          los=1            | unknown los
          """)
  void aBadPartIsNamed(String text, String complaint) {
    assertThatThrownBy(() -> Hostility.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("--hostile")
        .hasMessageContaining(complaint);
  }
}

package dev.skein.testkit.relay;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostilityTest {

  @Test
  void everyOptionIsRead() {
    assertThat(
            Hostility.parse(
                "loss=5,duplicate=1.5, reorder = 4,corrupt=0.1,delay=40,jitter=15,seed=-7"))
        .isEqualTo(new Hostility(5, 1.5, 4, 0.1, 40, 15, -7));
  }

  @Test
  void whatIsLeftOutDoesNoHarm() {
    assertThat(Hostility.parse("")).isEqualTo(Hostility.NONE);
    assertThat(Hostility.parse("loss=10")).isEqualTo(new Hostility(10, 0, 0, 0, 0, 0, 1));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '"',
      value = {
        "loss         | 'loss' is not of the form name=value",
        "loss=5,      | '' is not of the form name=value",
        "loss=x       | 'loss' is not a number: x",
        "loss=101     | 'loss' 101.0 is not within 0..100",
        "loss=NaN     | 'loss' NaN is not within 0..100",
        "corrupt=-1   | 'corrupt' -1.0 is not within 0..100",
        "delay=1.5    | 'delay' is not a whole number: 1.5",
        "delay=-1     | 'delay' -1 is not within 0..10000",
        "jitter=99999 | 'jitter' 99999 is not within 0..10000",
        "loss=1,loss=2| 'loss' is given twice",
        "speed=3      | unknown option 'speed'; known are loss, duplicate",
      })
  void aMistakeIsNamed(String options, String message) {
    assertThatThrownBy(() -> Hostility.parse(options))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(message);
  }
}

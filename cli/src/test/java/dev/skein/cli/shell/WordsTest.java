package dev.skein.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.protocol.payload.Value;
import org.junit.jupiter.api.Test;

class WordsTest {

  @Test
  void whatFollowsAWordKeepsItsSpaces() {
    Words words = new Words("tell bob,eve  hello   you ");
    assertThat(words.at(0)).isEqualTo("tell");
    assertThat(words.at(1)).isEqualTo("bob,eve");
    assertThat(words.rest(2)).isEqualTo("hello   you");
    assertThat(words.rest(9)).isEmpty();
    assertThat(words.from(2)).containsExactly("hello", "you");
  }

  @Test
  void valuesTakeTheNarrowestTypeThatFits() {
    assertThat(Words.value("true")).isEqualTo(Value.of(true));
    assertThat(Words.value("-12")).isEqualTo(Value.of(-12L));
    assertThat(Words.value("1.5")).isEqualTo(Value.of(1.5));
    assertThat(Words.value("12 apples")).isEqualTo(Value.of("12 apples"));
  }

  @Test
  void aMissingWordIsTheUsersMistake() {
    assertThatThrownBy(() -> new Words("join").at(1)).isInstanceOf(Words.Misuse.class);
    assertThatThrownBy(() -> new Words("call x 1").number(1, 0))
        .isInstanceOf(Words.Misuse.class)
        .hasMessageContaining("'x'");
  }
}

package dev.skein.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class VarintTest {

  /** RFC 9000 appendix A.1. */
  @ParameterizedTest
  @CsvSource({
    "c2197c5eff14e88c, 151288809941952652",
    "9d7f3e7d, 494878333",
    "7bbd, 15293",
    "25, 37"
  })
  void theExamplesOfTheRfcAreReadAndWritten(String hex, long value) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    assertThat(Varint.encodedBytes(bytes[0])).isEqualTo(bytes.length);
    assertThat(Varint.read(bytes, 0)).isEqualTo(value);

    byte[] out = new byte[bytes.length];
    assertThat(Varint.write(out, 0, value)).isEqualTo(bytes.length);
    assertThat(out).isEqualTo(bytes);
  }

  @Test
  void aLongerFormThanNeededIsReadToo() {
    assertThat(Varint.read(HexFormat.of().parseHex("4025"), 0)).isEqualTo(37);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 63, 64, 16_383, 16_384, (1 << 30) - 1, 1 << 30, Varint.MAX})
  void everyEdgeOfALengthSurvivesARoundTrip(long value) {
    byte[] out = new byte[Varint.MAX_BYTES];
    assertThat(Varint.write(out, 0, value)).isEqualTo(Varint.size(value));
    assertThat(Varint.encodedBytes(out[0])).isEqualTo(Varint.size(value));
    assertThat(Varint.read(out, 0)).isEqualTo(value);
  }

  @ParameterizedTest
  @ValueSource(longs = {-1, Varint.MAX + 1, Long.MIN_VALUE})
  void aValueOutOfRangeIsTheCallersMistake(long value) {
    assertThatThrownBy(() -> Varint.size(value)).isInstanceOf(IllegalArgumentException.class);
  }
}

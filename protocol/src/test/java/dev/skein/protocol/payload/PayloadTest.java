package dev.skein.protocol.payload;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** PROTOCOL §10.2: the fields of payloads. */
class PayloadTest {

  @Test
  void everyFieldReadsBackAsWritten() {
    PayloadWriter out = new PayloadWriter(2);
    out.u8(200).u16(50_000).i64(-7).f64(-0.5).bool(true).varint(70_000).string("grüß");
    out.blob(new byte[] {1, 2}).raw(new byte[] {9, 8, 7}, 1, 2);
    byte[] bytes = out.toBytes();
    assertThat(bytes).hasSize(out.length()).startsWith(0, 0);
    PayloadReader in = new PayloadReader(bytes, 2, bytes.length - 2);
    assertThat(in.u8()).isEqualTo(200);
    assertThat(in.u16()).isEqualTo(50_000);
    assertThat(in.i64()).isEqualTo(-7);
    assertThat(in.f64()).isEqualTo(-0.5);
    assertThat(in.bool()).isTrue();
    assertThat(in.varint()).isEqualTo(70_000);
    assertThat(in.string(6)).isEqualTo("grüß");
    assertThat(in.blob(2)).containsExactly(1, 2);
    assertThat(in.finished()).isFalse();
    assertThat(in.rest()).containsExactly(8, 7);
    assertThat(in.finished()).isTrue();
  }

  @Test
  void everyValueReadsBackAsWritten() {
    List<Value> values =
        List.of(
            Value.of(true),
            Value.of(Long.MIN_VALUE),
            Value.of(Double.NaN),
            Value.of("text"),
            Value.of(new byte[] {1, 2, 3}));
    for (Value value : values) {
      PayloadReader in = new PayloadReader(new PayloadWriter().value(value).toBytes());
      assertThat(in.value(4)).isEqualTo(value);
      assertThat(in.finished()).isTrue();
    }
    PayloadReader none =
        new PayloadReader(new PayloadWriter().optionalValue(Optional.empty()).toBytes());
    assertThat(none.optionalValue(0)).isEmpty();
    assertThat(none.finished()).isTrue();
  }

  @Test
  void aPayloadThatEndsTooSoonIsMalformedForGoodAndReadsAsNothing() {
    byte[] whole = new PayloadWriter().i64(1).string("abc").varint(70_000).toBytes();
    for (int length = 0; length < whole.length; length++) {
      PayloadReader in = new PayloadReader(Arrays.copyOf(whole, length));
      in.i64();
      in.string(3);
      in.varint();
      assertThat(in.ok()).isFalse();
      assertThat(in.remaining()).isZero();
      assertThat(in.u8()).isZero();
      assertThat(in.rest()).isEmpty();
    }
  }

  @Test
  void aFieldAtItsLimitIsReadAndOneOverItIsMalformed() {
    byte[] five = new PayloadWriter().string("12345").toBytes();
    assertThat(new PayloadReader(five).string(5)).isEqualTo("12345");
    PayloadReader tooLong = new PayloadReader(five);
    assertThat(tooLong.string(4)).isEmpty();
    assertThat(tooLong.ok()).isFalse();
    PayloadReader count = new PayloadReader(new PayloadWriter().varint(11).toBytes());
    assertThat(count.varint(10)).isZero();
    assertThat(count.ok()).isFalse();
  }

  @Test
  void aValueOfAnotherTypeIsNotMistaken() {
    assertThat(Value.of(3).asDouble()).isEqualTo(3.0);
    assertThat(Value.of(3).isNumber()).isTrue();
    assertThat(Value.of("3").isNumber()).isFalse();
    assertThatThrownBy(() -> Value.of("3").asLong()).isInstanceOf(ClassCastException.class);
    assertThat(Value.of("grüß").contentBytes()).isEqualTo(6);
    assertThat(Value.of(new byte[] {1})).isNotEqualTo(Value.of(new byte[] {2}));
  }
}

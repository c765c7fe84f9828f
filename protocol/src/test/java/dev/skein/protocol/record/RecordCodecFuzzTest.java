package dev.skein.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.skein.protocol.record.RecordCodecTest.Arrays2;
import dev.skein.protocol.record.RecordCodecTest.Everything;
import dev.skein.protocol.record.RecordCodecTest.Tree;

class RecordCodecFuzzTest {

  @FuzzTest(maxDuration = "10s")
  void anyBytesAreARecordOrMalformed(byte[] bytes) {
    decode(RecordCodec.of(Everything.class), bytes);
    decode(RecordCodec.of(Arrays2.class), bytes);
    decode(RecordCodec.of(Tree.class), bytes);
  }

  private static <T extends Record> void decode(RecordCodec<T> codec, byte[] bytes) {
    T first;
    try {
      first = codec.decode(bytes);
    } catch (MalformedRecordException expected) {
      return;
    }
    byte[] again = codec.encode(first);
    assertThat(codec.encode(codec.decode(again))).isEqualTo(again);
  }
}

package dev.skein.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

class TransportDataFuzzTest {

  @FuzzTest(maxDuration = "10s")
  void anyBytesAreDataOrMalformed(byte[] bytes) {
    TransportData first;
    try {
      first = TransportDataTest.EXAMPLE.unpack(bytes);
    } catch (MalformedRecordException expected) {
      return;
    }
    byte[] again = first.pack();
    assertThat(TransportDataTest.EXAMPLE.unpack(again).pack()).isEqualTo(again);
  }
}

package dev.skein.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;

class FrameReaderFuzzTest {

  @FuzzTest(maxDuration = "10s")
  void anyBytesAreFramesOrMalformed(byte[] bytes) {
    read(new FrameReader(Carrier.DATAGRAM, 16), bytes);
    read(new FrameReader(Carrier.STREAM, 16), bytes);
  }

  private static void read(FrameReader reader, byte[] bytes) {
    reader.reset(bytes, 0, bytes.length);
    for (int frames = 0; ; frames++) {
      assertThat(frames).isLessThanOrEqualTo(bytes.length);
      switch (reader.next()) {
        case END, MALFORMED -> {
          return;
        }
        case MESSAGE -> assertMessage(reader, bytes.length);
        case ACK -> assertRanges(reader);
        case CLOSE -> assertThat(reader.closeText().length()).isLessThanOrEqualTo(256);
        case PADDING, PING, PONG, PATH_CHALLENGE, PATH_RESPONSE, RECEIVED -> {}
      }
    }
  }

  private static void assertMessage(FrameReader reader, int total) {
    assertThat(reader.dataOffset()).isBetween(0, total);
    assertThat(reader.dataLength()).isBetween(0, total - reader.dataOffset());
    assertThat(reader.channel()).isBetween(0, 15);
    assertThat(reader.id()).isNotNegative();
    assertThat(reader.fragmentIndex()).isBetween(0, reader.fragmentCount() - 1);
  }

  private static void assertRanges(FrameReader reader) {
    long below = reader.ackLargest() + 2;
    int ranges = 0;
    while (reader.nextAckRange()) {
      assertThat(reader.ackRangeLargest()).isLessThan(below - 1);
      assertThat(reader.ackRangeSmallest()).isBetween(0L, reader.ackRangeLargest());
      below = reader.ackRangeSmallest();
      ranges++;
    }
    assertThat(ranges).isBetween(1, Frame.ACK_MAX_RANGES);
  }
}

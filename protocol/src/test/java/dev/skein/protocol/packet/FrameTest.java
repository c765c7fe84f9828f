package dev.skein.protocol.packet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.protocol.Channel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameTest {
  private final byte[] bytes = new byte[1200];
  private final FrameWriter writer = new FrameWriter();
  private final FrameReader datagram = new FrameReader(Carrier.DATAGRAM, 16);
  private final FrameReader stream = new FrameReader(Carrier.STREAM, 16);

  FrameTest() {
    writer.reset(bytes, 0, bytes.length);
  }

  private FrameReader written(FrameReader reader) {
    reader.reset(bytes, 0, writer.written());
    return reader;
  }

  private static Frame first(FrameReader reader, String hex) {
    byte[] frames = HexFormat.of().parseHex(hex.replace(" ", ""));
    reader.reset(frames, 0, frames.length);
    return reader.next();
  }

  @Test
  void framesComeBackInTheOrderWritten() {
    writer.ping();
    writer.padding(3);
    writer.pathChallenge(0x1122334455667788L);
    writer.pathResponse(-2);
    writer.close(1008, "elsewhere".getBytes(StandardCharsets.UTF_8));

    FrameReader reader = written(datagram);
    assertThat(reader.next()).isEqualTo(Frame.PING);
    assertThat(reader.next()).isEqualTo(Frame.PADDING);
    assertThat(reader.next()).isEqualTo(Frame.PATH_CHALLENGE);
    assertThat(reader.pathToken()).isEqualTo(0x1122334455667788L);
    assertThat(reader.next()).isEqualTo(Frame.PATH_RESPONSE);
    assertThat(reader.pathToken()).isEqualTo(-2);
    assertThat(reader.next()).isEqualTo(Frame.CLOSE);
    assertThat(reader.closeCode()).isEqualTo(1008);
    assertThat(reader.closeText()).isEqualTo("elsewhere");
    assertThat(reader.next()).isEqualTo(Frame.END);
    assertThat(reader.next()).isEqualTo(Frame.END);
  }

  @Test
  void anAckNamesItsRangesFromTheTopDown() {
    writer.ack(90, 100, 1234);
    assertThat(writer.ackRange(80, 88)).isTrue();
    assertThat(writer.ackRange(0, 0)).isTrue();

    FrameReader reader = written(datagram);
    assertThat(reader.next()).isEqualTo(Frame.ACK);
    assertThat(reader.ackLargest()).isEqualTo(100);
    assertThat(reader.ackDelayMicros()).isEqualTo(1234);
    assertRange(reader, 90, 100);
    assertRange(reader, 80, 88);
    assertRange(reader, 0, 0);
    assertThat(reader.nextAckRange()).isFalse();
    assertThat(reader.next()).isEqualTo(Frame.END);
  }

  private static void assertRange(FrameReader reader, long smallest, long largest) {
    assertThat(reader.nextAckRange()).isTrue();
    assertThat(reader.ackRangeSmallest()).isEqualTo(smallest);
    assertThat(reader.ackRangeLargest()).isEqualTo(largest);
  }

  @Test
  void anAckHoldsThirtyTwoRangesAndNotOneMore() {
    writer.ack(1000, 1000, 0);
    for (int i = 1; i < Frame.ACK_MAX_RANGES; i++) {
      assertThat(writer.ackRange(1000 - 10 * i, 1000 - 10 * i)).isTrue();
    }
    assertThat(writer.ackRange(1, 1)).isFalse();
    assertThat(written(datagram).next()).isEqualTo(Frame.ACK);
  }

  @Test
  void everyKindOfMessageComesBackWithWhatBelongsToIt() {
    byte[] data = {9, 8, 7, 6};
    writer.message(Channel.UNRELIABLE, 0, data, 0, 4, true);
    writer.message(Channel.sequenced(15), 70, data, 1, 2, true);
    writer.message(Channel.RELIABLE, 5, data, 0, 0, true);
    writer.message(Channel.ordered(3), 1 << 20, data, 2, 2, false);

    FrameReader reader = written(datagram);
    assertMessage(reader, Channel.Kind.UNRELIABLE, 0, 0, new byte[] {9, 8, 7, 6});
    assertMessage(reader, Channel.Kind.SEQUENCED, 15, 70, new byte[] {8, 7});
    assertMessage(reader, Channel.Kind.RELIABLE, 0, 5, new byte[] {});
    assertMessage(reader, Channel.Kind.ORDERED, 3, 1 << 20, new byte[] {7, 6});
    assertThat(reader.next()).isEqualTo(Frame.END);
  }

  private static void assertMessage(
      FrameReader reader, Channel.Kind kind, int channel, long id, byte[] data) {
    assertThat(reader.next()).isEqualTo(Frame.MESSAGE);
    assertThat(reader.kind()).isEqualTo(kind);
    assertThat(reader.channel()).isEqualTo(channel);
    assertThat(reader.id()).isEqualTo(id);
    assertThat(reader.isFragment()).isFalse();
    assertThat(
            Arrays.copyOfRange(
                reader.buffer(), reader.dataOffset(), reader.dataOffset() + reader.dataLength()))
        .isEqualTo(data);
  }

  @Test
  void finishingLeavesOutTheLengthOfTheLastMessageOnly() {
    writer.message(Channel.UNRELIABLE, 0, new byte[] {1, 2, 3}, 0, 3, true);
    writer.message(Channel.UNRELIABLE, 0, new byte[100], 0, 100, true);
    int before = writer.written();
    writer.finish();
    assertThat(writer.written()).isEqualTo(before - 2);

    FrameReader reader = written(datagram);
    assertThat(reader.next()).isEqualTo(Frame.MESSAGE);
    assertThat(reader.dataLength()).isEqualTo(3);
    assertThat(reader.next()).isEqualTo(Frame.MESSAGE);
    assertThat(reader.dataLength()).isEqualTo(100);
    assertThat(reader.next()).isEqualTo(Frame.END);
  }

  @Test
  void finishingChangesNothingBehindAnotherFrame() {
    writer.message(Channel.UNRELIABLE, 0, new byte[] {1}, 0, 1, true);
    writer.ping();
    int before = writer.written();
    writer.finish();
    assertThat(writer.written()).isEqualTo(before);
  }

  @Test
  void aFragmentKnowsItsPlace() {
    byte[] data = new byte[600];
    writer.fragment(Channel.ordered(2), 7, 0, 64, data, 0, 600, true);
    FrameReader reader = written(datagram);
    assertThat(reader.next()).isEqualTo(Frame.MESSAGE);
    assertThat(reader.isFragment()).isTrue();
    assertThat(reader.fragmentIndex()).isZero();
    assertThat(reader.fragmentCount()).isEqualTo(64);
    assertThat(reader.id()).isEqualTo(7);
    assertThat(reader.dataLength()).isEqualTo(600);
    assertThat(written(stream).next()).isEqualTo(Frame.MALFORMED);
  }

  @Test
  void aFragmentButTheLastHasAtLeast512Bytes() {
    writer.fragment(Channel.ordered(2), 7, 0, 2, new byte[512], 0, 512, true);
    assertThat(written(datagram).next()).isEqualTo(Frame.MESSAGE);
    writer.reset(bytes, 0, bytes.length);
    writer.fragment(Channel.ordered(2), 7, 0, 2, new byte[511], 0, 511, true);
    assertThat(written(datagram).next()).isEqualTo(Frame.MALFORMED);
    writer.reset(bytes, 0, bytes.length);
    writer.fragment(Channel.ordered(2), 7, 1, 2, new byte[1], 0, 1, true);
    assertThat(written(datagram).next()).isEqualTo(Frame.MESSAGE);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "02 00 00 00 01", // an ack reaches below number 0
        "02 05 00 01 05 00 00", // so does its second range
        "02 05 00 20 00", // 33 ranges
        "02 05 00", // truncated
        "03 01 02", // half a challenge
        "05 83e8 4101", // a text of 257 bytes
        "05 80010000 00", // a code above 65535
        "06 01", // RECEIVED belongs to streams
        "07", // so does PONG
        "08",
        "1f",
        "30",
        "ff", // unknown
        "2c", // a channel is missing
        "2c 10 00", // channel 16 of 16
        "29", // an id is missing
        "21 05 01 02", // shorter than its length
        "22 00 02 02 01", // index equals count
        "22 00 00 01 01", // one fragment of one
        "22 00 00 4041 01", // 65 fragments
        "23 00 01 02 00", // an empty fragment
      })
  void whatBreaksARuleOfDatagramsIsMalformed(String hex) {
    assertThat(first(datagram, hex)).isEqualTo(Frame.MALFORMED);
    assertThat(datagram.next()).isEqualTo(Frame.MALFORMED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"00", "02 00 00 00 00", "030000000000000000", "22 00 00 02 01"})
  void whatBelongsToDatagramsIsMalformedOnAStream(String hex) {
    assertThat(first(stream, hex)).isEqualTo(Frame.MALFORMED);
  }

  @Test
  void aFrameThatDoesNotFitIsTheWritersMistake() {
    writer.reset(bytes, 0, 4);
    assertThatThrownBy(() -> writer.pathChallenge(1)).isInstanceOf(IndexOutOfBoundsException.class);
  }
}

package dev.skein.protocol.room;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Arbitrary bytes as requests, events and replies of rooms: decoding never throws, and what decodes
 * is stable: encoding it and decoding again gives the same bytes.
 */
class RoomWireFuzzTest {

  @FuzzTest
  void anyBytesAreARequestOrNone(byte[] bytes) {
    for (int cmd = RoomCmd.CREATE; cmd <= RoomCmd.RETURN; cmd++) {
      int number = cmd;
      stable(bytes, in -> RoomRequest.decode(number, in).map(RoomRequest::encode));
    }
  }

  @FuzzTest
  void anyBytesAreAnEventOrNone(byte[] bytes) {
    for (int cmd = RoomCmd.ENTERED; cmd <= RoomCmd.RETURNED; cmd++) {
      int number = cmd;
      stable(bytes, in -> RoomEvent.decode(number, in).map(RoomWireFuzzTest::encoded));
    }
  }

  @FuzzTest
  void anyBytesAreAReplyOrNone(byte[] bytes) {
    List<Function<byte[], Optional<? extends RoomReply>>> decoders =
        List.of(
            RoomReply.Entry::decode,
            RoomReply.Properties::decode,
            RoomReply.Replaced::decode,
            RoomReply.Now::decode,
            RoomReply.History::decode,
            RoomReply.Stats::decode,
            RoomReply.Own::decode);
    for (Function<byte[], Optional<? extends RoomReply>> decoder : decoders) {
      stable(bytes, in -> decoder.apply(in).map(RoomReply::encode));
    }
  }

  private static byte[] encoded(RoomEvent event) {
    var out = new dev.skein.protocol.payload.PayloadWriter();
    event.write(out);
    return out.toBytes();
  }

  private static void stable(byte[] bytes, Function<byte[], Optional<byte[]>> recode) {
    Optional<byte[]> once = recode.apply(bytes);
    if (once.isPresent()) {
      Optional<byte[]> twice = recode.apply(once.get());
      assertThat(twice.map(Arrays::toString)).isEqualTo(once.map(Arrays::toString));
    }
  }
}

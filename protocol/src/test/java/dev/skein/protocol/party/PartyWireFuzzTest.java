package dev.skein.protocol.party;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * Arbitrary bytes as requests, events and replies of sessions: decoding never throws, and what
 * decodes is stable: encoding it and decoding again gives the same bytes.
 */
class PartyWireFuzzTest {

  @FuzzTest
  void anyBytesAreARequestOrNone(byte[] bytes) {
    for (int cmd = PartyCmd.CREATE; cmd <= PartyCmd.LIST; cmd++) {
      int number = cmd;
      stable(bytes, in -> PartyRequest.decode(number, in).map(PartyRequest::encode));
    }
  }

  @FuzzTest
  void anyBytesAreAnEventOrNone(byte[] bytes) {
    for (int cmd = PartyCmd.ENTERED; cmd <= PartyCmd.MISSED; cmd++) {
      int number = cmd;
      stable(bytes, in -> PartyEvent.decode(number, in).map(PartyEvent::encode));
    }
  }

  @FuzzTest
  void anyBytesAreAReplyOrNone(byte[] bytes) {
    List<Function<byte[], Optional<? extends PartyReply>>> decoders =
        List.of(
            PartyReply.Entry::decode,
            PartyReply.Unreached::decode,
            PartyReply.Replaced::decode,
            PartyReply.Now::decode,
            PartyReply.Own::decode);
    for (Function<byte[], Optional<? extends PartyReply>> decoder : decoders) {
      stable(bytes, in -> decoder.apply(in).map(PartyReply::encode));
    }
  }

  private static void stable(byte[] bytes, Function<byte[], Optional<byte[]>> recode) {
    Optional<byte[]> once = recode.apply(bytes);
    if (once.isPresent()) {
      Optional<byte[]> twice = recode.apply(once.get());
      assertThat(twice.map(Arrays::toString)).isEqualTo(once.map(Arrays::toString));
    }
  }
}

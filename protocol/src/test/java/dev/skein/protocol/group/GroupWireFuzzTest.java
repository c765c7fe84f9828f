package dev.skein.protocol.group;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.skein.protocol.payload.PayloadWriter;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Function;

/**
 * Arbitrary bytes as requests, events and replies of groups: decoding never throws, and what
 * decodes is stable.
 */
class GroupWireFuzzTest {

  @FuzzTest
  void anyBytesAreARequestAnEventAReplyOrNone(byte[] bytes) {
    for (int cmd = GroupCmd.CREATE; cmd <= GroupCmd.LIST; cmd++) {
      int number = cmd;
      stable(bytes, in -> GroupRequest.decode(number, in).map(GroupRequest::encode));
    }
    for (int cmd = GroupCmd.ENTERED; cmd <= GroupCmd.UNDELIVERED; cmd++) {
      int number = cmd;
      stable(bytes, in -> GroupEvent.decode(number, in).map(GroupWireFuzzTest::encoded));
    }
    stable(bytes, in -> GroupReply.Entry.decode(in).map(GroupReply::encode));
    stable(bytes, in -> GroupReply.Stat.decode(in).map(GroupReply::encode));
    stable(bytes, in -> GroupReply.Own.decode(in).map(GroupReply::encode));
  }

  private static byte[] encoded(GroupEvent event) {
    PayloadWriter out = new PayloadWriter();
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

package dev.skein.protocol.dm;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.skein.protocol.payload.PayloadWriter;

/** Arbitrary bytes as direct messages: decoding never throws, and what decodes is stable. */
class DmWireFuzzTest {

  @FuzzTest
  void anyBytesAreARequestAnEventOrNone(byte[] bytes) {
    for (int cmd = DmCmd.SEND; cmd <= DmCmd.END; cmd++) {
      int number = cmd;
      DmRequest.decode(number, bytes)
          .ifPresent(request ->
              assertThat(DmRequest.decode(number, request.encode()).orElseThrow().encode())
                  .isEqualTo(request.encode()));
    }
    for (int cmd = DmCmd.MESSAGE; cmd <= DmCmd.UNDELIVERED; cmd++) {
      int number = cmd;
      DmEvent.decode(number, bytes)
          .ifPresent(event ->
              assertThat(encoded(DmEvent.decode(number, encoded(event)).orElseThrow()))
                  .isEqualTo(encoded(event)));
    }
  }

  private static byte[] encoded(DmEvent event) {
    PayloadWriter out = new PayloadWriter();
    event.write(out);
    return out.toBytes();
  }
}

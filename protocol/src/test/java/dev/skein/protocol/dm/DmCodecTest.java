package dev.skein.protocol.dm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.payload.PayloadWriter;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** PROTOCOL §10.2.8: the bytes of requests and events, written out. */
class DmCodecTest {
  private static final byte[] HI = "hi".getBytes(StandardCharsets.UTF_8);

  private static void assertRequest(String hex, DmRequest request) {
    assertThat(HexFormat.of().formatHex(request.encode())).isEqualTo(hex.replace(" ", ""));
    assertThat(DmRequest.decode(request.cmd(), request.encode()).orElseThrow())
        .usingRecursiveComparison()
        .isEqualTo(request);
  }

  private static void assertEvent(String hex, DmEvent event) {
    PayloadWriter out = new PayloadWriter();
    event.write(out);
    assertThat(HexFormat.of().formatHex(out.toBytes())).isEqualTo(hex.replace(" ", ""));
    assertThat(DmEvent.decode(event.cmd(), out.toBytes()).orElseThrow())
        .usingRecursiveComparison()
        .isEqualTo(event);
  }

  @Test
  void requestsAndEventsAreWrittenAsSpecified() {
    assertRequest("03 626f62 6869", new DmRequest.Send("bob", HI));
    assertRequest("03 626f62", new DmRequest.End("bob"));
    assertEvent("03 626f62 6869", new DmEvent.Message("bob", HI));
    assertEvent("03 626f62 01", new DmEvent.PeerGone("bob", true));
    assertEvent("03 626f62 1389", new DmEvent.Undelivered("bob", DmCode.OFFLINE));
  }

  @Test
  void aMessageToNobodyIsMalformed() {
    assertThat(DmRequest.decode(DmCmd.SEND, new byte[] {0, 1})).isEmpty();
    assertThat(DmRequest.decode(DmCmd.SEND, new byte[] {9, 1})).isEmpty();
    assertThat(DmEvent.decode(DmCmd.PEER_GONE, new byte[] {1, 65, 2})).isEmpty();
  }
}

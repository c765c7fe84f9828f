package dev.skein.protocol.group;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.group.GroupRequest.Terms;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.room.LeaveReason;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** PROTOCOL §10.2.2: the bytes of requests, replies and events, written out. */
class GroupCodecTest {
  private static final byte[] HI = "hi".getBytes(StandardCharsets.UTF_8);

  private static void assertRequest(String hex, GroupRequest request) {
    assertThat(HexFormat.of().formatHex(request.encode())).isEqualTo(hex.replace(" ", ""));
    assertThat(GroupRequest.decode(request.cmd(), request.encode()).orElseThrow())
        .usingRecursiveComparison()
        .isEqualTo(request);
  }

  private static void assertEvent(String hex, GroupEvent event) {
    PayloadWriter out = new PayloadWriter();
    event.write(out);
    assertThat(HexFormat.of().formatHex(out.toBytes())).isEqualTo(hex.replace(" ", ""));
    assertThat(GroupEvent.decode(event.cmd(), out.toBytes()).orElseThrow())
        .usingRecursiveComparison()
        .isEqualTo(event);
  }

  @Test
  void requestsAreWrittenAsSpecified() {
    Terms terms = new Terms("ab", true, true, 5000);
    assertRequest("02 6162 03 5388 01 6869", new GroupRequest.Create(terms, true, HI));
    assertRequest("02 6964 6869", new GroupRequest.Join("id", HI));
    assertRequest("02 6162 01 00 01 6869", new GroupRequest.JoinRandom(Terms.of("ab"), true, HI));
    assertRequest("05 6869", new GroupRequest.Leave(5, HI));
    assertRequest("02 6964", new GroupRequest.Stat("id"));
    assertRequest("", new GroupRequest.ListOwn());
  }

  @Test
  void eventsAreWrittenAsSpecified() {
    assertEvent("05 02 6964 02 6162 03 6869", new GroupEvent.Entered(5, "id", "ab", 3, HI));
    assertEvent("05 01 61 6869", new GroupEvent.Joined(5, "a", HI));
    assertEvent("05 01 61 02 6869", new GroupEvent.Left(5, "a", LeaveReason.DISCONNECTED, HI));
    assertEvent("05 04 6869", new GroupEvent.Exited(5, LeaveReason.CLOSED, HI));
    assertEvent("05 01 61 6869", new GroupEvent.Said(5, "a", HI));
    assertEvent("05 6869", new GroupEvent.Announced(5, HI));
    assertEvent("05", new GroupEvent.Gap(5));
    assertEvent("05 0bc2", new GroupEvent.Undelivered(5, GroupCode.INCOMPLETE));
    assertEvent(
        "d000000000000001 05 616c696365 6869", new GroupEvent.Said((1L << 60) + 1, "alice", HI));
  }

  @Test
  void repliesComeBackAsTheyWere() {
    GroupReply.Entry entry = new GroupReply.Entry(5, true, "id");
    assertThat(GroupReply.Entry.decode(entry.encode())).contains(entry);
    GroupReply.Stat stat = new GroupReply.Stat(new GroupStat("id", "ab", 3, 2, true));
    assertThat(GroupReply.Stat.decode(stat.encode())).contains(stat);
    GroupReply.Own own = new GroupReply.Own(Map.of(5L, "id"));
    assertThat(GroupReply.Own.decode(own.encode())).contains(own);
  }
}

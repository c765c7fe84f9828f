package dev.skein.protocol.party;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** PROTOCOL §10.2.3: the bytes of requests, events and replies, written out. */
class PartyCodecTest {
  private static final byte[] HI = "hi".getBytes(StandardCharsets.UTF_8);

  private static void assertRequest(String hex, PartyRequest request) {
    assertThat(HexFormat.of().formatHex(request.encode())).isEqualTo(hex.replace(" ", ""));
    assertThat(PartyRequest.decode(request.cmd(), request.encode()).orElseThrow())
        .usingRecursiveComparison()
        .isEqualTo(request);
  }

  private static void assertEvent(String hex, PartyEvent event) {
    assertThat(HexFormat.of().formatHex(event.encode())).isEqualTo(hex.replace(" ", ""));
    assertThat(PartyEvent.decode(event.cmd(), event.encode()).orElseThrow())
        .usingRecursiveComparison()
        .isEqualTo(event);
  }

  @Test
  void requestsAreWrittenAsSpecified() {
    assertRequest("02 6162 04 6869", new PartyRequest.Create("ab", 4, HI));
    assertRequest("02 6964 6869", new PartyRequest.Join("id", HI));
    assertRequest(
        "02 6162 02 01 61 01 62 6869", new PartyRequest.Invite("ab", List.of("a", "b"), HI));
    assertRequest("02 6964 6869", new PartyRequest.Decline("id", HI));
    assertRequest("02 6162 6869", new PartyRequest.Leave("ab", HI));
    assertRequest("02 6162 01 61 6869", new PartyRequest.Kick("ab", "a", HI));
    assertRequest("02 6162 01 61", new PartyRequest.ChangeOwner("ab", "a"));
    assertRequest("02 6162 6869", new PartyRequest.Broadcast("ab", HI));
    assertRequest("02 6162 01 01 61 6869", new PartyRequest.Message("ab", List.of("a"), HI));
    assertRequest(
        "02 6162 01 01 6b 00",
        new PartyRequest.ChangeProperties("ab", Map.of("k", Optional.empty())));
    assertRequest(
        "02 6162 01 6b 00 01 01",
        new PartyRequest.ReplaceProperty("ab", "k", Optional.empty(), Value.of(true)));
    assertRequest(
        "02 6162 01 6b 02 0000000000000007",
        new PartyRequest.IncrementProperty("ab", "k", Value.of(7)));
    assertRequest("", new PartyRequest.ListOwn());
  }

  @Test
  void eventsAreWrittenAsSpecified() {
    assertEvent(
        "02 6162 02 6964 01 61 08 01 01 61 01 01 6b 04 01 76 6869",
        new PartyEvent.Entered("ab", "id", "a", 8, List.of("a"), Map.of("k", Value.of("v")), HI));
    assertEvent("02 6162 01 61 6869", new PartyEvent.Joined("ab", "a", HI));
    assertEvent("02 6162 01 61 03 6869", new PartyEvent.Left("ab", "a", LeaveReason.KICKED, HI));
    assertEvent("02 6162 04 6869", new PartyEvent.Exited("ab", LeaveReason.CLOSED, HI));
    assertEvent("02 6162 01 61", new PartyEvent.OwnerChanged("ab", "a"));
    assertEvent(
        "02 6162 01 01 6b 00",
        new PartyEvent.PropertiesChanged("ab", Map.of("k", Optional.empty())));
    assertEvent("02 6162 01 61 6869", new PartyEvent.Said("ab", "a", HI));
    assertEvent("02 6162 01 61 6869", new PartyEvent.Told("ab", "a", HI));
    assertEvent("02 6162 6869", new PartyEvent.Announced("ab", HI));
    assertEvent("02 6162 02 6964 01 61 6869", new PartyEvent.Invited("ab", "id", "a", HI));
    assertEvent("02 6162 01 61 6869", new PartyEvent.Declined("ab", "a", HI));
    assertEvent("02 6162 05", new PartyEvent.Missed("ab", 5));
  }

  @Test
  void repliesReadBackAsWritten() {
    PartyReply.Entry entry = new PartyReply.Entry("ab", "id");
    assertThat(PartyReply.Entry.decode(entry.encode())).contains(entry);
    PartyReply.Unreached unreached = new PartyReply.Unreached(List.of("a"));
    assertThat(PartyReply.Unreached.decode(unreached.encode())).contains(unreached);
    PartyReply.Own own = new PartyReply.Own(Map.of("ab", "id"));
    assertThat(PartyReply.Own.decode(own.encode())).contains(own);
    assertThat(PartyReply.Entry.decode(new byte[] {5})).isEmpty();
  }

  @Test
  void aFieldOutOfItsRangeIsMalformed() {
    byte[] reason = {2, 'a', 'b', 9};
    assertThat(PartyEvent.decode(PartyCmd.EXITED, reason)).isEmpty();
    byte[] cut = {2, 'a'};
    assertThat(PartyRequest.decode(PartyCmd.LEAVE, cut)).isEmpty();
  }
}

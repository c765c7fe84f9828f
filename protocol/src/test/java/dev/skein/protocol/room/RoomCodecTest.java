package dev.skein.protocol.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.RoomRequest.Terms;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** PROTOCOL §10.2.1: the bytes of requests and events, written out. */
class RoomCodecTest {
  private static final byte[] HI = "hi".getBytes(StandardCharsets.UTF_8);

  private static void assertRequest(String hex, RoomRequest request) {
    assertThat(HexFormat.of().formatHex(request.encode())).isEqualTo(hex.replace(" ", ""));
    assertThat(RoomRequest.decode(request.cmd(), request.encode()).orElseThrow())
        .usingRecursiveComparison()
        .isEqualTo(request);
    byte[] tooShort = HexFormat.of().parseHex(hex.replace(" ", ""));
    for (int length = 0; length < tooShort.length - 2; length++) {
      byte[] cut = java.util.Arrays.copyOf(tooShort, length);
      Optional<RoomRequest> decoded = RoomRequest.decode(request.cmd(), cut);
      assertThat(decoded.filter(request::equals)).isEmpty();
    }
  }

  private static void assertEvent(String hex, RoomEvent event) {
    PayloadWriter out = new PayloadWriter();
    event.write(out);
    assertThat(HexFormat.of().formatHex(out.toBytes())).isEqualTo(hex.replace(" ", ""));
    assertThat(RoomEvent.decode(event.cmd(), out.toBytes()).orElseThrow())
        .usingRecursiveComparison()
        .isEqualTo(event);
  }

  @Test
  void requestsAreWrittenAsSpecified() {
    Terms terms = new Terms("ab", true, true, 100, 5000, 50);
    assertRequest("02 6162 03 4064 5388 32 01 6869", new RoomRequest.Create(terms, true, HI));
    assertRequest("02 6964 6869", new RoomRequest.Join("id", HI));
    assertRequest(
        "02 6162 01 00 00 00 01 6869", new RoomRequest.JoinRandom(Terms.of("ab"), true, HI));
    assertRequest("05 6869", new RoomRequest.Leave(5, HI));
    assertRequest("05 00 02 01 61 01 62", new RoomRequest.Reserve(5, 0, List.of("a", "b")));
    assertRequest("05 01 01 61", new RoomRequest.CancelReservation(5, List.of("a")));
    assertRequest("05 00", new RoomRequest.GetProperties(5, List.of()));
    assertRequest(
        "05 01 01 6b 02 0000000000000007",
        new RoomRequest.SetProperties(5, Map.of("k", Value.of(7))));
    assertRequest(
        "05 01 6b 00 01 01",
        new RoomRequest.ReplaceProperty(5, "k", Optional.empty(), Value.of(true)));
    assertRequest(
        "05 01 6b 03 3ff8000000000000", new RoomRequest.IncrementProperty(5, "k", Value.of(1.5)));
    assertRequest("05 01 01 6b", new RoomRequest.RemoveProperties(5, List.of("k")));
    assertRequest(
        "05 01 6b 01 01 40c8 04 02 6869",
        new RoomRequest.PutObject(5, "k", Combine.SUM, true, 200, Value.of("hi")));
    assertRequest("05 01 6b", new RoomRequest.RemoveObject(5, "k"));
    assertRequest("05 02", new RoomRequest.ChangeOwner(5, 2));
    assertRequest("05 02 6869", new RoomRequest.Kick(5, 2, HI));
    assertRequest("05 02 6869", new RoomRequest.Chat(5, "hi"));
    assertRequest("05 0a", new RoomRequest.ChatHistory(5, 10));
    assertRequest("05 01", new RoomRequest.Register(5, true));
    assertRequest("02 6162 0a", new RoomRequest.Find("ab", 10));
    assertRequest("02 6964", new RoomRequest.Stat("id"));
    assertRequest("", new RoomRequest.ListOwn());
    assertRequest("02 6964 02 53e8", new RoomRequest.Return("id", 2, 5096));
  }

  @Test
  void eventsAreWrittenAsSpecified() {
    assertEvent(
        "05 02 6964 02 6162 02 01 0a 03 01 6869",
        new RoomEvent.Entered(5, "id", "ab", 2, 1, 10, 3, true, HI));
    assertEvent("05 01 01 61", new RoomEvent.Roster(5, Map.of(1, "a")));
    assertEvent("05", new RoomEvent.Ready(5));
    assertEvent("05 02 01 61 6869", new RoomEvent.Joined(5, 2, "a", HI));
    assertEvent("05 02 03 6869", new RoomEvent.Left(5, 2, LeaveReason.KICKED, HI));
    assertEvent("05 04 6869", new RoomEvent.Exited(5, LeaveReason.CLOSED, HI));
    assertEvent("05 02 6869", new RoomEvent.Said(5, RoomEvent.Address.BROADCAST, 2, HI));
    assertEvent("05 6869", new RoomEvent.Said(5, RoomEvent.Address.ANNOUNCE, 0, HI));
    assertEvent(
        "05 04 02 6869 03 00",
        new RoomEvent.Bundle(
            5,
            List.of(
                new RoomEvent.Bundle.Entry(2, false, HI),
                new RoomEvent.Bundle.Entry(1, true, new byte[0]))));
    assertEvent("05 01 6b 00", new RoomEvent.PropertiesChanged(5, Map.of("k", Optional.empty())));
    assertEvent(
        "05 01 6b 05 02 6869",
        new RoomEvent.ObjectsChanged(5, Map.of("k", Optional.of(Value.of(HI)))));
    assertEvent("05 02", new RoomEvent.OwnerChanged(5, 2));
    assertEvent(
        "05 01 01 61 0000000000000009 02 6869",
        new RoomEvent.Chatted(5, new ChatLine(1, "a", 9, "hi")));
    assertEvent("05 02 6964", new RoomEvent.Returned(5, "id"));
  }

  @Test
  void repliesReadBackAsWritten() {
    RoomReply.Entry entry = new RoomReply.Entry(5, true, "id");
    assertThat(RoomReply.Entry.decode(entry.encode())).contains(entry);
    RoomReply.Properties properties = new RoomReply.Properties(Map.of("k", Value.of("v")));
    assertThat(RoomReply.Properties.decode(properties.encode())).contains(properties);
    RoomReply.Replaced replaced = new RoomReply.Replaced(false, Optional.empty());
    assertThat(RoomReply.Replaced.decode(replaced.encode())).contains(replaced);
    RoomReply.Now now = new RoomReply.Now(Value.of(-1));
    assertThat(RoomReply.Now.decode(now.encode())).contains(now);
    RoomReply.History history = new RoomReply.History(List.of(new ChatLine(1, "", 2, "x")));
    assertThat(RoomReply.History.decode(history.encode())).contains(history);
    RoomReply.Stats stats =
        new RoomReply.Stats(List.of(new RoomStat("id", "ab", 1, 2, 10, true, 99)));
    assertThat(RoomReply.Stats.decode(stats.encode())).contains(stats);
    RoomReply.Own own = new RoomReply.Own(Map.of(5L, "id"));
    assertThat(RoomReply.Own.decode(own.encode())).contains(own);
    assertThat(new RoomReply.Done().encode()).isEmpty();
    assertThat(RoomReply.Entry.decode(new byte[] {5})).isEmpty();
  }

  @Test
  void textThatIsNoUtf8IsMalformed() {
    assertThat(RoomRequest.decode(RoomCmd.STAT, new byte[] {1, (byte) 0xC0})).isEmpty();
  }

  @Test
  void aFieldOutOfItsRangeIsMalformed() {
    byte[] combine =
        new PayloadWriter()
            .varint(5)
            .string("k")
            .u8(5)
            .bool(true)
            .varint(0)
            .value(Value.of(1))
            .toBytes();
    assertThat(RoomRequest.decode(RoomCmd.PUT_OBJECT, combine)).isEmpty();
    byte[] bool = new PayloadWriter().varint(5).u8(2).toBytes();
    assertThat(RoomRequest.decode(RoomCmd.REGISTER, bool)).isEmpty();
    byte[] longType = new PayloadWriter().string("x".repeat(65)).varint(1).toBytes();
    assertThat(RoomRequest.decode(RoomCmd.FIND, longType)).isEmpty();
    byte[] tag = new PayloadWriter().varint(5).string("k").u8(9).toBytes();
    assertThat(RoomRequest.decode(RoomCmd.INCREMENT_PROPERTY, tag)).isEmpty();
    byte[] noValue = new PayloadWriter().varint(5).string("k").u8(0).toBytes();
    assertThat(RoomRequest.decode(RoomCmd.INCREMENT_PROPERTY, noValue)).isEmpty();
    byte[] reason = new PayloadWriter().varint(5).u8(9).toBytes();
    assertThat(RoomEvent.decode(RoomCmd.EXITED, reason)).isEmpty();
  }
}

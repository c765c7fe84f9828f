package dev.skein.room;

import static dev.skein.room.StateBed.assertRefused;
import static dev.skein.room.StateBed.say;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.room.RoomCode;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.protocol.room.RoomEvent.Address;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Who hears what of what is said in a room, when, and on which channel. */
class RoomSpeechTest {
  private final StateBed bed = new StateBed();
  private final Heard heard = bed.heard;

  private static RoomOptions.Builder options() {
    return RoomOptions.builder();
  }

  @Test
  void aBroadcastReachesEverybodyARelayAllButItsSender() {
    RoomState room = bed.room(options());
    Member ann = bed.join(room, "ann");
    bed.join(room, "bob");
    heard.clear();
    say(room, Address.BROADCAST, ann, "all", Channel.ordered(3));
    say(room, Address.RELAY, ann, "others", Channel.RELIABLE);
    say(room, Address.ANNOUNCE, null, "server", Channel.ordered(0));
    assertThat(heard.texts("ann")).containsExactly("1:all", "0:server");
    assertThat(heard.texts("bob")).containsExactly("1:all", "1:others", "0:server");
  }

  @Test
  void whatCameReliablyLeavesOnTheRoomsChannelTheRestKeepsItsKind() {
    RoomState room = bed.room(options().channel(4));
    Member ann = bed.join(room, "ann");
    heard.clear();
    say(room, Address.BROADCAST, ann, "1", Channel.ordered(2));
    say(room, Address.BROADCAST, ann, "2", Channel.RELIABLE);
    say(room, Address.BROADCAST, ann, "3", Channel.UNRELIABLE);
    say(room, Address.BROADCAST, ann, "4", Channel.sequenced(1));
    assertThat(heard.channels)
        .containsExactly(
            Channel.ordered(4), Channel.ordered(4), Channel.UNRELIABLE, Channel.sequenced(4));
  }

  @Test
  void dataAtTheLimitGoesOutAByteMoreDoesNot() {
    RoomState room = bed.room(options().broadcastMaxBytes(4));
    Member ann = bed.join(room, "ann");
    say(room, Address.BROADCAST, ann, "four", Channel.RELIABLE);
    assertRefused(
        RoomCode.TOO_LARGE, () -> say(room, Address.BROADCAST, ann, "fives", Channel.RELIABLE));
  }

  @Test
  void aSmallBroadcastCostsTwoBytesBesidesThePushHeader() {
    byte[] push = RoomPush.said(Address.BROADCAST, 63, 63, new byte[64], 0, 64);
    assertThat(push).hasSize(4 + 1 + 1 + 64);
  }

  @Test
  void broadcastsOfAnIntervalTravelTogetherInOrder() {
    RoomState room = bed.room(options().broadcastIntervalMillis(50));
    Member ann = bed.join(room, "ann");
    Member bob = bed.join(room, "bob");
    heard.clear();
    say(room, Address.BROADCAST, ann, "1", Channel.RELIABLE);
    say(room, Address.RELAY, bob, "2", Channel.RELIABLE);
    say(room, Address.ANNOUNCE, null, "3", Channel.RELIABLE);
    assertThat(room.nextDeadlineMillis()).isEqualTo(50);
    room.onTime(49);
    assertThat(heard.by("ann")).isEmpty();
    room.onTime(50);
    RoomEvent.Bundle bundle = (RoomEvent.Bundle) heard.by("ann").getFirst();
    assertThat(heard.by("ann")).hasSize(1);
    assertThat(bundle.entries())
        .extracting(entry -> entry.head() + ":" + new String(entry.data(), UTF_8))
        .containsExactly("2:1", "5:2", "0:3");
  }

  @Test
  void aFullBundleDoesNotWaitForTheIntervalsEnd() {
    RoomState room = bed.room(options().broadcastIntervalMillis(50).bundleMaxBytes(100));
    Member ann = bed.join(room, "ann");
    heard.clear();
    say(room, Address.BROADCAST, ann, "x".repeat(60), Channel.RELIABLE);
    say(room, Address.BROADCAST, ann, "y".repeat(60), Channel.RELIABLE);
    assertThat(heard.by("ann")).hasSize(1);
    say(room, Address.BROADCAST, ann, "z".repeat(500), Channel.RELIABLE);
    assertThat(heard.by("ann")).hasSize(2);
    room.onTime(50);
    assertThat(heard.by("ann")).hasSize(3);
  }

  @Test
  void reliableAndUnreliableBroadcastsAreBundledApart() {
    RoomState room = bed.room(options().broadcastIntervalMillis(50));
    Member ann = bed.join(room, "ann");
    heard.clear();
    say(room, Address.BROADCAST, ann, "1", Channel.UNRELIABLE);
    say(room, Address.BROADCAST, ann, "2", Channel.RELIABLE);
    room.onTime(50);
    assertThat(heard.channels).containsExactly(Channel.UNRELIABLE, Channel.ordered(0));
  }

  @Test
  void whoComesInTheMiddleOfAnIntervalHearsNothingOfBefore() {
    RoomState room = bed.room(options().broadcastIntervalMillis(50));
    Member ann = bed.join(room, "ann");
    say(room, Address.BROADCAST, ann, "before", Channel.RELIABLE);
    bed.join(room, "bob");
    room.onTime(50);
    assertThat(heard.by("bob")).noneMatch(RoomEvent.Bundle.class::isInstance);
    assertThat(heard.by("ann")).anyMatch(RoomEvent.Bundle.class::isInstance);
  }

  @Test
  void aMessageReachesThoseItIsForOnly() {
    RoomState room = bed.room(options());
    Member ann = bed.join(room, "ann");
    Member bob = bed.join(room, "bob");
    bed.join(room, "cyd");
    heard.clear();
    byte[] data = "psst".getBytes(UTF_8);
    room.tell(ann, List.of(bob), data, 0, data.length, Channel.RELIABLE);
    assertThat(heard.texts("bob")).containsExactly("1:psst");
    assertThat(heard.by("ann")).isEmpty();
    assertThat(heard.by("cyd")).isEmpty();
  }

  @Test
  void chatIsKeptUpToItsLimit() {
    RoomState room = bed.room(options().chatHistoryMaxCount(2));
    bed.join(room, "ann");
    heard.clear();
    for (int i = 1; i <= 3; i++) {
      room.chat("ann", "line " + i, i);
    }
    assertThat(room.chatHistory(10))
        .extracting(line -> line.text())
        .containsExactly("line 2", "line 3");
    assertThat(room.chatHistory(1)).extracting(line -> line.id()).containsExactly(3L);
    assertThat(heard.by("ann")).hasSize(3).allMatch(RoomEvent.Chatted.class::isInstance);
    assertRefused(RoomCode.TOO_LARGE, () -> room.chat("ann", "x".repeat(1025), 4));
  }
}

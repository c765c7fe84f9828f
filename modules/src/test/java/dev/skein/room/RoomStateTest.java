package dev.skein.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.Combine;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomCode;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.protocol.room.RoomEvent.Address;
import dev.skein.server.CommandException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.assertj.core.api.AbstractThrowableAssert;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rules of a room as functions of state, input and now. */
class RoomStateTest {
  private static final byte[] NOTHING = {};
  private static final int NUMBER = 5;

  private final Heard heard = new Heard();
  private final TestShards shards = new TestShards(1, new Random(1));
  private final List<Map<String, Optional<Value>>> objectChanges = new ArrayList<>();

  private RoomState room(RoomOptions.Builder options) {
    return new RoomState(NUMBER, "id", options.build(), heard, objectChanges::add, 0);
  }

  private static RoomOptions.Builder options() {
    return RoomOptions.builder();
  }

  private TestUser user(String uid) {
    return new TestUser(uid, shards.get(0));
  }

  private Member join(RoomState room, String uid) {
    return room.join(user(uid), NOTHING, NOTHING, 0);
  }

  private static AbstractThrowableAssert<?, ?> assertRefused(int code, ThrowingCallable call) {
    return assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            CommandException.class, refused -> assertThat(refused.code()).isEqualTo(code));
  }

  @Test
  void aNewcomerIsBriefedAndTheOthersHearOfIt() {
    RoomState room = room(options());
    join(room, "ann");
    room.set(Map.of("round", Value.of(3)));
    room.put("ball", Value.of("left"), Combine.LAST, 0, null, 0);
    heard.clear();

    room.join(user("bob"), "hi".getBytes(UTF_8), "welcome".getBytes(UTF_8), 0);

    assertThat(heard.by("ann")).singleElement().isInstanceOf(RoomEvent.Joined.class);
    List<RoomEvent> briefing = heard.by("bob");
    assertThat(briefing)
        .extracting(event -> event.getClass().getSimpleName())
        .containsExactly("Entered", "Roster", "PropertiesChanged", "ObjectsChanged", "Ready");
    RoomEvent.Entered entered = (RoomEvent.Entered) briefing.getFirst();
    assertThat(entered.self()).isEqualTo(2);
    assertThat(entered.owner()).isEqualTo(1);
    assertThat(entered.roomId()).isEqualTo("id");
    assertThat(entered.welcome()).asString(UTF_8).isEqualTo("welcome");
    assertThat(((RoomEvent.Roster) briefing.get(1)).uids()).isEqualTo(Map.of(1, "ann", 2, "bob"));
  }

  @Test
  void theFirstToJoinOwnsTheRoom() {
    RoomState room = room(options());
    Member ann = join(room, "ann");
    join(room, "bob");
    assertThat(room.roster().owner()).contains(ann);
  }

  @Test
  void theLastPlaceCanBeTakenAndNoMore() {
    RoomState room = room(options().maxMembers(2));
    join(room, "ann");
    join(room, "bob");
    assertRefused(RoomCode.FULL, () -> join(room, "cyd"));
  }

  @Test
  void nobodyJoinsTwice() {
    RoomState room = room(options());
    join(room, "ann");
    assertRefused(RoomCode.ALREADY_A_MEMBER, () -> join(room, "ann"));
  }

  @Test
  void aReservedPlaceIsForItsUserOnly() {
    RoomState room = room(options().maxMembers(2));
    join(room, "ann");
    room.reserve(List.of("bob"), 1000, 0);
    assertRefused(RoomCode.FULL, () -> join(room, "cyd"));
    join(room, "bob");
    assertThat(room.roster().reserved()).isZero();
  }

  @Test
  void aReservationLastsUntilItsTtlAndNotLonger() {
    RoomState room = room(options().maxMembers(2));
    join(room, "ann");
    room.reserve(List.of("bob"), 1000, 0);
    room.onTime(999);
    assertRefused(RoomCode.FULL, () -> join(room, "cyd"));
    room.onTime(1000);
    join(room, "cyd");
  }

  @Test
  void reservationsAreMadeForAllOrNone() {
    RoomState room = room(options().maxMembers(3));
    join(room, "ann");
    assertRefused(
        RoomCode.TOO_MANY_RESERVATIONS, () -> room.reserve(List.of("b", "c", "d"), 1000, 0));
    assertThat(room.roster().reserved()).isZero();
    room.reserve(List.of("b", "c", "ann"), 1000, 0);
    assertThat(room.roster().reserved()).isEqualTo(2);
    room.reserve(List.of("b"), 2000, 0);
    room.onTime(1500);
    assertThat(room.roster().reserved()).isEqualTo(1);
    room.roster().cancelReservations(List.of("b", "unknown"));
    assertThat(room.roster().reserved()).isZero();
  }

  @Test
  void reservationsHaveALimitOfTheirOwn() {
    RoomState room = room(options().maxMembers(10).reservationsMaxCount(1));
    room.reserve(List.of("a"), 1000, 0);
    assertRefused(RoomCode.TOO_MANY_RESERVATIONS, () -> room.reserve(List.of("b"), 1000, 0));
  }

  @Test
  void aLeaverHearsItIsOutAndTheOthersWhy() {
    RoomState room = room(options());
    join(room, "ann");
    Member bob = join(room, "bob");
    heard.clear();
    room.leave(bob, LeaveReason.DISCONNECTED, "bye".getBytes(UTF_8), 0);
    assertThat(heard.by("bob"))
        .singleElement()
        .isInstanceOfSatisfying(
            RoomEvent.Exited.class,
            exited -> assertThat(exited.reason()).isEqualTo(LeaveReason.DISCONNECTED));
    assertThat(heard.by("ann"))
        .singleElement()
        .isInstanceOfSatisfying(
            RoomEvent.Left.class,
            left -> {
              assertThat(left.member()).isEqualTo(2);
              assertThat(left.message()).asString(UTF_8).isEqualTo("bye");
            });
  }

  @Test
  void aMembersNumberRestsBeforeItMeansSomebodyElse() {
    RoomState room = room(options());
    Member first = join(room, "ann");
    join(room, "bob");
    for (int i = 0; i < 60; i++) {
      Member other = join(room, "x" + i);
      assertThat(other.number()).isNotEqualTo(first.number());
      room.leave(other, LeaveReason.LEFT, NOTHING, 0);
    }
  }

  @Test
  void aBroadcastReachesEverybodyARelayAllButItsSender() {
    RoomState room = room(options());
    Member ann = join(room, "ann");
    join(room, "bob");
    heard.clear();
    say(room, Address.BROADCAST, ann, "all", Channel.ordered(3));
    say(room, Address.RELAY, ann, "others", Channel.RELIABLE);
    say(room, Address.ANNOUNCE, null, "server", Channel.ordered(0));
    assertThat(heard.texts("ann")).containsExactly("1:all", "0:server");
    assertThat(heard.texts("bob")).containsExactly("1:all", "1:others", "0:server");
  }

  @Test
  void whatCameReliablyLeavesOnTheRoomsChannelTheRestKeepsItsKind() {
    RoomState room = room(options().channel(4));
    Member ann = join(room, "ann");
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
    RoomState room = room(options().broadcastMaxBytes(4));
    Member ann = join(room, "ann");
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
    RoomState room = room(options().broadcastIntervalMillis(50));
    Member ann = join(room, "ann");
    Member bob = join(room, "bob");
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
    RoomState room = room(options().broadcastIntervalMillis(50).bundleMaxBytes(100));
    Member ann = join(room, "ann");
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
    RoomState room = room(options().broadcastIntervalMillis(50));
    Member ann = join(room, "ann");
    heard.clear();
    say(room, Address.BROADCAST, ann, "1", Channel.UNRELIABLE);
    say(room, Address.BROADCAST, ann, "2", Channel.RELIABLE);
    room.onTime(50);
    assertThat(heard.channels).containsExactly(Channel.UNRELIABLE, Channel.ordered(0));
  }

  @Test
  void whoComesInTheMiddleOfAnIntervalHearsNothingOfBefore() {
    RoomState room = room(options().broadcastIntervalMillis(50));
    Member ann = join(room, "ann");
    say(room, Address.BROADCAST, ann, "before", Channel.RELIABLE);
    join(room, "bob");
    room.onTime(50);
    assertThat(heard.by("bob")).noneMatch(RoomEvent.Bundle.class::isInstance);
    assertThat(heard.by("ann")).anyMatch(RoomEvent.Bundle.class::isInstance);
  }

  @Test
  void aMessageReachesThoseItIsForOnly() {
    RoomState room = room(options());
    Member ann = join(room, "ann");
    Member bob = join(room, "bob");
    join(room, "cyd");
    heard.clear();
    byte[] data = "psst".getBytes(UTF_8);
    room.tell(ann, List.of(bob), data, 0, data.length, Channel.RELIABLE);
    assertThat(heard.texts("bob")).containsExactly("1:psst");
    assertThat(heard.by("ann")).isEmpty();
    assertThat(heard.by("cyd")).isEmpty();
  }

  @Test
  void chatIsKeptUpToItsLimit() {
    RoomState room = room(options().chatHistoryMaxCount(2));
    join(room, "ann");
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

  @Test
  void changedPropertiesAreToldOnceEach() {
    RoomState room = room(options());
    join(room, "ann");
    heard.clear();
    room.set(Map.of("a", Value.of(1)));
    room.set(Map.of("a", Value.of(1)));
    room.increment("a", Value.of(2));
    room.remove(List.of("a", "never there"));
    assertThat(heard.by("ann"))
        .extracting(event -> ((RoomEvent.PropertiesChanged) event).changes().get("a"))
        .containsExactly(Optional.of(Value.of(1)), Optional.of(Value.of(3)), Optional.empty());
  }

  @Test
  void propertiesAreNotToldWhereTheRoomDoesNotSynchroniseThem() {
    RoomState room = room(options().syncProperties(false));
    join(room, "ann");
    heard.clear();
    room.set(Map.of("a", Value.of(1)));
    join(room, "bob");
    assertThat(heard.by("ann")).noneMatch(RoomEvent.PropertiesChanged.class::isInstance);
    assertThat(heard.by("bob")).noneMatch(RoomEvent.PropertiesChanged.class::isInstance);
    assertThat(room.properties().get("a")).contains(Value.of(1));
  }

  @Test
  void propertiesKeepTheirLimits() {
    RoomState room = room(options().propertiesMaxCount(2).propertyMaxBytes(4));
    room.set(Map.of("a", Value.of("four"), "b", Value.of(true)));
    assertRefused(RoomCode.TOO_MANY_PROPERTIES, () -> room.set(Map.of("c", Value.of(true))));
    assertRefused(RoomCode.TOO_LARGE, () -> room.set(Map.of("a", Value.of("fives"))));
    assertRefused(RoomCode.TOO_LARGE, () -> room.set(Map.of("k".repeat(129), Value.of(true))));
    assertRefused(RoomCode.WRONG_TYPE, () -> room.increment("a", Value.of(1)));
    room.set(Map.of("b", Value.of(false)));
    assertThat(room.properties().all()).hasSize(2);
  }

  @Test
  void anIncrementThatDoesNotFitIsRefused() {
    RoomState room = room(options());
    room.set(Map.of("a", Value.of(Long.MAX_VALUE)));
    assertRefused(RoomCode.WRONG_TYPE, () -> room.increment("a", Value.of(1)));
    room.increment("a", Value.of(0.5));
    assertThat(room.properties().get("a")).contains(Value.of(Long.MAX_VALUE + 0.5));
  }

  @Test
  void anUpdateSeesTheValueAndMayRemoveIt() {
    RoomState room = room(options());
    room.update("a", old -> Optional.of(Value.of(old.isEmpty() ? 1 : 2)));
    room.update("a", old -> Optional.of(Value.of(old.orElseThrow().asLong() + 10)));
    assertThat(room.properties().get("a")).contains(Value.of(11));
    room.update("a", old -> Optional.empty());
    assertThat(room.properties().get("a")).isEmpty();
  }

  @Test
  void objectsCombineByTheirRule() {
    RoomState room =
        room(options().merge((old, more) -> Value.of(old.asText() + "+" + more.asText())));
    Map<Combine, Value> results = new LinkedHashMap<>();
    for (Combine combine : List.of(Combine.LAST, Combine.SUM, Combine.MIN, Combine.MAX)) {
      room.put(combine.name(), Value.of(5), combine, 0, null, 0);
      results.put(combine, room.put(combine.name(), Value.of(3), combine, 0, null, 0));
    }
    assertThat(results)
        .containsExactly(
            Map.entry(Combine.LAST, Value.of(3)),
            Map.entry(Combine.SUM, Value.of(8)),
            Map.entry(Combine.MIN, Value.of(3)),
            Map.entry(Combine.MAX, Value.of(5)));
    room.put("text", Value.of("a"), Combine.MERGE, 0, null, 0);
    assertThat(room.put("text", Value.of("b"), Combine.MERGE, 0, null, 0))
        .isEqualTo(Value.of("a+b"));
    assertRefused(
        RoomCode.WRONG_TYPE, () -> room.put("text", Value.of("b"), Combine.SUM, 0, null, 0));
  }

  @Test
  void mergingWithoutAFunctionIsRefused() {
    RoomState room = room(options());
    room.put("a", Value.of(1), Combine.MERGE, 0, null, 0);
    assertRefused(RoomCode.WRONG_TYPE, () -> room.put("a", Value.of(1), Combine.MERGE, 0, null, 0));
  }

  @Test
  void objectChangesOfAnIntervalAreToldOnceWithTheLastValue() {
    RoomState room = room(options().objectSyncIntervalMillis(20));
    join(room, "ann");
    heard.clear();
    for (int i = 1; i <= 5; i++) {
      room.put("x", Value.of(i), Combine.LAST, 0, null, i);
    }
    room.put("y", Value.of(1), Combine.LAST, 0, null, 6);
    room.removeObject("y", 7);
    room.onTime(20);
    assertThat(heard.by("ann")).isEmpty();
    room.onTime(21);
    Map<String, Optional<Value>> expected = new LinkedHashMap<>();
    expected.put("x", Optional.of(Value.of(5)));
    expected.put("y", Optional.empty());
    assertThat(heard.by("ann")).containsExactly(new RoomEvent.ObjectsChanged(NUMBER, expected));
    assertThat(objectChanges).containsExactly(expected);
  }

  @Test
  void anObjectGoesWithItsTtlOrItsUserWhicheverComes() {
    RoomState room = room(options());
    Member ann = join(room, "ann");
    join(room, "bob");
    room.put("short", Value.of(1), Combine.LAST, 100, null, 0);
    room.put("hers", Value.of(2), Combine.LAST, 0, ann, 0);
    room.put("stays", Value.of(3), Combine.LAST, 0, null, 0);
    room.onTime(99);
    assertThat(room.objects().all()).hasSize(3);
    assertThat(room.nextDeadlineMillis()).isEqualTo(100);
    room.onTime(100);
    assertThat(room.objects().all()).containsOnlyKeys("hers", "stays");
    heard.clear();
    room.leave(ann, LeaveReason.LEFT, NOTHING, 200);
    assertThat(room.objects().all()).containsOnlyKeys("stays");
    assertThat(heard.by("bob"))
        .contains(new RoomEvent.ObjectsChanged(NUMBER, Map.of("hers", Optional.empty())));
  }

  @Test
  void objectsKeepTheirLimits() {
    RoomState room = room(options().objectsMaxCount(1).objectMaxBytes(8));
    room.put("a", Value.of(1), Combine.LAST, 0, null, 0);
    assertRefused(
        RoomCode.TOO_MANY_OBJECTS, () -> room.put("b", Value.of(1), Combine.LAST, 0, null, 0));
    assertRefused(
        RoomCode.TOO_LARGE, () -> room.put("a", Value.of("nine chars"), Combine.LAST, 0, null, 0));
    room.put("a", Value.of(2), Combine.LAST, 0, null, 0);
  }

  @Test
  void aRoomLeftByAllIsOver() {
    RoomState room = room(options());
    Member ann = join(room, "ann");
    assertThat(room.isOver(0)).isFalse();
    room.leave(ann, LeaveReason.LEFT, NOTHING, 10);
    assertThat(room.isOver(10)).isTrue();
  }

  @Test
  void aRoomThatMayBeEmptyStaysForItsTtl() {
    RoomState room = room(options().allowEmpty(true).emptyTtlMillis(1000));
    Member ann = join(room, "ann");
    room.leave(ann, LeaveReason.LEFT, NOTHING, 500);
    assertThat(room.isOver(1499)).isFalse();
    assertThat(room.isOver(1500)).isTrue();
    join(room, "bob");
    assertThat(room.isOver(9999)).isFalse();
  }

  @Test
  void aRoomWaitsForItsFirstMemberForTheSameTtl() {
    RoomState room = room(options().emptyTtlMillis(1000));
    assertThat(room.isOver(999)).isFalse();
    assertThat(room.isOver(1000)).isTrue();
  }

  @Test
  void anEmptyTtlOfZeroIsForEver() {
    RoomState room = room(options().allowEmpty(true).emptyTtlMillis(0));
    assertThat(room.isOver(Long.MAX_VALUE - 1)).isFalse();
    assertThat(room.nextDeadlineMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aClosedRoomTakesNobody() {
    RoomState room = room(options());
    room.close();
    assertRefused(RoomCode.CLOSED, () -> join(room, "ann"));
    assertRefused(RoomCode.CLOSED, () -> room.reserve(List.of("ann"), 0, 0));
  }

  @Test
  void aBriefingOfAThousandMembersFitsIntoSeveralPushes() {
    RoomState room = room(options().maxMembers(1000));
    for (int i = 0; i < 999; i++) {
      join(room, "user-with-a-longer-name-" + i);
    }
    heard.clear();
    join(room, "last");
    List<RoomEvent> briefing = heard.by("last");
    long rosters = briefing.stream().filter(RoomEvent.Roster.class::isInstance).count();
    assertThat(rosters).isGreaterThan(2);
    assertThat(heard.largest).isLessThan(RoomPush.CHUNK_MAX_BYTES + 200);
    assertThat(
            briefing.stream()
                .filter(RoomEvent.Roster.class::isInstance)
                .mapToInt(event -> ((RoomEvent.Roster) event).uids().size())
                .sum())
        .isEqualTo(1000);
  }

  private static void say(
      RoomState room, Address address, @Nullable Member from, String text, Channel channel) {
    byte[] data = text.getBytes(UTF_8);
    room.say(address, from, data, 0, data.length, channel, 0);
  }

  /** An audience that decodes what everybody would hear. */
  private static final class Heard implements Audience {
    private final List<Member> members = new ArrayList<>();
    private final Map<String, List<RoomEvent>> events = new LinkedHashMap<>();
    private final List<Channel> channels = new ArrayList<>();
    private int largest;

    void clear() {
      events.clear();
      channels.clear();
      largest = 0;
    }

    List<RoomEvent> by(String uid) {
      return events.getOrDefault(uid, List.of());
    }

    List<String> texts(String uid) {
      return by(uid).stream()
          .map(RoomEvent.Said.class::cast)
          .map(said -> said.from() + ":" + new String(said.data(), UTF_8))
          .toList();
    }

    @Override
    public void add(Member member) {
      members.add(member);
    }

    @Override
    public void remove(Member member) {
      members.remove(member);
    }

    @Override
    public void toAll(byte[] message, Channel channel) {
      channels.add(channel);
      members.forEach(member -> hear(member, message));
    }

    @Override
    public void toOthers(Member except, byte[] message, Channel channel) {
      channels.add(channel);
      members.stream().filter(member -> member != except).forEach(member -> hear(member, message));
    }

    @Override
    public void to(Member member, byte[] message, Channel channel) {
      channels.add(channel);
      hear(member, message);
    }

    private void hear(Member member, byte[] message) {
      largest = Math.max(largest, message.length);
      PayloadReader in = new PayloadReader(message);
      assertThat(in.u8()).isEqualTo(3);
      assertThat(in.u8()).isEqualTo(1);
      RoomEvent event = RoomEvent.decode(in.u16(), in.rest()).orElseThrow();
      assertThat(event.room()).isEqualTo(NUMBER);
      events.computeIfAbsent(member.uid(), uid -> new ArrayList<>()).add(event);
    }
  }
}

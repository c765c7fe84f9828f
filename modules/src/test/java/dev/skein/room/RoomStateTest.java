package dev.skein.room;

import static dev.skein.room.StateBed.assertRefused;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.Combine;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomCode;
import dev.skein.protocol.room.RoomEvent;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The rules of a room as functions of state, input and now: who is in it, and how long it is. */
class RoomStateTest {
  private static final byte[] NOTHING = {};

  private final StateBed bed = new StateBed();
  private final Heard heard = bed.heard;

  private static RoomOptions.Builder options() {
    return RoomOptions.builder();
  }

  @Test
  void aNewcomerIsBriefedAndTheOthersHearOfIt() {
    RoomState room = bed.room(options());
    bed.join(room, "ann");
    room.set(Map.of("round", Value.of(3)));
    room.put("ball", Value.of("left"), Combine.LAST, 0, null, 0);
    heard.clear();

    bed.join(room, "bob", "hi", "welcome");

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
    RoomState room = bed.room(options());
    Member ann = bed.join(room, "ann");
    bed.join(room, "bob");
    assertThat(room.roster().owner()).contains(ann);
  }

  @Test
  void theLastPlaceCanBeTakenAndNoMore() {
    RoomState room = bed.room(options().maxMembers(2));
    bed.join(room, "ann");
    bed.join(room, "bob");
    assertRefused(RoomCode.FULL, () -> bed.join(room, "cyd"));
  }

  @Test
  void nobodyJoinsTwice() {
    RoomState room = bed.room(options());
    bed.join(room, "ann");
    assertRefused(RoomCode.ALREADY_A_MEMBER, () -> bed.join(room, "ann"));
  }

  @Test
  void aReservedPlaceIsForItsUserOnly() {
    RoomState room = bed.room(options().maxMembers(2));
    bed.join(room, "ann");
    room.reserve(List.of("bob"), 1000, 0);
    assertRefused(RoomCode.FULL, () -> bed.join(room, "cyd"));
    bed.join(room, "bob");
    assertThat(room.roster().reserved()).isZero();
  }

  @Test
  void aReservationLastsUntilItsTtlAndNotLonger() {
    RoomState room = bed.room(options().maxMembers(2));
    bed.join(room, "ann");
    room.reserve(List.of("bob"), 1000, 0);
    room.onTime(999);
    assertRefused(RoomCode.FULL, () -> bed.join(room, "cyd"));
    room.onTime(1000);
    bed.join(room, "cyd");
  }

  @Test
  void reservationsAreMadeForAllOrNone() {
    RoomState room = bed.room(options().maxMembers(3));
    bed.join(room, "ann");
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
    RoomState room = bed.room(options().maxMembers(10).reservationsMaxCount(1));
    room.reserve(List.of("a"), 1000, 0);
    assertRefused(RoomCode.TOO_MANY_RESERVATIONS, () -> room.reserve(List.of("b"), 1000, 0));
  }

  @Test
  void aLeaverHearsItIsOutAndTheOthersWhy() {
    RoomState room = bed.room(options());
    bed.join(room, "ann");
    Member bob = bed.join(room, "bob");
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
    RoomState room = bed.room(options());
    Member first = bed.join(room, "ann");
    bed.join(room, "bob");
    for (int i = 0; i < 60; i++) {
      Member other = bed.join(room, "x" + i);
      assertThat(other.number()).isNotEqualTo(first.number());
      room.leave(other, LeaveReason.LEFT, NOTHING, 0);
    }
  }

  @Test
  void aRoomLeftByAllIsOver() {
    RoomState room = bed.room(options());
    Member ann = bed.join(room, "ann");
    assertThat(room.isOver(0)).isFalse();
    room.leave(ann, LeaveReason.LEFT, NOTHING, 10);
    assertThat(room.isOver(10)).isTrue();
  }

  @Test
  void aRoomThatMayBeEmptyStaysForItsTtl() {
    RoomState room = bed.room(options().allowEmpty(true).emptyTtlMillis(1000));
    Member ann = bed.join(room, "ann");
    room.leave(ann, LeaveReason.LEFT, NOTHING, 500);
    assertThat(room.isOver(1499)).isFalse();
    assertThat(room.isOver(1500)).isTrue();
    bed.join(room, "bob");
    assertThat(room.isOver(9999)).isFalse();
  }

  @Test
  void aRoomWaitsForItsFirstMemberForTheSameTtl() {
    RoomState room = bed.room(options().emptyTtlMillis(1000));
    assertThat(room.isOver(999)).isFalse();
    assertThat(room.isOver(1000)).isTrue();
  }

  @Test
  void anEmptyTtlOfZeroIsForEver() {
    RoomState room = bed.room(options().allowEmpty(true).emptyTtlMillis(0));
    assertThat(room.isOver(Long.MAX_VALUE - 1)).isFalse();
    assertThat(room.nextDeadlineMillis()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aClosedRoomTakesNobody() {
    RoomState room = bed.room(options());
    room.close();
    assertRefused(RoomCode.CLOSED, () -> bed.join(room, "ann"));
    assertRefused(RoomCode.CLOSED, () -> room.reserve(List.of("ann"), 0, 0));
  }

  @Test
  void aBriefingOfAThousandMembersFitsIntoSeveralPushes() {
    RoomState room = bed.room(options().maxMembers(1000));
    for (int i = 0; i < 999; i++) {
      bed.join(room, "user-with-a-longer-name-" + i);
    }
    heard.clear();
    bed.join(room, "last");
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
}

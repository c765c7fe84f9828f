package dev.skein.room;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.ChatLine;
import dev.skein.server.Role;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a backup makes of the entries that its room's node writes. */
class StandbyTest {
  private static final byte[] NO_FRAMES = new FrameLog().encode(0);
  private static final byte[] NOTHING = {};

  private final Standby standby = new Standby("a", 1, 9, 4, transcript(), 1_000);

  private static RoomCopy.Charter charter(int owner, long emptyForMillis) {
    RoomOptions options = RoomOptions.builder().chatHistoryMaxCount(2).backups(1).build();
    return new RoomCopy.Charter(
        "room", 3, RoomCopy.Terms.of(options), true, 7, true, emptyForMillis, owner, 2, 1);
  }

  private static RoomCopy.Place place(int member, String uid, String node) {
    return new RoomCopy.Place(member, 5, 0, node, new Visitor(uid, "s", Role.UDP, "h", 1));
  }

  private static Transcript transcript() {
    RoomCopy copy =
        new RoomCopy(
            charter(1, 0),
            List.of(place(1, "ann", "a"), place(2, "bob", "b")),
            List.of(new RoomCopy.Way("b", 77, 3, 1)),
            List.of(new RoomCopy.Property("level", Value.of("castle"))),
            List.of(
                new RoomCopy.Thing("flag", Value.of(1), 500, 0),
                new RoomCopy.Thing("hat", Value.of(2), 0, 1)),
            List.of(new ChatLine(1, "ann", 5, "hello")),
            List.of(new RoomCopy.Reservation("cyd", 400)));
    return new Transcript(copy, NO_FRAMES, List.of());
  }

  /** An entry in which bob moves, ann goes and much changes. */
  private static LedgerEntry entry(long index) {
    return new LedgerEntry(
        index,
        false,
        List.of(charter(2, 100)),
        List.of(place(2, "bob", "c"), place(3, "dan", "c")),
        List.of(1),
        List.of(new RoomCopy.Way("c", 88, 1, 6)),
        List.of(77L),
        List.of(new RoomCopy.Property("n", Value.of(5))),
        List.of("level"),
        List.of(new RoomCopy.Thing("crate", Value.of(3), 900, 3)),
        List.of("hat"),
        true,
        List.of("crate"),
        List.of(new ChatLine(2, "bob", 6, "yes"), new ChatLine(3, "bob", 7, "no")),
        false,
        List.of(),
        NOTHING);
  }

  @Test
  void entriesChangeWhatTheyNameAndNothingElse() {
    assertThat(standby.add(entry(5), 1_100)).isTrue();
    Transcript now = standby.transcript(1_200);
    RoomCopy copy = now.copy();
    assertThat(copy.charter().owner()).isEqualTo(2);
    assertThat(copy.charter().lastChatId()).isEqualTo(3);
    assertThat(copy.places())
        .extracting(each -> each.visitor().uid())
        .containsExactly("bob", "dan");
    assertThat(copy.places()).extracting(RoomCopy.Place::node).containsOnly("c");
    assertThat(copy.ways()).containsExactly(new RoomCopy.Way("c", 88, 1, 6));
    assertThat(copy.properties()).extracting(RoomCopy.Property::key).containsExactly("n");
    assertThat(copy.objects()).extracting(RoomCopy.Thing::key).containsExactly("flag", "crate");
    assertThat(copy.chat()).extracting(ChatLine::text).containsExactly("yes", "no");
    assertThat(now.untold()).containsExactly("crate");
  }

  @Test
  void timesGoOnWhileTheRoomIsOnlyKept() {
    standby.add(entry(5), 1_100);
    RoomCopy copy = standby.transcript(1_200).copy();
    assertThat(copy.charter().emptyForMillis()).isEqualTo(200);
    assertThat(copy.objects()).extracting(RoomCopy.Thing::leftMillis).containsExactly(300L, 800L);
    assertThat(copy.reservations()).containsExactly(new RoomCopy.Reservation("cyd", 200));
    assertThat(standby.transcript(9_999).copy().reservations())
        .as("what is over ends at once where the room goes on")
        .containsExactly(new RoomCopy.Reservation("cyd", 1));
  }

  @Test
  void aGapBetweenEntriesIsNotTaken() {
    assertThat(standby.add(entry(6), 1_100)).isFalse();
    assertThat(standby.transcript(1_100).copy().places()).hasSize(2);
  }

  @Test
  void entriesAndTranscriptsAreWhatTheyWereWhenTheyHaveTravelled() {
    LedgerEntry entry = entry(5);
    assertThat(LedgerEntry.decode(entry.encode())).usingRecursiveComparison().isEqualTo(entry);
    Transcript transcript = transcript();
    assertThat(Transcript.decode(transcript.encode()))
        .usingRecursiveComparison()
        .isEqualTo(transcript);
  }
}

package dev.skein.room;

import static dev.skein.room.StateBed.NUMBER;
import static dev.skein.room.StateBed.assertRefused;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.Combine;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomCode;
import dev.skein.protocol.room.RoomEvent;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** What a room keeps by key, its properties and its objects, and who is told of it. */
class RoomValuesTest {
  private static final byte[] NOTHING = {};

  private final StateBed bed = new StateBed();
  private final Heard heard = bed.heard;

  private static RoomOptions.Builder options() {
    return RoomOptions.builder();
  }

  @Test
  void changedPropertiesAreToldOnceEach() {
    RoomState room = bed.room(options());
    bed.join(room, "ann");
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
    RoomState room = bed.room(options().syncProperties(false));
    bed.join(room, "ann");
    heard.clear();
    room.set(Map.of("a", Value.of(1)));
    bed.join(room, "bob");
    assertThat(heard.by("ann")).noneMatch(RoomEvent.PropertiesChanged.class::isInstance);
    assertThat(heard.by("bob")).noneMatch(RoomEvent.PropertiesChanged.class::isInstance);
    assertThat(room.properties().get("a")).contains(Value.of(1));
  }

  @Test
  void propertiesKeepTheirLimits() {
    RoomState room = bed.room(options().propertiesMaxCount(2).propertyMaxBytes(4));
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
    RoomState room = bed.room(options());
    room.set(Map.of("a", Value.of(Long.MAX_VALUE)));
    assertRefused(RoomCode.WRONG_TYPE, () -> room.increment("a", Value.of(1)));
    room.increment("a", Value.of(0.5));
    assertThat(room.properties().get("a")).contains(Value.of(Long.MAX_VALUE + 0.5));
  }

  @Test
  void anUpdateSeesTheValueAndMayRemoveIt() {
    RoomState room = bed.room(options());
    room.update("a", old -> Optional.of(Value.of(old.isEmpty() ? 1 : 2)));
    room.update("a", old -> Optional.of(Value.of(old.orElseThrow().asLong() + 10)));
    assertThat(room.properties().get("a")).contains(Value.of(11));
    room.update("a", old -> Optional.empty());
    assertThat(room.properties().get("a")).isEmpty();
  }

  @Test
  void objectsCombineByTheirRule() {
    RoomState room =
        bed.room(options().merge((old, more) -> Value.of(old.asText() + "+" + more.asText())));
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
    RoomState room = bed.room(options());
    room.put("a", Value.of(1), Combine.MERGE, 0, null, 0);
    assertRefused(RoomCode.WRONG_TYPE, () -> room.put("a", Value.of(1), Combine.MERGE, 0, null, 0));
  }

  @Test
  void objectChangesOfAnIntervalAreToldOnceWithTheLastValue() {
    RoomState room = bed.room(options().objectSyncIntervalMillis(20));
    bed.join(room, "ann");
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
    assertThat(bed.objectChanges).containsExactly(expected);
  }

  @Test
  void anObjectGoesWithItsTtlOrItsUserWhicheverComes() {
    RoomState room = bed.room(options());
    Member ann = bed.join(room, "ann");
    bed.join(room, "bob");
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
    RoomState room = bed.room(options().objectsMaxCount(1).objectMaxBytes(8));
    room.put("a", Value.of(1), Combine.LAST, 0, null, 0);
    assertRefused(
        RoomCode.TOO_MANY_OBJECTS, () -> room.put("b", Value.of(1), Combine.LAST, 0, null, 0));
    assertRefused(
        RoomCode.TOO_LARGE, () -> room.put("a", Value.of("nine chars"), Combine.LAST, 0, null, 0));
    room.put("a", Value.of(2), Combine.LAST, 0, null, 0);
  }
}

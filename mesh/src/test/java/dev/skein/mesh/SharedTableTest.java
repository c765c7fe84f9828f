package dev.skein.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

class SharedTableTest {
  private static final int KEYS_MAX_COUNT = 10;

  private final List<SharedEntry> spread = new ArrayList<>();
  private final SharedTable table = table(1);

  private SharedTable table(long writer) {
    SharedTable made = new SharedTable(KEYS_MAX_COUNT, () -> writer, Runnable::run);
    made.spreadBy(spread::add);
    return made;
  }

  @Test
  void aValueIsSetGotAndRemoved() {
    assertThat(table.get("level")).isEmpty();
    table.set("level", (short) -7);
    assertThat(table.get("level")).hasValue(-7);
    table.remove("level");
    assertThat(table.get("level")).isEmpty();
    assertThat(spread).hasSize(2);
  }

  @Test
  void keysHaveALimitInNumberAndInLengthAndRemovalsMakeRoom() {
    for (int i = 0; i < KEYS_MAX_COUNT; i++) {
      table.set("key" + i, (short) i);
    }
    table.set("key0", (short) 5);
    assertThatThrownBy(() -> table.set("more", (short) 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("10 keys");
    table.remove("key0");
    table.set("more", (short) 1);
    table.remove("more");
    table.set("k".repeat(SharedData.KEY_MAX_BYTES), (short) 1);
    assertThatThrownBy(() -> table.set("k".repeat(SharedData.KEY_MAX_BYTES + 1), (short) 1))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> table.set("", (short) 1)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void listenersHearOfChangesWhoeverMadeThemUntilTheyAreTakenAway() {
    List<String> heard = new ArrayList<>();
    SharedData.UpdateListener updates = (key, value) -> heard.add(key + "=" + value);
    Consumer<String> removals = key -> heard.add("-" + key);
    table.onUpdate(updates);
    table.onRemove(removals);
    table.set("a", (short) 1);
    table.set("a", (short) 1);
    table.merge(List.of(new SharedEntry("a", 9, 2, false, (short) 2)));
    table.merge(List.of(new SharedEntry("a", 8, 2, false, (short) 3)));
    table.merge(List.of(new SharedEntry("a", 10, 2, true, (short) 0)));
    assertThat(heard).containsExactly("a=1", "a=2", "-a");
    table.removeOnUpdate(updates);
    table.removeOnRemove(removals);
    table.set("a", (short) 4);
    table.remove("a");
    assertThat(heard).hasSize(3);
  }

  @Test
  void aWriteAfterAnotherWasSeenWinsHoweverFarAheadTheOthersClockWas() {
    table.merge(List.of(new SharedEntry("a", 1_000_000, 2, false, (short) 2)));
    table.set("a", (short) 3);
    SharedTable other = table(2);
    other.merge(List.of(new SharedEntry("a", 1_000_000, 2, false, (short) 2)));
    other.merge(spread);
    assertThat(other.get("a")).hasValue(3);
  }

  @Test
  void copiesConvergeInWhateverOrderTheyHearOfTheWrites() {
    Random random = new Random(42);
    List<SharedTable> writers = List.of(table(1), table(2), table(3));
    for (int i = 0; i < 200; i++) {
      SharedTable writer = writers.get(random.nextInt(3));
      String key = "key" + random.nextInt(5);
      if (random.nextInt(4) == 0) {
        writer.remove(key);
      } else {
        writer.set(key, (short) random.nextInt());
      }
      if (random.nextInt(5) == 0) {
        writers.get(random.nextInt(3)).merge(writer.entries());
      }
    }
    for (SharedTable writer : writers) {
      List<SharedEntry> shuffled = new ArrayList<>(spread);
      Collections.shuffle(shuffled, random);
      writer.merge(shuffled);
    }
    assertThat(writers.get(1).entries()).hasSameElementsAs(writers.get(0).entries());
    assertThat(writers.get(2).entries()).hasSameElementsAs(writers.get(0).entries());
  }

  @Test
  void removalsRememberedAndEntriesTakenFromOthersAreLimited() {
    for (int i = 0; i < 2_000; i++) {
      table.set("key" + i, (short) i);
      table.remove("key" + i);
    }
    assertThat(table.entries()).hasSizeLessThanOrEqualTo(256);
    for (int i = 0; i < 5_000; i++) {
      table.merge(List.of(new SharedEntry("other" + i, i, 2, false, (short) i)));
    }
    assertThat(table.entries()).hasSizeLessThanOrEqualTo(SharedTable.ENTRIES_MAX_COUNT);
  }
}

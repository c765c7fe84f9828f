package dev.skein.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashSet;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ConnectionTableTest {
  private final ConnectionTable table = new ConnectionTable(300, new Random(1));

  @Test
  void anIdNamesItsShard() {
    for (int i = 0; i < 1_000; i++) {
      assertThat(ConnectionTable.shardOf(table.reserve())).isEqualTo(300);
    }
  }

  @Test
  void idsInUseAreDistinctAndPlacesAreUsedAgainUnderAnotherId() {
    Set<Long> ids = new HashSet<>();
    for (int i = 0; i < 5_000; i++) {
      assertThat(ids.add(table.reserve())).isTrue();
    }
    ids.forEach(table::release);
    long again = table.reserve();
    assertThat(again & 0xffffff).isLessThan(5_000);
    assertThat(ids).doesNotContain(again);
  }

  @Test
  void anUnknownIdFindsNothing() {
    long id = table.reserve();
    assertThat(table.get(id)).isNull();
    assertThat(table.get(0xffffff)).isNull();
    assertThat(table.get(-1)).isNull();
  }
}

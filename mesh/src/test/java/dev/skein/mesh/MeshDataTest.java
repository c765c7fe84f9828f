package dev.skein.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MeshDataTest {
  record Position(int x, double y) {}

  record Player(String name, Position at, List<Position> path) {}

  @Test
  void aRecordBecomesAMapOfItsComponents() {
    Player player = new Player("alice", new Position(1, 2.5), List.of(new Position(3, 4)));
    assertThat(MeshData.ofRecord(player))
        .isEqualTo(
            Map.of(
                "name", "alice",
                "at", Map.of("x", 1, "y", 2.5),
                "path", List.of(Map.of("x", 3, "y", 4.0))));
  }

  @Test
  void aCopyIsNotChangedByItsOwnerAfterwards() {
    byte[] bytes = {1};
    List<Object> list = new ArrayList<>(List.of(1));
    Map<String, Object> data = new HashMap<>(Map.of("bytes", bytes, "list", list));
    Map<String, Object> copy = MeshData.decode(MeshData.encode(data));
    bytes[0] = 2;
    list.add(2);
    data.clear();
    assertThat((byte[]) copy.get("bytes")).containsExactly(1);
    assertThat(copy.get("list")).isEqualTo(List.of(1));
    assertThatThrownBy(copy::clear).isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void nestingIsFineToItsLimitAndNotBeyond() {
    assertThat(MeshData.decode(MeshData.encode(nested(MeshData.NESTING_MAX_COUNT)))).isNotEmpty();
    assertThatThrownBy(() -> MeshData.encode(nested(MeshData.NESTING_MAX_COUNT + 1)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("nested deeper than 16");
  }

  @Test
  void nullsAndKeysThatAreNoTextsAreRefused() {
    Map<String, Object> withNull = new HashMap<>();
    withNull.put("gone", null);
    assertThatThrownBy(() -> MeshData.encode(withNull)).hasMessage("gone is null");
    assertThatThrownBy(() -> MeshData.encode(Map.of("inner", Map.of(1, 2))))
        .hasMessageContaining("is not a text");
  }

  @Test
  void everyKindOfValueComesBackAsTheTypeItWas() {
    Map<String, Object> data = new HashMap<>();
    data.put("bool", true);
    data.put("int8", (byte) -1);
    data.put("int16", Short.MIN_VALUE);
    data.put("int32", Integer.MIN_VALUE);
    data.put("int64", Long.MIN_VALUE);
    data.put("float32", -0.5f);
    data.put("float64", Double.MAX_VALUE);
    data.put("text", "grüße");
    data.put("list", List.of(1, "two", List.of(3L), Map.of("four", 4.0)));
    assertThat(MeshData.decode(MeshData.encode(data))).isEqualTo(data);
  }

  @Test
  void bytesCutShortOrWithSomethingLeftOverAreRefused() {
    byte[] bytes = MeshData.encode(Map.of("key", List.of(1, Map.of("inner", "text"))));
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> MeshData.decode(cut)).isInstanceOf(IllegalArgumentException.class);
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThatThrownBy(() -> MeshData.decode(longer)).isInstanceOf(IllegalArgumentException.class);
  }

  private static Map<String, Object> nested(int depth) {
    Map<String, Object> data = Map.of("end", true);
    for (int i = 0; i < depth; i++) {
      data = Map.of("next", data);
    }
    return data;
  }
}

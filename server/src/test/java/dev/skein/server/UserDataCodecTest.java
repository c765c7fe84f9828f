package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class UserDataCodecTest {
  /** Declared. */
  public record Point(int x, double y, List<String> names) {}

  /** Not declared. */
  public record Other(int x) {}

  private static final int MAX_KEYS = 64;

  private final UserDataCodec codec = new UserDataCodec(List.of(Point.class, Point.class));

  @Test
  void everyValueKeepsItsJavaType() {
    Map<String, Object> values = new HashMap<>();
    values.put("flag", true);
    values.put("byte", (byte) -1);
    values.put("short", Short.MIN_VALUE);
    values.put("int", Integer.MAX_VALUE);
    values.put("long", Long.MIN_VALUE);
    values.put("float", 1.5f);
    values.put("double", Double.NaN);
    values.put("char", '\uffff');
    values.put("text", "ä");
    values.put("point", new Point(1, 2, List.of("a")));
    values.put("list", List.of(1, "two", List.of('3'), new Point(4, 5, List.of())));
    Map<String, Object> read = codec.decode(codec.encode(values), MAX_KEYS).orElseThrow();
    assertThat(read).isEqualTo(values);
    values.put("bytes", new byte[] {1, 2});
    assertThat((byte[]) codec.decode(codec.encode(values), MAX_KEYS).orElseThrow().get("bytes"))
        .containsExactly(1, 2);
  }

  @Test
  void aRecordNobodyDeclaredDoesNotTravelAndIsNamed() {
    assertThatThrownBy(() -> codec.encode(Map.of("a", List.of(new Other(1)))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(Other.class.getName());
  }

  @Test
  void aRecordTheOtherNodeDidNotDeclareIsRefusedThere() {
    byte[] bytes = codec.encode(Map.of("a", new Point(1, 2, List.of())));
    assertThat(new UserDataCodec(List.of(Other.class)).decode(bytes, MAX_KEYS)).isEmpty();
  }

  @Test
  void moreKeysThanAllowedAreRefused() {
    byte[] bytes = codec.encode(Map.of("a", 1, "b", 2));
    assertThat(codec.decode(bytes, 1)).isEmpty();
  }

  @Test
  void damagedBytesNeverThrow() {
    byte[] bytes =
        codec.encode(Map.of("a", List.of(1, "two", new Point(1, 2, List.of("x"))), "b", 'c'));
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 20_000; i++) {
      byte[] damaged = bytes.clone();
      damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
      codec.decode(damaged, MAX_KEYS);
    }
    for (int length = 0; length < bytes.length; length++) {
      assertThat(codec.decode(Arrays.copyOf(bytes, length), MAX_KEYS)).isEmpty();
    }
  }
}

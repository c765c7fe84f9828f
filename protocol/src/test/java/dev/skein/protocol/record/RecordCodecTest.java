package dev.skein.protocol.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
  enum Colour {
    RED,
    GREEN
  }

  record Point(float x, float y) {}

  record Everything(
      boolean bool,
      byte int8,
      short int16,
      int int32,
      Long int64,
      float float32,
      double float64,
      String text,
      Colour colour,
      Point point,
      List<String> names,
      List<List<Point>> paths,
      Optional<Point> target) {}

  record Arrays2(
      byte[] bytes, int[] ints, String[] texts, Point[] points, byte[][] blobs, int[][] grid) {}

  record Tree(String name, List<Tree> children) {}

  record OldScore(String name, int points) {}

  record NewScore(String name, long points, List<Point> trail, Colour colour, Point at) {}

  record Percent(int value) {
    Percent {
      if (value < 0 || value > 100) {
        throw new IllegalArgumentException("not a percentage");
      }
    }
  }

  @Test
  void everyTypeComesBackAsItWas() {
    Everything sent =
        new Everything(
            true,
            (byte) -7,
            (short) -30_000,
            Integer.MIN_VALUE,
            Long.MAX_VALUE,
            Float.MIN_VALUE,
            Math.PI,
            "snö ☃ 🎲",
            Colour.GREEN,
            new Point(1, -2),
            List.of("a", "", "c"),
            List.of(List.of(), List.of(new Point(3, 4))),
            Optional.of(new Point(5, 6)));
    RecordCodec<Everything> codec = RecordCodec.of(Everything.class);
    assertThat(codec.decode(codec.encode(sent))).isEqualTo(sent);
  }

  @Test
  void arraysOfEveryKindComeBackAsTheyWere() {
    Arrays2 sent =
        new Arrays2(
            new byte[] {1, 2},
            new int[] {-1, 70_000},
            new String[] {"x"},
            new Point[] {new Point(0, 1)},
            new byte[][] {{}, {9}},
            new int[][] {{1}, {2, 3}});
    assertThat(through(sent)).usingRecursiveComparison().isEqualTo(sent);
  }

  @Test
  void bytesAreThoseOfTheSpecification() {
    assertThat(HexFormat.of().formatHex(RecordCodec.encodeRecord(new OldScore("bob", 258))))
        .isEqualTo("02" + "0803626f62" + "0400000102");
    assertThat(HexFormat.of().formatHex(RecordCodec.encodeRecord(new Tree("", List.of(leaf("a"))))))
        .isEqualTo("02" + "0800" + "0b0a01" + "02" + "080161" + "0b0a00");
  }

  @Test
  void componentsAnOlderSenderDidNotKnowGetTheirDefaults() {
    byte[] old = RecordCodec.encodeRecord(new OldScore("bob", 3));
    assertThat(RecordCodec.of(NewScore.class).decode(old))
        .isEqualTo(new NewScore("bob", 3, List.of(), Colour.RED, new Point(0, 0)));
  }

  @Test
  void componentsANewerSenderAddedAreSkipped() {
    byte[] bytes =
        RecordCodec.encodeRecord(
            new NewScore("bob", 3, List.of(new Point(1, 2)), Colour.GREEN, new Point(0, 0)));
    assertThat(RecordCodec.of(OldScore.class).decode(bytes)).isEqualTo(new OldScore("bob", 3));
  }

  @Test
  void anIntegerMayBeReadNarrowerOnlyIfItFits() {
    byte[] tooLarge =
        RecordCodec.encodeRecord(
            new NewScore("b", 1L << 40, List.of(), Colour.RED, new Point(0, 0)));
    assertMalformed(OldScore.class, tooLarge);
  }

  @Test
  void aRecordMayContainAListOfItsOwnKind() {
    Tree tree = new Tree("root", List.of(leaf("a"), new Tree("b", List.of(leaf("c")))));
    assertThat(through(tree)).isEqualTo(tree);
  }

  @Test
  void nestingIsRefusedBeyondItsLimitOnBothSides() {
    Tree deepest = leaf("0");
    for (int depth = 1; depth < RecordCodec.MAX_DEPTH / 2; depth++) {
      deepest = new Tree("" + depth, List.of(deepest));
    }
    assertThat(through(deepest)).isEqualTo(deepest);
    Tree tooDeep = new Tree("too deep", List.of(deepest));
    assertThatIllegalArgumentException().isThrownBy(() -> RecordCodec.encodeRecord(tooDeep));
    byte[] nested = new byte[200];
    Arrays.fill(nested, (byte) 1);
    for (int i = 1; i < nested.length; i += 2) {
      nested[i] = Tag.RECORD;
    }
    assertMalformed(Percent.class, nested);
  }

  @Test
  void everyTruncationIsMalformed() {
    byte[] whole =
        RecordCodec.encodeRecord(
            new NewScore("bob", 3, List.of(new Point(1, 2)), Colour.GREEN, new Point(0, 0)));
    for (int length = 0; length < whole.length; length++) {
      assertMalformed(NewScore.class, Arrays.copyOf(whole, length));
      assertMalformed(OldScore.class, Arrays.copyOf(whole, length));
    }
  }

  @Test
  void whatIsNotSuchARecordIsMalformed() {
    assertMalformed(OldScore.class, HexFormat.of().parseHex("020803626f62040000010299"));
    assertMalformed(OldScore.class, HexFormat.of().parseHex("010400000001"));
    assertMalformed(OldScore.class, HexFormat.of().parseHex("010801ff"));
    assertMalformed(OldScore.class, HexFormat.of().parseHex("01ffffffffffffffff"));
    assertMalformed(OldScore.class, HexFormat.of().parseHex("03080004000000007f"));
    assertMalformed(Tree.class, HexFormat.of().parseHex("0208000b0000"));
  }

  @Test
  void aValueItsRecordRefusesIsMalformed() {
    byte[] bytes = RecordCodec.encodeRecord(new OldScore("", 101));
    bytes = HexFormat.of().parseHex("010400000065");
    assertMalformed(Percent.class, bytes);
    assertThat(RecordCodec.of(Percent.class).decode(HexFormat.of().parseHex("010400000064")))
        .isEqualTo(new Percent(100));
  }

  record WithMap(Map<String, String> map) {}

  record Endless(int value, Mirror mirror) {}

  record Mirror(Endless endless) {}

  record Nameless(Object any) {}

  @Test
  void aTypeThatCannotBeEncodedIsRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecordCodec.of(WithMap.class))
        .withMessageContaining("WithMap.map");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecordCodec.of(Endless.class))
        .withMessageContaining("contains itself");
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecordCodec.of(Nameless.class))
        .withMessageContaining("Nameless.any");
  }

  @Test
  @SuppressWarnings("NullAway")
  void aNullComponentIsRefusedByName() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> RecordCodec.encodeRecord(new OldScore(null, 1)))
        .withMessageContaining("OldScore.name");
  }

  private static Tree leaf(String name) {
    return new Tree(name, List.of());
  }

  @SuppressWarnings("unchecked")
  private static <T extends Record> T through(T value) {
    RecordCodec<T> codec = RecordCodec.of((Class<T>) value.getClass());
    return codec.decode(codec.encode(value));
  }

  private static void assertMalformed(Class<? extends Record> type, byte[] bytes) {
    assertThatThrownBy(() -> RecordCodec.of(type).decode(bytes))
        .isInstanceOf(MalformedRecordException.class);
  }
}

package dev.skein.protocol.record;

import static dev.skein.protocol.record.TransportProperty.arrayOf;
import static dev.skein.protocol.record.TransportProperty.of;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class TransportDataTest {
  static final TransportProperty<String> NAME = of("name", TransportType.STRING);
  static final TransportProperty<Integer> COUNTER = of("counter", TransportType.INT32);
  static final TransportProperty<List<Long>> LIST = arrayOf("list", TransportType.UINT32);
  static final TransportProperty<byte[]> DATA = of("data", TransportType.BYTES);
  static final TransportProperty<List<byte[]>> USERS = arrayOf("users", TransportType.BYTES);
  static final TransportSchema EXAMPLE = TransportSchema.define(NAME, COUNTER, LIST, DATA, USERS);

  @SuppressWarnings("ArrayRecordComponent")
  record Example(String name, int counter, long[] list, byte[] data, byte[][] users) {}

  /** One property, a value of it in the middle of its range or at its edge, and an array. */
  private record Sample<T>(TransportType<T> type, T value, T other) {
    TransportProperty<T> single() {
      return of("value", type);
    }
  }

  private static final List<Sample<?>> SAMPLES =
      List.of(
          new Sample<>(TransportType.BOOL, true, false),
          new Sample<>(TransportType.INT8, Byte.MIN_VALUE, (byte) 1),
          new Sample<>(TransportType.INT16, Short.MIN_VALUE, (short) 1),
          new Sample<>(TransportType.INT32, Integer.MIN_VALUE, 1),
          new Sample<>(TransportType.INT64, Long.MIN_VALUE, 1L),
          new Sample<>(TransportType.UINT8, 255, 0),
          new Sample<>(TransportType.UINT16, 65_535, 0),
          new Sample<>(TransportType.UINT32, 4_294_967_295L, 0L),
          new Sample<>(TransportType.UINT64, -1L, 0L),
          new Sample<>(TransportType.FLOAT32, 0.5f, -0f),
          new Sample<>(TransportType.FLOAT64, Math.PI, -1d),
          new Sample<>(TransportType.STRING, "grüße", ""),
          new Sample<>(TransportType.BYTES, new byte[] {-1, 0}, new byte[0]));

  static TransportData example() {
    return EXAMPLE
        .create()
        .set(NAME, "John")
        .set(COUNTER, 7)
        .set(LIST, List.of(10L, 20L, 4_000_000_000L))
        .set(DATA, new byte[] {-1, -18, -35, -52})
        .set(USERS, List.of("u1".getBytes(UTF_8), "u2".getBytes(UTF_8)));
  }

  @Test
  void whatWasSetIsFoundAfterTheWayAndWhatWasNotIsNot() {
    TransportData got = EXAMPLE.unpack(example().pack());
    assertThat(got.get(NAME)).contains("John");
    assertThat(got.get(COUNTER)).contains(7);
    assertThat(got.get(LIST)).contains(List.of(10L, 20L, 4_000_000_000L));
    assertThat(got.get(USERS).orElseThrow().get(1)).isEqualTo("u2".getBytes(UTF_8));
    TransportData empty = EXAMPLE.unpack(EXAMPLE.create().set(COUNTER, 0).pack());
    assertThat(empty.get(NAME)).isEmpty();
    assertThat(empty.get(COUNTER)).contains(0);
    assertThat(empty.get(USERS)).isEmpty();
  }

  @Test
  void everyTypeAndEveryArrayKeepsItsValues() {
    SAMPLES.forEach(TransportDataTest::assertKept);
  }

  private static <T> void assertKept(Sample<T> sample) {
    TransportProperty<T> one = sample.single();
    TransportSchema single = TransportSchema.define(one);
    T got = single.unpack(single.create().set(one, sample.value()).pack()).get(one).orElseThrow();
    assertThat(got).as("%s", sample.type()).isEqualTo(sample.value());
    TransportProperty<List<T>> many = arrayOf("values", sample.type());
    TransportSchema several = TransportSchema.define(many);
    List<T> values = List.of(sample.value(), sample.other(), sample.value());
    List<T> gotMany =
        several.unpack(several.create().set(many, values).pack()).get(many).orElseThrow();
    assertThat(Arrays.deepEquals(gotMany.toArray(), values.toArray()))
        .as("%s[]", sample.type())
        .isTrue();
    assertThat(several.unpack(several.create().set(many, List.of()).pack()).get(many))
        .contains(List.of());
  }

  @Test
  void aRecordWithTheSameTypesIsTheSameBytes() {
    Example record =
        new Example(
            "John",
            7,
            new long[] {10, 20, 4_000_000_000L},
            new byte[] {-1, -18, -35, -52},
            new byte[][] {"u1".getBytes(UTF_8), "u2".getBytes(UTF_8)});
    assertThat(RecordCodec.of(Example.class).encode(record)).isEqualTo(example().pack());
  }

  @Test
  void propertiesAddedByEitherSideDoNoHarm() {
    TransportSchema older = TransportSchema.define(NAME, COUNTER);
    TransportData byOlder = EXAMPLE.unpack(older.create().set(NAME, "old").pack());
    assertThat(byOlder.get(NAME)).contains("old");
    assertThat(byOlder.get(LIST)).isEmpty();
    TransportData byNewer = older.unpack(example().pack());
    assertThat(byNewer.get(COUNTER)).contains(7);
  }

  @Test
  void anIntegerMayChangeItsWidthAsLongAsItsValueFits() {
    TransportProperty<Integer> small = of("n", TransportType.UINT8);
    TransportProperty<Long> large = of("n", TransportType.INT64);
    byte[] fitting = TransportSchema.define(large).create().set(large, 255L).pack();
    byte[] beyond = TransportSchema.define(large).create().set(large, 256L).pack();
    TransportSchema narrowed = TransportSchema.define(small);
    assertThat(narrowed.unpack(fitting).get(small)).contains(255);
    assertThatThrownBy(() -> narrowed.unpack(beyond)).isInstanceOf(MalformedRecordException.class);
  }

  @Test
  void mistakesOfTheCallerAreNamedAtOnce() {
    TransportData data = EXAMPLE.create();
    assertThatThrownBy(() -> data.set(LIST, List.of(1L, -1L)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("list: -1 is not within 0..4294967295");
    TransportProperty<String> stranger = of("name", TransportType.STRING);
    assertThatThrownBy(() -> data.get(stranger)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> TransportSchema.define(NAME, stranger))
        .hasMessage("name is defined twice");
  }

  @Test
  void bytesCutShortOrOfOtherTypesOrWithSomethingLeftOverAreRefused() {
    byte[] bytes = example().pack();
    for (int length = 0; length < bytes.length; length++) {
      byte[] cut = Arrays.copyOf(bytes, length);
      assertThatThrownBy(() -> EXAMPLE.unpack(cut)).isInstanceOf(MalformedRecordException.class);
    }
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    assertThatThrownBy(() -> EXAMPLE.unpack(longer)).isInstanceOf(MalformedRecordException.class);
    TransportSchema other = TransportSchema.define(COUNTER);
    assertThatThrownBy(() -> other.unpack(bytes)).isInstanceOf(MalformedRecordException.class);
  }

  /** After a deliberate change, {@code -Dskein.vectors=write} writes the file anew. */
  @Test
  void theTestVectorsAreReproduced() throws IOException {
    Map<String, String> vectors = new LinkedHashMap<>();
    vectors.put("name, counter, list, data, users", HexFormat.of().formatHex(example().pack()));
    vectors.put("nothing set", HexFormat.of().formatHex(EXAMPLE.create().pack()));
    for (Sample<?> sample : SAMPLES) {
      addVectors(vectors, sample);
    }
    Path file = Path.of("..", "docs", "test-vectors", "transport-data.json");
    ObjectMapper json = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
    if ("write".equals(System.getProperty("skein.vectors"))) {
      Files.writeString(file, json.writeValueAsString(Map.of("packed", vectors)) + "\n");
    }
    assertThat(json.valueToTree(Map.of("packed", vectors)).toPrettyString())
        .isEqualTo(json.readTree(file.toFile()).toPrettyString());
  }

  private static <T> void addVectors(Map<String, String> vectors, Sample<T> sample) {
    TransportProperty<T> one = sample.single();
    TransportProperty<List<T>> many = arrayOf("values", sample.type());
    TransportData data =
        TransportSchema.define(one, many)
            .create()
            .set(one, sample.value())
            .set(many, List.of(sample.value(), sample.other()));
    String value = text(sample.value());
    vectors.put(
        sample.type() + " " + value + ", [" + value + ", " + text(sample.other()) + "]",
        HexFormat.of().formatHex(data.pack()));
  }

  private static String text(Object value) {
    return value instanceof byte[] bytes ? HexFormat.of().formatHex(bytes) : value.toString();
  }
}

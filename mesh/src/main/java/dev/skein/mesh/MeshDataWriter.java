package dev.skein.mesh;

import dev.skein.protocol.payload.PayloadWriter;
import java.lang.reflect.RecordComponent;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Writes mesh data (MESH §4). Confined to one call. */
final class MeshDataWriter {
  static final int BOOL = 0x01;
  static final int INT8 = 0x02;
  static final int INT16 = 0x03;
  static final int INT32 = 0x04;
  static final int INT64 = 0x05;
  static final int FLOAT32 = 0x06;
  static final int FLOAT64 = 0x07;
  static final int STRING = 0x08;
  static final int BYTES = 0x09;
  static final int MAP = 0x0c;
  static final int LIST = 0x0d;

  private final PayloadWriter out;

  /** The keys that lead to the value being written, for the messages. */
  private final Deque<String> path = new ArrayDeque<>();

  MeshDataWriter(PayloadWriter out) {
    this.out = out;
  }

  void map(Map<?, ?> data) {
    out.varint(data.size());
    for (Map.Entry<?, ?> entry : data.entrySet()) {
      if (!(entry.getKey() instanceof String key)) {
        throw new IllegalArgumentException("a key under '" + path() + "' is not a text");
      }
      named(key, entry.getValue());
    }
  }

  void record(Record data) {
    RecordComponent[] components = data.getClass().getRecordComponents();
    out.varint(components.length);
    for (RecordComponent component : components) {
      named(component.getName(), component(data, component));
    }
  }

  private static @Nullable Object component(Record data, RecordComponent component) {
    try {
      component.getAccessor().setAccessible(true);
      return component.getAccessor().invoke(data);
    } catch (ReflectiveOperationException | RuntimeException e) {
      throw new IllegalArgumentException(
          "cannot read " + component.getName() + " of " + data.getClass().getName(), e);
    }
  }

  private void named(String key, @Nullable Object value) {
    path.addLast(key);
    out.string(key);
    value(value);
    path.removeLast();
  }

  private void value(@Nullable Object value) {
    switch (value) {
      case Boolean v -> out.u8(BOOL).bool(v);
      case Byte v -> out.u8(INT8).u8(v);
      case Short v -> out.u8(INT16).u16(v);
      case Integer v -> int32(INT32, v);
      case Long v -> out.u8(INT64).i64(v);
      case Float v -> int32(FLOAT32, Float.floatToRawIntBits(v));
      case Double v -> out.u8(FLOAT64).f64(v);
      case String v -> out.u8(STRING).string(v);
      case byte[] v -> out.u8(BYTES).blob(v);
      case List<?> v -> list(v);
      case Map<?, ?> v -> {
        requireNotTooDeep();
        out.u8(MAP);
        map(v);
      }
      case Record v -> {
        requireNotTooDeep();
        out.u8(MAP);
        record(v);
      }
      case null -> throw new IllegalArgumentException(path() + " is null");
      default ->
          throw new IllegalArgumentException(
              path() + " is a " + value.getClass().getName() + ", which does not travel");
    }
  }

  private void list(List<?> values) {
    requireNotTooDeep();
    out.u8(LIST).varint(values.size());
    path.addLast("[]");
    values.forEach(this::value);
    path.removeLast();
  }

  private void int32(int tag, int bits) {
    out.u8(tag).u16(bits >>> 16).u16(bits);
  }

  private void requireNotTooDeep() {
    if (path.size() > MeshData.NESTING_MAX_COUNT) {
      throw new IllegalArgumentException(
          path() + " is nested deeper than " + MeshData.NESTING_MAX_COUNT);
    }
  }

  private String path() {
    return String.join(".", path).replace(".[]", "[]");
  }
}

package dev.skein.mesh;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The kinds of values mesh commands carry. */
public final class MeshData {
  /** How deep lists and maps may be nested. */
  public static final int NESTING_MAX_COUNT = 16;

  private MeshData() {}

  /**
   * A copy that nobody else can change.
   *
   * @throws IllegalArgumentException if a value is of a type that does not travel; names its key
   */
  public static Map<String, Object> copyOf(Map<String, Object> data) {
    return copyOf(data, "", 0);
  }

  /** A record's components by name; nested records become maps. */
  public static Map<String, Object> ofRecord(Record data) {
    return ofRecord(data, "", 0);
  }

  private static Map<String, Object> ofRecord(Record data, String path, int depth) {
    Map<String, Object> values = new LinkedHashMap<>();
    for (RecordComponent component : data.getClass().getRecordComponents()) {
      try {
        component.getAccessor().setAccessible(true);
        String key = component.getName();
        values.put(key, copyValue(component.getAccessor().invoke(data), path + key, depth));
      } catch (ReflectiveOperationException | RuntimeException e) {
        throw new IllegalArgumentException(
            "cannot read " + component.getName() + " of " + data.getClass().getName(), e);
      }
    }
    return Collections.unmodifiableMap(values);
  }

  private static Map<String, Object> copyOf(Map<?, ?> data, String path, int depth) {
    Map<String, Object> copy = new LinkedHashMap<>();
    for (Map.Entry<?, ?> entry : data.entrySet()) {
      if (!(entry.getKey() instanceof String key)) {
        throw new IllegalArgumentException("a key under '" + path + "' is not a text");
      }
      copy.put(key, copyValue(entry.getValue(), path + key, depth));
    }
    return Collections.unmodifiableMap(copy);
  }

  private static Object copyValue(@Nullable Object value, String path, int depth) {
    if (depth > NESTING_MAX_COUNT) {
      throw new IllegalArgumentException(path + " is nested deeper than " + NESTING_MAX_COUNT);
    }
    return switch (value) {
      case Boolean v -> v;
      case Byte v -> v;
      case Short v -> v;
      case Integer v -> v;
      case Long v -> v;
      case Float v -> v;
      case Double v -> v;
      case String v -> v;
      case byte[] bytes -> bytes.clone();
      case List<?> list -> copyList(list, path, depth);
      case Map<?, ?> map -> copyOf(map, path + ".", depth + 1);
      case Record nested -> ofRecord(nested, path + ".", depth + 1);
      case null -> throw new IllegalArgumentException(path + " is null");
      default ->
          throw new IllegalArgumentException(
              path + " is a " + value.getClass().getName() + ", which does not travel");
    };
  }

  private static List<Object> copyList(List<?> list, String path, int depth) {
    List<Object> copy = new ArrayList<>(list.size());
    for (Object element : list) {
      copy.add(copyValue(element, path + "[]", depth + 1));
    }
    return Collections.unmodifiableList(copy);
  }
}

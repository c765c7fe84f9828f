package dev.skein.protocol.record;

import java.util.ArrayList;
import java.util.List;

/**
 * A property of a {@link TransportSchema}: its name and its type, one value or an array of them.
 * Immutable; made once, and shared.
 *
 * @param <T> the Java type of its values; of an array, a list
 */
public abstract sealed class TransportProperty<T> {
  private final String name;

  private TransportProperty(String name) {
    if (name.isEmpty()) {
      throw new IllegalArgumentException("a property has no name");
    }
    this.name = name;
  }

  /** A property with one value. */
  public static <T> TransportProperty<T> of(String name, TransportType<T> type) {
    return new Single<>(name, type);
  }

  /** A property with any number of values. */
  public static <T> TransportProperty<List<T>> arrayOf(String name, TransportType<T> type) {
    return new Several<>(name, type);
  }

  public String name() {
    return name;
  }

  /**
   * The value that is kept.
   *
   * @throws IllegalArgumentException if it is out of the type's range; names the property
   */
  final T checked(T value) {
    try {
      return kept(value);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(name + ": " + e.getMessage(), e);
    }
  }

  abstract T kept(T value);

  /** Writes tag and value. */
  abstract void write(T value, RecordWriter out);

  abstract T read(int tag, RecordReader in);

  private static final class Single<T> extends TransportProperty<T> {
    private final TransportType<T> type;

    Single(String name, TransportType<T> type) {
      super(name);
      this.type = type;
    }

    @Override
    T kept(T value) {
      type.checked(value);
      return value;
    }

    @Override
    void write(T value, RecordWriter out) {
      out.int8(type.tag());
      type.write(value, out);
    }

    @Override
    T read(int tag, RecordReader in) {
      return type.read(tag, in);
    }

    @Override
    public String toString() {
      return name() + " " + type;
    }
  }

  private static final class Several<T> extends TransportProperty<List<T>> {
    private final TransportType<T> type;

    Several(String name, TransportType<T> type) {
      super(name);
      this.type = type;
    }

    @Override
    List<T> kept(List<T> values) {
      values.forEach(type::checked);
      return List.copyOf(values);
    }

    @Override
    void write(List<T> values, RecordWriter out) {
      out.int8(Tag.LIST);
      out.int8(type.tag());
      out.count(values.size());
      values.forEach(value -> type.write(value, out));
    }

    @Override
    List<T> read(int tag, RecordReader in) {
      if (tag != Tag.LIST) {
        throw ValueType.unexpected(tag, "an array");
      }
      int element = ValueType.elementTag(in);
      int count = in.count();
      List<T> values = new ArrayList<>(count);
      for (int i = 0; i < count; i++) {
        values.add(type.read(element, in));
      }
      return List.copyOf(values);
    }

    @Override
    public String toString() {
      return name() + " " + type + "[]";
    }
  }
}

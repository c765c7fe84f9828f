package dev.skein.protocol.record;

import java.lang.reflect.GenericArrayType;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.util.List;
import java.util.Optional;

/** How the values of one Java type are written after their tag, and read. Immutable. */
sealed interface ValueType
    permits ScalarType, EnumType, ListType, PrimitiveArrayType, OptionalType, RecordType {

  /** The tag its values are written with. */
  int tag();

  /** Writes a value without its tag; {@code depth} levels of nesting are still allowed. */
  void write(Object value, RecordWriter out, int depth);

  /** Reads a value whose tag was {@code tag}. */
  Object read(int tag, RecordReader in, int depth);

  /** What a component is when its sender did not know it. */
  Object defaultValue();

  /** Writes tag and value. */
  default void writeTagged(Object value, RecordWriter out, int depth) {
    out.int8(tag());
    write(value, out, depth);
  }

  /** The type of a component or an element. */
  static ValueType of(Type type) {
    if (type instanceof Class<?> raw) {
      return ofClass(raw);
    }
    if (type instanceof ParameterizedType generic) {
      Type argument = generic.getActualTypeArguments()[0];
      if (generic.getRawType() == List.class) {
        return new ListType(of(argument), null);
      }
      if (generic.getRawType() == Optional.class) {
        return new OptionalType(of(argument));
      }
    }
    if (type instanceof GenericArrayType array
        && array.getGenericComponentType() instanceof ParameterizedType element) {
      return new ListType(of(element), (Class<?>) element.getRawType());
    }
    throw unsupported(type);
  }

  private static ValueType ofClass(Class<?> raw) {
    if (raw.isRecord()) {
      return RecordType.of(raw.asSubclass(Record.class));
    }
    if (raw.isEnum()) {
      return new EnumType(raw.asSubclass(Enum.class).getEnumConstants());
    }
    if (raw.isArray() && raw != byte[].class) {
      Class<?> element = raw.getComponentType();
      return element.isPrimitive()
          ? new PrimitiveArrayType(scalar(element), element)
          : new ListType(of(element), element);
    }
    return scalar(raw);
  }

  private static ScalarType scalar(Class<?> type) {
    for (ScalarType scalar : ScalarType.values()) {
      if (scalar.covers(type)) {
        return scalar;
      }
    }
    throw unsupported(type);
  }

  private static IllegalArgumentException unsupported(Type type) {
    return new IllegalArgumentException(type.getTypeName() + " cannot be encoded");
  }

  /** The levels left inside a value, or a refusal of bytes that nest too deep. */
  static int inside(int depth) {
    if (depth == 0) {
      throw new MalformedRecordException("nested deeper than " + RecordCodec.MAX_DEPTH);
    }
    return depth - 1;
  }

  /** Refuses a tag that the type does not read. */
  static MalformedRecordException unexpected(int tag, String wanted) {
    return new MalformedRecordException("tag " + tag + " where " + wanted + " was expected");
  }

  /** The tag that all elements of a list share. */
  static int elementTag(RecordReader in) {
    int tag = in.uint8();
    if (tag == Tag.ABSENT) {
      throw unexpected(tag, "an element");
    }
    return tag;
  }

  /** Skips a value of any type, so that what a newer sender added does no harm. */
  static void skip(int tag, RecordReader in, int depth) {
    switch (tag) {
      case Tag.ABSENT -> {}
      case Tag.BOOL, Tag.INT8 -> in.skip(1);
      case Tag.INT16 -> in.skip(2);
      case Tag.INT32, Tag.FLOAT32 -> in.skip(4);
      case Tag.INT64, Tag.FLOAT64 -> in.skip(8);
      case Tag.STRING, Tag.BYTES -> in.skip(in.count());
      case Tag.RECORD -> {
        int within = inside(depth);
        for (int left = in.count(); left > 0; left--) {
          skip(in.uint8(), in, within);
        }
      }
      case Tag.LIST -> {
        int within = inside(depth);
        int element = elementTag(in);
        for (int left = in.count(); left > 0; left--) {
          skip(element, in, within);
        }
      }
      default -> throw unexpected(tag, "a known type");
    }
  }
}

package dev.skein.protocol.record;

import java.lang.reflect.Array;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Values of one type, one after the other: a {@code List}, or an array if {@code arrayOf} names its
 * element class.
 */
record ListType(ValueType element, @Nullable Class<?> arrayOf) implements ValueType {

  ListType {
    if (element instanceof OptionalType) {
      throw new IllegalArgumentException("a list of optionals cannot be encoded");
    }
  }

  @Override
  public int tag() {
    return Tag.LIST;
  }

  @Override
  public void write(Object value, RecordWriter out, int depth) {
    List<?> values = arrayOf == null ? (List<?>) value : Arrays.asList((Object[]) value);
    out.int8(element.tag());
    out.count(values.size());
    int within = RecordType.insideWritten(depth);
    for (Object each : values) {
      if (each == null) {
        throw new IllegalArgumentException("an element of a list is null");
      }
      element.write(each, out, within);
    }
  }

  @Override
  public Object read(int tag, RecordReader in, int depth) {
    if (tag != Tag.LIST) {
      throw ValueType.unexpected(tag, "a list");
    }
    int within = ValueType.inside(depth);
    int elementTag = ValueType.elementTag(in);
    Object[] values = newArray(in.count());
    for (int i = 0; i < values.length; i++) {
      values[i] = element.read(elementTag, in, within);
    }
    return arrayOf == null ? List.of(values) : values;
  }

  @Override
  public Object defaultValue() {
    return arrayOf == null ? List.of() : newArray(0);
  }

  private Object[] newArray(int length) {
    return (Object[]) Array.newInstance(arrayOf == null ? Object.class : arrayOf, length);
  }
}

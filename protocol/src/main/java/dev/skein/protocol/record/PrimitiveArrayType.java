package dev.skein.protocol.record;

import java.lang.reflect.Array;

/** An array of numbers or truth values; on the wire a list like any other. */
record PrimitiveArrayType(ScalarType element, Class<?> elementClass) implements ValueType {

  @Override
  public int tag() {
    return Tag.LIST;
  }

  @Override
  public void write(Object value, RecordWriter out, int depth) {
    int within = RecordType.insideWritten(depth);
    int length = Array.getLength(value);
    out.int8(element.tag());
    out.count(length);
    for (int i = 0; i < length; i++) {
      element.write(Array.get(value, i), out, within);
    }
  }

  @Override
  public Object read(int tag, RecordReader in, int depth) {
    if (tag != Tag.LIST) {
      throw ValueType.unexpected(tag, "a list");
    }
    int within = ValueType.inside(depth);
    int elementTag = ValueType.elementTag(in);
    int length = in.count();
    Object values = Array.newInstance(elementClass, length);
    for (int i = 0; i < length; i++) {
      Array.set(values, i, element.read(elementTag, in, within));
    }
    return values;
  }

  @Override
  public Object defaultValue() {
    return Array.newInstance(elementClass, 0);
  }
}

package dev.skein.protocol.record;

import java.util.Optional;

/** A value that may be absent; a component only, never an element. */
record OptionalType(ValueType content) implements ValueType {

  OptionalType {
    if (content instanceof OptionalType) {
      throw new IllegalArgumentException("an optional of an optional cannot be encoded");
    }
  }

  @Override
  public int tag() {
    return content.tag();
  }

  @Override
  public void writeTagged(Object value, RecordWriter out, int depth) {
    Optional<?> optional = (Optional<?>) value;
    if (optional.isEmpty()) {
      out.int8(Tag.ABSENT);
    } else {
      content.writeTagged(optional.get(), out, depth);
    }
  }

  @Override
  public void write(Object value, RecordWriter out, int depth) {
    throw new IllegalStateException("an optional is always written with its tag");
  }

  @Override
  public Object read(int tag, RecordReader in, int depth) {
    return tag == Tag.ABSENT ? Optional.empty() : Optional.of(content.read(tag, in, depth));
  }

  @Override
  public Object defaultValue() {
    return Optional.empty();
  }
}

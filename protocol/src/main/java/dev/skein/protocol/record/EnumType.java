package dev.skein.protocol.record;

import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** An enum, written by name so that constants may be moved and added. */
final class EnumType implements ValueType {
  private final Map<String, Enum<?>> byName;
  private final Enum<?> first;

  EnumType(Enum<?>[] constants) {
    if (constants.length == 0) {
      throw new IllegalArgumentException("an enum without constants cannot be encoded");
    }
    this.byName = Arrays.stream(constants).collect(Collectors.toMap(Enum::name, each -> each));
    this.first = constants[0];
  }

  @Override
  public int tag() {
    return Tag.STRING;
  }

  @Override
  public void write(Object value, RecordWriter out, int depth) {
    out.string(((Enum<?>) value).name());
  }

  @Override
  public Object read(int tag, RecordReader in, int depth) {
    if (tag != Tag.STRING) {
      throw ValueType.unexpected(tag, "an enum's name");
    }
    String name = in.string();
    Enum<?> constant = byName.get(name);
    if (constant == null) {
      throw new MalformedRecordException(
          first.getDeclaringClass().getSimpleName() + " has no constant of that name");
    }
    return constant;
  }

  @Override
  public Object defaultValue() {
    return first;
  }
}

package dev.skein.protocol.record;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Values by the properties of a {@link TransportSchema}. Confined to one thread. */
public final class TransportData {
  private final TransportSchema schema;
  private final @Nullable Object[] values;

  TransportData(TransportSchema schema, @Nullable Object[] values) {
    this.schema = schema;
    this.values = values;
  }

  /**
   * Sets a value.
   *
   * @throws IllegalArgumentException if the property is not one of the schema, or the value is out
   *     of the range of its type
   */
  public <T> TransportData set(TransportProperty<T> property, T value) {
    values[schema.position(property)] = property.checked(value);
    return this;
  }

  /**
   * The value; empty if it was not set, by this side or by the sender.
   *
   * @throws IllegalArgumentException if the property is not one of the schema
   */
  @SuppressWarnings("unchecked")
  public <T> Optional<T> get(TransportProperty<T> property) {
    return Optional.ofNullable((T) values[schema.position(property)]);
  }

  /** The values as bytes. */
  public byte[] pack() {
    RecordWriter out = new RecordWriter();
    out.count(values.length);
    for (TransportProperty<?> property : schema.properties()) {
      write(property, out);
    }
    return out.toByteArray();
  }

  private <T> void write(TransportProperty<T> property, RecordWriter out) {
    Optional<T> value = get(property);
    if (value.isPresent()) {
      property.write(value.get(), out);
    } else {
      out.int8(Tag.ABSENT);
    }
  }
}

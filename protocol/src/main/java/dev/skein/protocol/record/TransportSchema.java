package dev.skein.protocol.record;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The properties of a kind of {@link TransportData}, defined once. Immutable; any thread.
 *
 * <pre>{@code
 * static final TransportProperty<String> NAME = TransportProperty.of("name", STRING);
 * static final TransportProperty<List<Long>> SCORES = TransportProperty.arrayOf("scores", UINT32);
 * static final TransportSchema PLAYER = TransportSchema.define(NAME, SCORES);
 *
 * byte[] packed = PLAYER.create().set(NAME, "John").set(SCORES, List.of(10L, 20L)).pack();
 * Optional<String> name = PLAYER.unpack(packed).get(NAME);
 * }</pre>
 *
 * <p>Properties are packed by position (PROTOCOL §10.4), as the components of a record are, and a
 * record with the same types packs to the same bytes. So a schema may grow at its end: what an
 * older sender did not know is not found, what a newer one added is skipped.
 */
public final class TransportSchema {
  private final List<TransportProperty<?>> properties;
  private final Map<TransportProperty<?>, Integer> positions = new LinkedHashMap<>();

  private TransportSchema(List<TransportProperty<?>> properties) {
    this.properties = properties;
    Map<String, TransportProperty<?>> names = new LinkedHashMap<>();
    for (TransportProperty<?> property : properties) {
      if (names.put(property.name(), property) != null) {
        throw new IllegalArgumentException(property.name() + " is defined twice");
      }
      positions.put(property, positions.size());
    }
  }

  /**
   * A schema of these properties in this order.
   *
   * @throws IllegalArgumentException if two have the same name
   */
  public static TransportSchema define(TransportProperty<?>... properties) {
    return new TransportSchema(List.of(properties));
  }

  /** Data without any value. */
  public TransportData create() {
    return new TransportData(this, new Object[properties.size()]);
  }

  /**
   * The data these bytes stand for.
   *
   * @throws MalformedRecordException if they are not such data
   */
  public TransportData unpack(byte[] bytes) {
    RecordReader in = new RecordReader(bytes, 0, bytes.length);
    Object[] values = new Object[properties.size()];
    int sent = in.count();
    for (int i = 0; i < sent; i++) {
      int tag = in.uint8();
      if (i >= values.length) {
        ValueType.skip(tag, in, RecordCodec.MAX_DEPTH);
      } else if (tag != Tag.ABSENT) {
        values[i] = properties.get(i).read(tag, in);
      }
    }
    if (in.remaining() > 0) {
      throw new MalformedRecordException(in.remaining() + " bytes are left after the data");
    }
    return new TransportData(this, values);
  }

  /** In the order they are packed. */
  List<TransportProperty<?>> properties() {
    return properties;
  }

  int position(TransportProperty<?> property) {
    Integer position = positions.get(property);
    if (position == null) {
      throw new IllegalArgumentException(property + " is no property of " + this);
    }
    return position;
  }

  @Override
  public String toString() {
    return properties.toString();
  }
}

package dev.skein.protocol.record;

import java.util.Objects;

/**
 * Turns records of one type into bytes and back (PROTOCOL §10.4). Immutable; any thread.
 *
 * <p>Components may be {@code boolean}, {@code byte}, {@code short}, {@code int}, {@code long},
 * {@code float}, {@code double} or their boxes, {@code String}, {@code byte[]}, enums (by name),
 * records, and arrays, {@code List}s and {@code Optional}s of these. They are encoded by position,
 * so a type may grow at its end: bytes of an older sender give the added components their default
 * (zero, false, empty, the first constant of an enum), and what a newer sender added is skipped. An
 * integer may change its width as long as the values fit.
 */
public final class RecordCodec<T extends Record> {
  /** Records, lists and optionals may be nested this deep. */
  public static final int MAX_DEPTH = 16;

  private static final ClassValue<RecordCodec<?>> CODECS =
      new ClassValue<>() {
        @Override
        protected RecordCodec<?> computeValue(Class<?> type) {
          return new RecordCodec<>(type.asSubclass(Record.class));
        }
      };

  private final Class<T> type;
  private final RecordType shape;

  private RecordCodec(Class<T> type) {
    this.type = type;
    this.shape = RecordType.of(type);
  }

  /**
   * The codec of a record type; the same one at every call.
   *
   * @throws IllegalArgumentException if a component has a type that cannot be encoded, or a record
   *     contains itself other than through a list, an array or an optional
   */
  @SuppressWarnings("unchecked")
  public static <T extends Record> RecordCodec<T> of(Class<T> type) {
    return (RecordCodec<T>) CODECS.get(type);
  }

  /**
   * The record as bytes.
   *
   * @throws IllegalArgumentException if a component is null or nesting exceeds {@link #MAX_DEPTH}
   */
  public byte[] encode(T value) {
    RecordWriter out = new RecordWriter();
    shape.write(value, out, MAX_DEPTH);
    return out.toByteArray();
  }

  /**
   * The record these bytes stand for.
   *
   * @throws MalformedRecordException if they are not such a record
   */
  public T decode(byte[] bytes) {
    return decode(bytes, 0, bytes.length);
  }

  /** The same for a part of an array. */
  public T decode(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    RecordReader in = new RecordReader(bytes, offset, length);
    Object value = shape.readFields(in, MAX_DEPTH);
    if (in.remaining() > 0) {
      throw new MalformedRecordException(in.remaining() + " bytes are left after the record");
    }
    return type.cast(value);
  }

  /** The bytes of any record, by the codec of its class. */
  @SuppressWarnings("unchecked")
  public static byte[] encodeRecord(Record value) {
    return ((RecordCodec<Record>) of(value.getClass())).encode(value);
  }

  @Override
  public String toString() {
    return "RecordCodec[" + type.getName() + "]";
  }
}

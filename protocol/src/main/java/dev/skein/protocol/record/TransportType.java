package dev.skein.protocol.record;

import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * A type of a {@link TransportProperty}, with the Java type its values have. Unsigned integers
 * travel as the next wider signed type of PROTOCOL §10.4, so that a record reads them as that;
 * {@link #UINT64} travels as an int64 of the same bits. Immutable.
 */
public final class TransportType<T> {
  public static final TransportType<Boolean> BOOL = plain("bool", ScalarType.BOOL, Boolean.class);
  public static final TransportType<Byte> INT8 = plain("int8", ScalarType.INT8, Byte.class);
  public static final TransportType<Short> INT16 = plain("int16", ScalarType.INT16, Short.class);
  public static final TransportType<Integer> INT32 =
      plain("int32", ScalarType.INT32, Integer.class);
  public static final TransportType<Long> INT64 = plain("int64", ScalarType.INT64, Long.class);

  /** 0 to 255. */
  public static final TransportType<Integer> UINT8 =
      unsigned("uint8", 0xFFL, ScalarType.INT16, value -> (short) value, value -> (int) value);

  /** 0 to 65,535. */
  public static final TransportType<Integer> UINT16 =
      unsigned("uint16", 0xFFFFL, ScalarType.INT32, value -> (int) value, value -> (int) value);

  /** 0 to 4,294,967,295. */
  public static final TransportType<Long> UINT32 =
      unsigned("uint32", 0xFFFF_FFFFL, ScalarType.INT64, value -> value, value -> value);

  /** 64 bits, to be read with {@link Long#toUnsignedString} and its like. */
  public static final TransportType<Long> UINT64 =
      new TransportType<>(
          "uint64",
          ScalarType.INT64,
          value -> value,
          (tag, in) ->
              tag == Tag.INT64 ? in.int64() : ScalarType.integer(tag, in, 0, Long.MAX_VALUE));

  public static final TransportType<Float> FLOAT32 =
      plain("float32", ScalarType.FLOAT32, Float.class);
  public static final TransportType<Double> FLOAT64 =
      plain("float64", ScalarType.FLOAT64, Double.class);
  public static final TransportType<String> STRING =
      plain("string", ScalarType.STRING, String.class);

  /** The array is not copied. */
  public static final TransportType<byte[]> BYTES = plain("bytes", ScalarType.BYTES, byte[].class);

  private final String name;
  private final ScalarType wire;
  private final Function<T, Object> toWire;
  private final Reading<T> reading;

  private interface Reading<T> {
    T read(int tag, RecordReader in);
  }

  private TransportType(
      String name, ScalarType wire, Function<T, Object> toWire, Reading<T> reading) {
    this.name = name;
    this.wire = wire;
    this.toWire = toWire;
    this.reading = reading;
  }

  private static <T> TransportType<T> plain(String name, ScalarType wire, Class<T> type) {
    return new TransportType<>(
        name, wire, value -> value, (tag, in) -> type.cast(wire.read(tag, in, 0)));
  }

  private static <T extends Number> TransportType<T> unsigned(
      String name,
      long max,
      ScalarType wire,
      LongFunction<Object> toWire,
      LongFunction<T> fromWire) {
    return new TransportType<>(
        name,
        wire,
        value -> {
          long number = value.longValue();
          if (number < 0 || number > max) {
            throw new IllegalArgumentException(number + " is not within 0.." + max);
          }
          return toWire.apply(number);
        },
        (tag, in) -> fromWire.apply(ScalarType.integer(tag, in, 0, max)));
  }

  int tag() {
    return wire.tag();
  }

  /**
   * The value as it travels.
   *
   * @throws IllegalArgumentException if it is out of the type's range
   */
  Object checked(T value) {
    return toWire.apply(value);
  }

  void write(T value, RecordWriter out) {
    wire.write(toWire.apply(value), out, 0);
  }

  T read(int tag, RecordReader in) {
    return reading.read(tag, in);
  }

  @Override
  public String toString() {
    return name;
  }
}

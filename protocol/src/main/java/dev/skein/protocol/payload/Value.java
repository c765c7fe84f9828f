package dev.skein.protocol.payload;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A typed value that travels: a property of a room, a shared object. Immutable as long as nobody
 * changes the array inside a {@link Blob}.
 */
public sealed interface Value {
  /** Wire tags (PROTOCOL §10.2); {@link #NONE} stands for "no value". */
  int NONE = 0;

  int FLAG = 1;
  int WHOLE = 2;
  int REAL = 3;
  int TEXT = 4;
  int BLOB = 5;

  /** True or false. */
  record Flag(boolean value) implements Value {}

  /** A whole number of 64 bits. */
  record Whole(long value) implements Value {}

  /** A floating-point number of 64 bits. */
  record Real(double value) implements Value {}

  /** A text. */
  record Text(String value) implements Value {}

  /** Raw bytes, compared by content. */
  @SuppressWarnings("ArrayRecordComponent")
  record Blob(byte[] value) implements Value {
    @Override
    public boolean equals(Object other) {
      return other instanceof Blob blob && Arrays.equals(value, blob.value);
    }

    @Override
    public int hashCode() {
      return Arrays.hashCode(value);
    }

    @Override
    public String toString() {
      return "Blob[" + value.length + " bytes]";
    }
  }

  static Value of(boolean value) {
    return new Flag(value);
  }

  static Value of(long value) {
    return new Whole(value);
  }

  static Value of(double value) {
    return new Real(value);
  }

  static Value of(String value) {
    return new Text(value);
  }

  static Value of(byte[] value) {
    return new Blob(value);
  }

  /**
   * The value as a whole number.
   *
   * @throws ClassCastException if it is of another type
   */
  default long asLong() {
    return ((Whole) this).value();
  }

  /**
   * The value as a number, whole or not.
   *
   * @throws ClassCastException if it is of another type
   */
  default double asDouble() {
    return this instanceof Whole whole ? whole.value() : ((Real) this).value();
  }

  /**
   * The value as a boolean.
   *
   * @throws ClassCastException if it is of another type
   */
  default boolean asBoolean() {
    return ((Flag) this).value();
  }

  /**
   * The value as a text.
   *
   * @throws ClassCastException if it is of another type
   */
  default String asText() {
    return ((Text) this).value();
  }

  /**
   * The value as bytes.
   *
   * @throws ClassCastException if it is of another type
   */
  default byte[] asBytes() {
    return ((Blob) this).value();
  }

  /** True for whole numbers and others. */
  default boolean isNumber() {
    return this instanceof Whole || this instanceof Real;
  }

  /** The bytes its content takes on the wire, without tag and length. */
  default int contentBytes() {
    return switch (this) {
      case Flag flag -> 1;
      case Whole whole -> Long.BYTES;
      case Real real -> Double.BYTES;
      case Text text -> text.value().getBytes(StandardCharsets.UTF_8).length;
      case Blob blob -> blob.value().length;
    };
  }
}

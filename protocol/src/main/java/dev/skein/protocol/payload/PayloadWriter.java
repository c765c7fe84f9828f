package dev.skein.protocol.payload;

import dev.skein.protocol.packet.BigEndian;
import dev.skein.protocol.packet.Varint;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.Optional;
import java.util.function.BiConsumer;

/** Writes the fields of a payload (PROTOCOL §10.2) one after the other. Confined to one thread. */
public final class PayloadWriter {
  private static final int FIRST_BYTES = 64;

  private byte[] bytes = new byte[FIRST_BYTES];
  private int length;

  public PayloadWriter() {}

  /** Starts with so many zero bytes, which the caller fills in later. */
  public PayloadWriter(int reservedBytes) {
    need(reservedBytes);
    length = reservedBytes;
  }

  /** Bytes written so far, reserved ones included. */
  public int length() {
    return length;
  }

  /** A copy of what was written. */
  public byte[] toBytes() {
    return Arrays.copyOf(bytes, length);
  }

  public PayloadWriter u8(int value) {
    need(1);
    bytes[length++] = (byte) value;
    return this;
  }

  public PayloadWriter u16(int value) {
    return u8(value >>> 8).u8(value);
  }

  public PayloadWriter i64(long value) {
    need(Long.BYTES);
    BigEndian.putLong(bytes, length, value);
    length += Long.BYTES;
    return this;
  }

  public PayloadWriter f64(double value) {
    return i64(Double.doubleToRawLongBits(value));
  }

  public PayloadWriter bool(boolean value) {
    return u8(value ? 1 : 0);
  }

  /**
   * A variable-length integer.
   *
   * @throws IllegalArgumentException if it is negative or above {@link Varint#MAX}
   */
  public PayloadWriter varint(long value) {
    need(Varint.MAX_BYTES);
    length = Varint.write(bytes, length, value);
    return this;
  }

  public PayloadWriter string(String value) {
    return blob(value.getBytes(StandardCharsets.UTF_8));
  }

  public PayloadWriter blob(byte[] value) {
    return varint(value.length).raw(value);
  }

  /** Bytes without their length. */
  public PayloadWriter raw(byte[] value) {
    return raw(value, 0, value.length);
  }

  /** Bytes of a part of an array, without their length. */
  public PayloadWriter raw(byte[] value, int offset, int count) {
    need(count);
    System.arraycopy(value, offset, bytes, length, count);
    length += count;
    return this;
  }

  public PayloadWriter value(Value value) {
    switch (value) {
      case Value.Flag flag -> u8(Value.FLAG).bool(flag.value());
      case Value.Whole whole -> u8(Value.WHOLE).i64(whole.value());
      case Value.Real real -> u8(Value.REAL).f64(real.value());
      case Value.Text text -> u8(Value.TEXT).string(text.value());
      case Value.Blob blob -> u8(Value.BLOB).blob(blob.value());
    }
    return this;
  }

  /** A value, or tag 0 for none. */
  public PayloadWriter optionalValue(Optional<Value> value) {
    return value.isPresent() ? value(value.get()) : u8(Value.NONE);
  }

  /** The count and the elements. */
  public <T> PayloadWriter list(Collection<T> elements, BiConsumer<PayloadWriter, T> element) {
    varint(elements.size());
    elements.forEach(each -> element.accept(this, each));
    return this;
  }

  /** The count and the texts. */
  public PayloadWriter strings(Collection<String> texts) {
    return list(texts, PayloadWriter::string);
  }

  private void need(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, length + count));
    }
  }
}

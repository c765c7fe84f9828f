package dev.skein.protocol.payload;

import dev.skein.protocol.packet.BigEndian;
import dev.skein.protocol.packet.Varint;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Reads the fields of a payload (PROTOCOL §10.2) one after the other. It never throws on malformed
 * bytes: the first field that does not decode makes {@link #ok} false for good, and that field and
 * all later ones read as zero or empty; so a decoder reads everything and asks once, at the end.
 * Confined to one thread.
 */
public final class PayloadReader {
  private static final byte[] NOTHING = {};

  private final byte[] bytes;
  private final int end;
  private int at;
  private boolean ok = true;

  /**
   * What the fields say, read one after the other; empty if they are malformed, if bytes are left
   * over, or if {@code fields} answers null: it knows no such payload.
   */
  public static <T> Optional<T> decode(
      byte[] payload, Function<PayloadReader, ? extends T> fields) {
    PayloadReader in = new PayloadReader(payload);
    T value = fields.apply(in);
    return in.finished() ? Optional.ofNullable(value) : Optional.empty();
  }

  public PayloadReader(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  /**
   * Reads a part of an array.
   *
   * @throws IndexOutOfBoundsException if the part is not within the array
   */
  public PayloadReader(byte[] bytes, int offset, int length) {
    java.util.Objects.checkFromIndexSize(offset, length, bytes.length);
    this.bytes = bytes;
    this.at = offset;
    this.end = offset + length;
  }

  /** True as long as every field so far was there and well-formed. */
  public boolean ok() {
    return ok;
  }

  /** True if every field was well-formed and nothing is left over. */
  public boolean finished() {
    return ok && at == end;
  }

  /** Bytes not yet read. */
  public int remaining() {
    return ok ? end - at : 0;
  }

  /** Where the next field starts in the array. */
  public int position() {
    return at;
  }

  /** Marks the payload as malformed: the caller found a field out of its range. */
  public void reject() {
    ok = false;
  }

  public int u8() {
    return has(1) ? bytes[at++] & 0xFF : 0;
  }

  public int u16() {
    return u8() << 8 | u8();
  }

  /** One byte of so many flags; any other bit must be 0. */
  public int flags(int count) {
    int value = u8();
    if (value >>> count != 0) {
      reject();
    }
    return ok ? value : 0;
  }

  /** Eight bytes, as a signed number. */
  public long i64() {
    if (!has(Long.BYTES)) {
      return 0;
    }
    long value = BigEndian.getLong(bytes, at);
    at += Long.BYTES;
    return value;
  }

  public double f64() {
    return Double.longBitsToDouble(i64());
  }

  /** One byte that must be 0 or 1. */
  public boolean bool() {
    int value = u8();
    if (value > 1) {
      reject();
    }
    return ok && value == 1;
  }

  public long varint() {
    if (!has(1)) {
      return 0;
    }
    int size = Varint.encodedBytes(bytes[at]);
    if (!has(size)) {
      return 0;
    }
    long value = Varint.read(bytes, at);
    at += size;
    return value;
  }

  /** A varint that must not be above {@code max}: a count, an index, a length. */
  public int varint(int max) {
    long value = varint();
    if (value > max) {
      reject();
    }
    return ok ? (int) value : 0;
  }

  /** A text of at most so many bytes of valid UTF-8. */
  public String string(int maxBytes) {
    int length = varint(maxBytes);
    if (!has(length)) {
      return "";
    }
    ByteBuffer text = ByteBuffer.wrap(bytes, at, length);
    at += length;
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(text).toString();
    } catch (CharacterCodingException malformed) {
      reject();
      return "";
    }
  }

  /** Length and bytes, copied. */
  public byte[] blob(int maxBytes) {
    int length = varint(maxBytes);
    return has(length) ? take(length) : NOTHING;
  }

  /** Everything that is left, copied. */
  public byte[] rest() {
    return ok ? take(end - at) : NOTHING;
  }

  /** A value, which must be there. */
  public Value value(int maxBytes) {
    return optionalValue(maxBytes)
        .orElseGet(() -> {
          reject();
          return Value.of(false);
        });
  }

  /** A value or none (tag 0). */
  public Optional<Value> optionalValue(int maxBytes) {
    int tag = u8();
    return switch (tag) {
      case Value.NONE -> Optional.empty();
      case Value.FLAG -> Optional.of(Value.of(bool()));
      case Value.WHOLE -> Optional.of(Value.of(i64()));
      case Value.REAL -> Optional.of(Value.of(f64()));
      case Value.TEXT -> Optional.of(Value.of(string(maxBytes)));
      case Value.BLOB -> Optional.of(Value.of(blob(maxBytes)));
      default -> {
        reject();
        yield Optional.empty();
      }
    };
  }

  /** A count and so many elements. */
  public <T> List<T> list(int maxCount, Function<PayloadReader, T> element) {
    int count = varint(maxCount);
    List<T> elements = new ArrayList<>();
    for (int i = 0; i < count && ok; i++) {
      elements.add(element.apply(this));
    }
    return List.copyOf(elements);
  }

  /** A count and so many keys, each with its value; they stay in their order. */
  public <K, V> Map<K, V> map(
      int maxCount, Function<PayloadReader, K> key, Function<PayloadReader, V> value) {
    int count = varint(maxCount);
    Map<K, V> entries = new LinkedHashMap<>();
    for (int i = 0; i < count && ok; i++) {
      entries.put(key.apply(this), value.apply(this));
    }
    return entries;
  }

  /** What a field means; one that means nothing is malformed, and read as the other value. */
  public <T> T known(Optional<T> meaning, T otherwise) {
    if (meaning.isEmpty()) {
      reject();
    }
    return meaning.orElse(otherwise);
  }

  private byte[] take(int length) {
    if (length == 0) {
      return NOTHING;
    }
    byte[] copy = new byte[length];
    System.arraycopy(bytes, at, copy, 0, length);
    at += length;
    return copy;
  }

  private boolean has(int count) {
    if (ok && count > end - at) {
      ok = false;
    }
    return ok;
  }
}

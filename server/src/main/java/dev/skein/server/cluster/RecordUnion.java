package dev.skein.server.cluster;

import dev.skein.protocol.record.MalformedRecordException;
import dev.skein.protocol.record.RecordCodec;
import java.util.List;

/** Bytes for records of a few types: the type's place in the list, then the record. */
final class RecordUnion<T> {
  private final List<Class<? extends Record>> types;
  private final Class<T> common;

  RecordUnion(Class<T> common, List<Class<? extends Record>> types) {
    this.common = common;
    this.types = List.copyOf(types);
  }

  byte[] encode(Record value) {
    int tag = types.indexOf(value.getClass());
    if (tag < 0) {
      throw new IllegalArgumentException(value.getClass() + " is not of this union");
    }
    byte[] fields = RecordCodec.encodeRecord(value);
    byte[] bytes = new byte[1 + fields.length];
    bytes[0] = (byte) tag;
    System.arraycopy(fields, 0, bytes, 1, fields.length);
    return bytes;
  }

  /**
   * @throws IllegalArgumentException if the bytes are no record of these types
   */
  T decode(byte[] bytes) {
    if (bytes.length == 0 || bytes[0] < 0 || bytes[0] >= types.size()) {
      throw new IllegalArgumentException("not a " + common.getSimpleName());
    }
    try {
      return common.cast(RecordCodec.of(types.get(bytes[0])).decode(bytes, 1, bytes.length - 1));
    } catch (MalformedRecordException e) {
      throw new IllegalArgumentException("not a " + common.getSimpleName() + ": " + e.getMessage());
    }
  }
}

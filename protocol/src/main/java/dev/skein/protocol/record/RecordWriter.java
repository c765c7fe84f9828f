package dev.skein.protocol.record;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** A growing array of big-endian values. Confined to the encoding call. */
final class RecordWriter {
  private byte[] bytes = new byte[64];
  private int size;

  void int8(int value) {
    room(1);
    bytes[size++] = (byte) value;
  }

  void int16(int value) {
    fixed(value, 2);
  }

  void int32(int value) {
    fixed(value, 4);
  }

  void int64(long value) {
    fixed(value, 8);
  }

  /** The varint of RFC 9000 §16. */
  void count(int value) {
    if (value < 0x40) {
      int8(value);
    } else if (value < 0x4000) {
      int16(value | 0x4000);
    } else if (value < 0x4000_0000) {
      int32(value | 0x8000_0000);
    } else {
      fixed(value | 0xc000_0000_0000_0000L, 8);
    }
  }

  void string(String text) {
    blob(text.getBytes(StandardCharsets.UTF_8));
  }

  void blob(byte[] content) {
    count(content.length);
    room(content.length);
    System.arraycopy(content, 0, bytes, size, content.length);
    size += content.length;
  }

  byte[] toByteArray() {
    return Arrays.copyOf(bytes, size);
  }

  private void fixed(long value, int width) {
    room(width);
    for (int shift = (width - 1) * Byte.SIZE; shift >= 0; shift -= Byte.SIZE) {
      bytes[size++] = (byte) (value >>> shift);
    }
  }

  private void room(int more) {
    if (bytes.length - size < more) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(size, more)));
    }
  }
}

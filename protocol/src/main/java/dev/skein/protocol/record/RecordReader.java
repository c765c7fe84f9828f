package dev.skein.protocol.record;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Reads big-endian values and never beyond the end. Confined to the decoding call. */
final class RecordReader {
  private final byte[] bytes;
  private final int end;
  private int at;

  RecordReader(byte[] bytes, int offset, int length) {
    this.bytes = bytes;
    this.at = offset;
    this.end = offset + length;
  }

  int remaining() {
    return end - at;
  }

  int uint8() {
    return (int) fixed(1);
  }

  byte int8() {
    return (byte) fixed(1);
  }

  short int16() {
    return (short) fixed(2);
  }

  int int32() {
    return (int) fixed(4);
  }

  long int64() {
    return fixed(8);
  }

  boolean bool() {
    return switch (uint8()) {
      case 0 -> false;
      case 1 -> true;
      default -> throw new MalformedRecordException("a bool is neither 0 nor 1");
    };
  }

  /**
   * A varint that counts things of at least one byte each: more than could be there is refused
   * before anything is allocated.
   */
  int count() {
    need(1);
    int width = 1 << ((bytes[at] & 0xff) >>> 6);
    long value = fixed(width) & (-1L >>> (66 - width * Byte.SIZE));
    if (value > remaining()) {
      throw new MalformedRecordException(
          "a count of " + value + " does not fit the " + remaining() + " bytes left");
    }
    return (int) value;
  }

  byte[] blob() {
    int length = count();
    at += length;
    return Arrays.copyOfRange(bytes, at - length, at);
  }

  String string() {
    int length = count();
    at += length;
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(bytes, at - length, length))
          .toString();
    } catch (CharacterCodingException e) {
      throw new MalformedRecordException("a string is not UTF-8", e);
    }
  }

  void skip(int count) {
    need(count);
    at += count;
  }

  private long fixed(int width) {
    need(width);
    long value = 0;
    for (int i = 0; i < width; i++) {
      value = value << Byte.SIZE | (bytes[at++] & 0xff);
    }
    return value;
  }

  private void need(int count) {
    if (count > remaining()) {
      throw new MalformedRecordException(
          count + " bytes are needed where " + remaining() + " are left");
    }
  }
}

package dev.skein.room;

import dev.skein.module.Malformed;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.RoomWire;
import java.nio.charset.StandardCharsets;

/** Checks and sums that the parts of a room share. */
final class Limits {
  private Limits() {}

  /** Throws unless the key is 1 to 128 bytes. */
  static void key(String key) {
    int bytes = utf8Bytes(key);
    if (bytes == 0) {
      throw Malformed.field("a key must not be empty");
    }
    if (bytes > RoomWire.KEY_MAX_BYTES) {
      throw Refusal.tooLarge("the key");
    }
  }

  /** Throws if the value's content is larger. */
  static void value(String what, Value value, int maxBytes) {
    if (value.contentBytes() > maxBytes) {
      throw Refusal.tooLarge(what);
    }
  }

  /** Throws unless it is 0 to a year. */
  static void ttl(long ttlMillis) {
    if (ttlMillis < 0 || ttlMillis > RoomOptions.TIME_MAX_MILLIS) {
      throw Malformed.field("ttlMillis " + ttlMillis + " is out of range");
    }
  }

  static int utf8Bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** The sum of two numbers: whole if both are. */
  static Value sum(Value one, Value other) {
    numbers(one, other);
    if (one instanceof Value.Whole(long a) && other instanceof Value.Whole(long b)) {
      long sum = a + b;
      if (((a ^ sum) & (b ^ sum)) < 0) {
        throw Refusal.wrongType("the sum does not fit into 64 bits");
      }
      return Value.of(sum);
    }
    return Value.of(one.asDouble() + other.asDouble());
  }

  /** The smaller number; of equal ones the first. */
  static Value min(Value one, Value other) {
    return less(other, one) ? other : one;
  }

  /** The larger number; of equal ones the first. */
  static Value max(Value one, Value other) {
    return less(one, other) ? other : one;
  }

  private static boolean less(Value one, Value other) {
    numbers(one, other);
    return (one instanceof Value.Whole(long a) && other instanceof Value.Whole(long b))
        ? a < b
        : one.asDouble() < other.asDouble();
  }

  private static void numbers(Value one, Value other) {
    if (!one.isNumber() || !other.isNumber()) {
      throw Refusal.wrongType("both values must be numbers");
    }
  }
}

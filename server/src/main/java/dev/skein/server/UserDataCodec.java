package dev.skein.server;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.record.MalformedRecordException;
import dev.skein.protocol.record.RecordCodec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A user's data as bytes, for the way to another node, each value with its Java type. Records
 * travel by the name of their class, and only classes the game has declared are ever made.
 * Immutable; any thread.
 */
final class UserDataCodec {
  private static final int BOOLEAN = 1;
  private static final int BYTE = 2;
  private static final int SHORT = 3;
  private static final int INTEGER = 4;
  private static final int LONG = 5;
  private static final int FLOAT = 6;
  private static final int DOUBLE = 7;
  private static final int CHARACTER = 8;
  private static final int STRING = 9;
  private static final int BYTES = 10;
  private static final int RECORD = 11;
  private static final int LIST = 12;

  private static final int NAME_MAX_BYTES = 1024;
  private static final int DEPTH_MAX = 16;

  private final Map<String, Class<? extends Record>> recordTypes;

  /**
   * @param recordTypes the classes of records that may travel
   * @throws IllegalArgumentException if one of them cannot be encoded
   */
  UserDataCodec(Collection<Class<? extends Record>> recordTypes) {
    recordTypes.forEach(RecordCodec::of);
    this.recordTypes =
        recordTypes.stream()
            .distinct()
            .collect(Collectors.toMap(Class::getName, Function.identity()));
  }

  /**
   * The values as bytes.
   *
   * @throws IllegalArgumentException if one holds a record that was not declared; the text says so
   */
  byte[] encode(Map<String, Object> values) {
    PayloadWriter out = new PayloadWriter();
    out.varint(values.size());
    values.forEach((key, value) -> {
      out.string(key);
      write(out, value, DEPTH_MAX);
    });
    return out.toBytes();
  }

  private void write(PayloadWriter out, Object value, int depth) {
    switch (value) {
      case Boolean each -> out.u8(BOOLEAN).bool(each);
      case Byte each -> out.u8(BYTE).i64(each);
      case Short each -> out.u8(SHORT).i64(each);
      case Integer each -> out.u8(INTEGER).i64(each);
      case Long each -> out.u8(LONG).i64(each);
      case Float each -> out.u8(FLOAT).f64(each);
      case Double each -> out.u8(DOUBLE).f64(each);
      case Character each -> out.u8(CHARACTER).u16(each);
      case String each -> out.u8(STRING).string(each);
      case byte[] each -> out.u8(BYTES).blob(each);
      case Record each -> {
        String name = each.getClass().getName();
        if (!recordTypes.containsKey(name)) {
          throw new IllegalArgumentException(
              "user data holds a " + name + ", which ServerBuilder.userDataTypes does not name");
        }
        out.u8(RECORD).string(name).blob(RecordCodec.encodeRecord(each));
      }
      case List<?> list -> {
        if (depth == 0) {
          throw new IllegalArgumentException("user data nests lists deeper than " + DEPTH_MAX);
        }
        out.u8(LIST).varint(list.size());
        list.forEach(element -> write(out, element, depth - 1));
      }
      default ->
          throw new IllegalArgumentException("user data holds a " + value.getClass().getName());
    }
  }

  /** The values these bytes stand for; empty if they are malformed or hold an unknown record. */
  Optional<Map<String, Object>> decode(byte[] bytes, int maxKeys) {
    PayloadReader in = new PayloadReader(bytes);
    int count = in.varint(maxKeys);
    Map<String, Object> values = new HashMap<>();
    for (int i = 0; i < count && in.ok(); i++) {
      String key = in.string(bytes.length);
      values.put(key, read(in, bytes.length, DEPTH_MAX));
    }
    return in.finished() ? Optional.of(values) : Optional.empty();
  }

  private Object read(PayloadReader in, int maxBytes, int depth) {
    return switch (in.u8()) {
      case BOOLEAN -> in.bool();
      case BYTE -> (byte) in.i64();
      case SHORT -> (short) in.i64();
      case INTEGER -> (int) in.i64();
      case LONG -> in.i64();
      case FLOAT -> (float) in.f64();
      case DOUBLE -> in.f64();
      case CHARACTER -> (char) in.u16();
      case STRING -> in.string(maxBytes);
      case BYTES -> in.blob(maxBytes);
      case RECORD -> record(in, in.string(NAME_MAX_BYTES), in.blob(maxBytes));
      case LIST -> list(in, maxBytes, depth);
      default -> {
        in.reject();
        yield "";
      }
    };
  }

  private Object record(PayloadReader in, String name, byte[] bytes) {
    Class<? extends Record> type = recordTypes.get(name);
    if (type != null) {
      try {
        return RecordCodec.of(type).decode(bytes);
      } catch (MalformedRecordException e) {
        in.reject();
        return "";
      }
    }
    in.reject();
    return "";
  }

  private Object list(PayloadReader in, int maxBytes, int depth) {
    int count = in.varint(in.remaining());
    List<Object> list = new ArrayList<>();
    if (depth == 0) {
      in.reject();
    }
    for (int i = 0; i < count && in.ok(); i++) {
      list.add(read(in, maxBytes, depth - 1));
    }
    return List.copyOf(list);
  }
}

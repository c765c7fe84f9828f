package dev.skein.protocol.dive;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is done to one key. The same bytes travel from a client to its node and from there to the
 * key's owner. Times to live are milliseconds; 0 is for ever.
 */
public sealed interface DiveOperation {
  /** The most values of one push, and of one range. */
  int VALUES_MAX_COUNT = 1000;

  /** No value is larger; a storage's own limit is smaller. */
  int VALUE_MAX_BYTES = 1 << 20;

  /** The command that carries it. */
  default int cmd() {
    return switch (this) {
      case Get get -> DiveCmd.GET;
      case Set set -> DiveCmd.SET;
      case SetIfAbsent setIfAbsent -> DiveCmd.SET_IF_ABSENT;
      case Delete delete -> DiveCmd.DELETE;
      case Expire expire -> DiveCmd.EXPIRE;
      case Ttl ttl -> DiveCmd.TTL;
      case Increment increment -> DiveCmd.INCREMENT;
      case Push push -> DiveCmd.PUSH;
      case Pop pop -> DiveCmd.POP;
      case Range range -> DiveCmd.RANGE;
    };
  }

  /** Appends what the command says besides storage and key. */
  default void write(PayloadWriter out) {
    switch (this) {
      case Get() -> {}
      case Set(var value, var ttlMillis) -> out.value(value).varint(ttlMillis);
      case SetIfAbsent(var value, var ttlMillis) -> out.value(value).varint(ttlMillis);
      case Delete() -> {}
      case Expire(var ttlMillis) -> out.varint(ttlMillis);
      case Ttl() -> {}
      case Increment(var delta) -> out.i64(delta);
      case Push(var end, var values) -> out.u8(end.code()).list(values, PayloadWriter::value);
      case Pop(var end) -> out.u8(end.code());
      case Range(var from, var to) -> out.varint(from).varint(to);
    }
  }

  /** The command's number and the operation: enough to read it back. */
  default byte[] encode() {
    PayloadWriter out = new PayloadWriter().u16(cmd());
    write(out);
    return out.toBytes();
  }

  /** Reads the value. */
  record Get() implements DiveOperation {}

  /** Sets the value, whatever was there. */
  record Set(Value value, long ttlMillis) implements DiveOperation {}

  /** Sets the value if nothing is there. */
  record SetIfAbsent(Value value, long ttlMillis) implements DiveOperation {}

  /** Removes value or list. */
  record Delete() implements DiveOperation {}

  /** Gives what is there another time to live, from now. */
  record Expire(long ttlMillis) implements DiveOperation {}

  /** Reads how long it has to live. */
  record Ttl() implements DiveOperation {}

  /** Adds to a whole number; one that is not there counts as zero. Its time to live stays. */
  record Increment(long delta) implements DiveOperation {}

  /** Adds to an end of a list, one value after the other; makes it if it is not there. */
  record Push(End end, List<Value> values) implements DiveOperation {}

  /** Takes a value from an end of a list; with the last one the list goes. */
  record Pop(End end) implements DiveOperation {}

  /** Reads values of a list, from the first index to before the last. */
  record Range(int from, int to) implements DiveOperation {}

  /** The operation that {@link #encode} wrote; empty if it is malformed. */
  static Optional<DiveOperation> decode(byte[] bytes) {
    return PayloadReader.decode(bytes, in -> read(in.u16(), in));
  }

  /** The operation of a command; null if there is no such command. */
  static @Nullable DiveOperation read(int cmd, PayloadReader in) {
    return switch (cmd) {
      case DiveCmd.GET -> new Get();
      case DiveCmd.SET -> new Set(in.value(VALUE_MAX_BYTES), in.varint());
      case DiveCmd.SET_IF_ABSENT -> new SetIfAbsent(in.value(VALUE_MAX_BYTES), in.varint());
      case DiveCmd.DELETE -> new Delete();
      case DiveCmd.EXPIRE -> new Expire(in.varint());
      case DiveCmd.TTL -> new Ttl();
      case DiveCmd.INCREMENT -> new Increment(in.i64());
      case DiveCmd.PUSH -> new Push(end(in), readValues(in));
      case DiveCmd.POP -> new Pop(end(in));
      case DiveCmd.RANGE -> new Range(in.varint(Integer.MAX_VALUE), in.varint(Integer.MAX_VALUE));
      default -> null;
    };
  }

  private static End end(PayloadReader in) {
    return in.known(End.of(in.u8()), End.FIRST);
  }

  /** A list of values with its count. */
  static List<Value> readValues(PayloadReader in) {
    return in.list(VALUES_MAX_COUNT, each -> each.value(VALUE_MAX_BYTES));
  }
}

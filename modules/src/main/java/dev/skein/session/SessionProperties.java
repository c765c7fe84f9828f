package dev.skein.session;

import dev.skein.module.Malformed;
import dev.skein.protocol.party.PartyReply;
import dev.skein.protocol.party.PartyWire;
import dev.skein.protocol.payload.Value;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** The rules of a session's typed properties. Pure; any thread. */
final class SessionProperties {
  private SessionProperties() {}

  /** Decides an operation on properties; gives the payload of its reply. */
  static byte[] decide(SessionState now, Operation operation, Consumer<News> hear) {
    return switch (operation) {
      case Operation.Change(String by, var changes) -> {
        checkMember(now, by);
        change(now, changes, hear);
        yield new PartyReply.Done().encode();
      }
      case Operation.Replace(String by, String key, Optional<Value> expected, Value value) -> {
        checkMember(now, by);
        Optional<Value> there = Optional.ofNullable(now.properties().get(key));
        boolean replaced = there.equals(expected);
        if (replaced) {
          change(now, Map.of(key, Optional.of(value)), hear);
        }
        yield new PartyReply.Replaced(replaced, replaced ? Optional.of(value) : there).encode();
      }
      case Operation.Increment(String by, String key, Value delta) -> {
        checkMember(now, by);
        Value sum = sum(now.properties().getOrDefault(key, Value.of(0)), delta);
        change(now, Map.of(key, Optional.of(sum)), hear);
        yield new PartyReply.Now(sum).encode();
      }
      default -> throw new IllegalArgumentException(operation + " is about no property");
    };
  }

  private static void checkMember(SessionState now, String by) {
    if (!by.isEmpty() && !now.members().containsKey(by)) {
      throw Refusal.notAMember();
    }
  }

  private static void change(
      SessionState now, Map<String, Optional<Value>> changes, Consumer<News> hear) {
    Map<String, Value> next = new LinkedHashMap<>(now.properties());
    Map<String, Optional<Value>> real = new LinkedHashMap<>();
    changes.forEach((key, value) -> {
      checkKey(key);
      Value before = value.isPresent() ? next.put(key, value.get()) : next.remove(key);
      if (!value.equals(Optional.ofNullable(before))) {
        real.put(key, value);
      }
    });
    if (next.size() > now.options().propertiesMaxCount()) {
      throw Refusal.tooManyProperties();
    }
    int bytes = 0;
    for (Map.Entry<String, Value> property : next.entrySet()) {
      bytes += utf8Bytes(property.getKey()) + property.getValue().contentBytes();
    }
    if (bytes > now.options().propertiesMaxBytes()) {
      throw Refusal.tooLarge("the sum of properties");
    }
    if (!real.isEmpty()) {
      hear.accept(new News.Changed(real));
    }
  }

  private static void checkKey(String key) {
    int bytes = utf8Bytes(key);
    if (bytes == 0) {
      throw Malformed.field("a key must not be empty");
    }
    if (bytes > PartyWire.KEY_MAX_BYTES) {
      throw Refusal.tooLarge("the key");
    }
  }

  private static int utf8Bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8).length;
  }

  /** Whole if both are. */
  private static Value sum(Value one, Value other) {
    if (!one.isNumber() || !other.isNumber()) {
      throw Refusal.wrongType("both values must be numbers");
    }
    if (one instanceof Value.Whole(long a) && other instanceof Value.Whole(long b)) {
      long sum = a + b;
      if (((a ^ sum) & (b ^ sum)) < 0) {
        throw Refusal.wrongType("the sum does not fit into 64 bits");
      }
      return Value.of(sum);
    }
    return Value.of(one.asDouble() + other.asDouble());
  }
}

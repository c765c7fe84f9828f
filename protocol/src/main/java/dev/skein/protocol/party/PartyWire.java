package dev.skein.protocol.party;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Limits of the wire that hold for every session, and lists shared by requests and events. */
public final class PartyWire {
  /** The longest uid. */
  public static final int UID_MAX_BYTES = 128;

  /** The longest session id. */
  public static final int ID_MAX_BYTES = 64;

  /** The longest type. */
  public static final int TYPE_MAX_BYTES = 64;

  /** The longest key of a property. */
  public static final int KEY_MAX_BYTES = 128;

  /** The most elements of a list in one payload. */
  public static final int LIST_MAX_COUNT = 1000;

  /** No field is longer; a session's own limits are smaller. */
  public static final int MAX_BYTES = 1 << 20;

  private PartyWire() {}

  /** Count and texts. */
  public static List<String> readStrings(PayloadReader in, int maxBytes) {
    return in.list(LIST_MAX_COUNT, each -> each.string(maxBytes));
  }

  /** Count, and keys with their values; an empty value stands for "removed". */
  public static void writeChanges(PayloadWriter out, Map<String, Optional<Value>> changes) {
    out.varint(changes.size());
    changes.forEach((key, value) -> out.string(key).optionalValue(value));
  }

  /** Count, and keys with their values; an empty value stands for "removed". */
  public static Map<String, Optional<Value>> readChanges(PayloadReader in) {
    return in.map(LIST_MAX_COUNT, PartyWire::readKey, each -> each.optionalValue(MAX_BYTES));
  }

  /** Count, and keys with their values. */
  public static void writeValues(PayloadWriter out, Map<String, Value> values) {
    out.varint(values.size());
    values.forEach((key, value) -> out.string(key).value(value));
  }

  /** Count, and keys with their values. */
  public static Map<String, Value> readValues(PayloadReader in) {
    return in.map(LIST_MAX_COUNT, PartyWire::readKey, each -> each.value(MAX_BYTES));
  }

  private static String readKey(PayloadReader in) {
    return in.string(KEY_MAX_BYTES);
  }
}

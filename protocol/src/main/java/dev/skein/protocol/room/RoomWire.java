package dev.skein.protocol.room;

import dev.skein.protocol.payload.PayloadReader;
import java.util.List;

/** Limits of the wire that hold for every room, and lists shared by requests and events. */
public final class RoomWire {
  /** The longest uid. */
  public static final int UID_MAX_BYTES = 128;

  /** The longest room id. */
  public static final int ID_MAX_BYTES = 64;

  /** The longest type. */
  public static final int TYPE_MAX_BYTES = 64;

  /** The longest key of a property or object. */
  public static final int KEY_MAX_BYTES = 128;

  /** The most elements of a list in one payload; also the largest room. */
  public static final int LIST_MAX_COUNT = 1000;

  /** No field is longer; the room's own limits are smaller. */
  public static final int MAX_BYTES = 1 << 20;

  private RoomWire() {}

  static List<String> readStrings(PayloadReader in, int maxBytes) {
    return in.list(LIST_MAX_COUNT, each -> each.string(maxBytes));
  }
}

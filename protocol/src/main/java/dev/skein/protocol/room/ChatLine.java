package dev.skein.protocol.room;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;

/**
 * One line of a room's chat.
 *
 * @param id counts the room's lines from 1
 * @param uid who said it; empty for the server
 * @param atMillis Unix time by the node's clock
 * @param text what was said, after the game's hook
 */
public record ChatLine(long id, String uid, long atMillis, String text) {

  /** Appends the line. */
  public void write(PayloadWriter out) {
    out.varint(id).string(uid).i64(atMillis).string(text);
  }

  /** Reads a line; the reader tells whether it was well-formed. */
  public static ChatLine read(PayloadReader in) {
    return new ChatLine(
        in.varint(), in.string(RoomWire.UID_MAX_BYTES), in.i64(), in.string(RoomWire.MAX_BYTES));
  }
}

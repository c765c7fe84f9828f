package dev.skein.protocol.room;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;

/**
 * A room from outside, at one moment.
 *
 * @param id the room's id
 * @param type the type it was made with
 * @param members how many are in it
 * @param reserved places kept for users who are not in it yet
 * @param maxMembers its capacity
 * @param registered whether random joins and finds by type see it
 * @param createdAtMillis Unix time by the node's clock
 */
public record RoomStat(
    String id,
    String type,
    int members,
    int reserved,
    int maxMembers,
    boolean registered,
    long createdAtMillis) {

  /** Appends the fields. */
  public void write(PayloadWriter out) {
    out.string(id).string(type).varint(members).varint(reserved).varint(maxMembers);
    out.bool(registered).i64(createdAtMillis);
  }

  /** Reads the fields; the reader tells whether they were well-formed. */
  public static RoomStat read(PayloadReader in) {
    return new RoomStat(
        in.string(RoomWire.ID_MAX_BYTES),
        in.string(RoomWire.TYPE_MAX_BYTES),
        in.varint(Integer.MAX_VALUE),
        in.varint(Integer.MAX_VALUE),
        in.varint(Integer.MAX_VALUE),
        in.bool(),
        in.i64());
  }
}

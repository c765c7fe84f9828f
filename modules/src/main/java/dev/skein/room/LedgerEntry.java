package dev.skein.room;

import dev.skein.protocol.record.RecordCodec;
import dev.skein.protocol.room.ChatLine;
import java.util.List;

/**
 * What has become of a room with backups since its last entry: what is new of its state, and what
 * it tells because of that. Done twice it is the same as once.
 *
 * @param closed whether the room is no more
 * @param charter one, or none if it is what it was
 * @param gone the numbers of members who are out
 * @param ended the numbers of lines that are no more
 * @param reservations all there are, if {@code reserved}
 * @param untold the keys of all changed objects that members have not been told of, if {@code
 *     objectsTold}
 * @param frames as {@link Frame#encode} writes them
 */
@SuppressWarnings("ArrayRecordComponent")
record LedgerEntry(
    long index,
    boolean closed,
    List<RoomCopy.Charter> charter,
    List<RoomCopy.Place> places,
    List<Integer> gone,
    List<RoomCopy.Way> ways,
    List<Long> ended,
    List<RoomCopy.Property> properties,
    List<String> removedProperties,
    List<RoomCopy.Thing> objects,
    List<String> removedObjects,
    boolean objectsTold,
    List<String> untold,
    List<ChatLine> chat,
    boolean reserved,
    List<RoomCopy.Reservation> reservations,
    byte[] frames) {
  private static final RecordCodec<LedgerEntry> CODEC = RecordCodec.of(LedgerEntry.class);

  byte[] encode() {
    return CODEC.encode(this);
  }

  static LedgerEntry decode(byte[] bytes) {
    return CODEC.decode(bytes);
  }
}

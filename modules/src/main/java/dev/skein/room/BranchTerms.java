package dev.skein.room;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.room.RoomWire;

/**
 * What a node has to know of a room of another node to serve members of it.
 *
 * @param number of the room on the wire of clients
 * @param channel of what the room says in order
 * @param merges whether the room gathers what is said for a broadcast interval
 * @param backed whether it has backups: it may come back when its node is lost
 */
record BranchTerms(
    String roomId, int number, int channel, int broadcastMaxBytes, boolean merges, boolean backed) {

  static BranchTerms of(LiveRoom room) {
    RoomOptions options = room.options();
    return new BranchTerms(
        room.id(),
        room.number(),
        options.channel(),
        options.broadcastMaxBytes(),
        options.broadcastIntervalMillis() > 0,
        options.backups() > 0);
  }

  PayloadWriter write(PayloadWriter out) {
    return out.string(roomId)
        .varint(number)
        .u8(channel)
        .varint(broadcastMaxBytes)
        .bool(merges)
        .bool(backed);
  }

  static BranchTerms read(PayloadReader in) {
    return new BranchTerms(
        in.string(RoomWire.ID_MAX_BYTES),
        in.varint(Integer.MAX_VALUE),
        in.u8(),
        in.varint(Integer.MAX_VALUE),
        in.bool(),
        in.bool());
  }
}

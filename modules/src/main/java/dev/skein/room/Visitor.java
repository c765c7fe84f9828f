package dev.skein.room;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.room.RoomWire;
import dev.skein.server.Role;
import dev.skein.server.User;

/**
 * What a room's node is told of a user who is connected to another node.
 *
 * @param host the client's address and port, as text and number
 */
record Visitor(String uid, String sid, Role role, String host, int port) {
  private static final int HOST_MAX_BYTES = 64;

  static Visitor of(User user) {
    return new Visitor(
        user.uid(),
        user.sid(),
        user.role(),
        user.remoteAddress().getHostString(),
        user.remoteAddress().getPort());
  }

  void write(PayloadWriter out) {
    out.string(uid).string(sid).u8(role.ordinal()).string(host).u16(port);
  }

  static Visitor read(PayloadReader in) {
    return new Visitor(
        in.string(RoomWire.UID_MAX_BYTES),
        in.string(RoomWire.UID_MAX_BYTES),
        Role.values()[in.u8() % Role.values().length],
        in.string(HOST_MAX_BYTES),
        in.u16());
  }
}

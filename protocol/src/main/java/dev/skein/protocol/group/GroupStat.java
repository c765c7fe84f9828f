package dev.skein.protocol.group;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;

/**
 * A group's numbers, as its home knows them.
 *
 * @param id the group's id
 * @param type its type
 * @param members users in it, on all nodes
 * @param nodes nodes that have any of them
 * @param registered whether random joins find it
 */
public record GroupStat(String id, String type, long members, int nodes, boolean registered) {

  void write(PayloadWriter out) {
    out.string(id).string(type).varint(members).varint(nodes).bool(registered);
  }

  static GroupStat read(PayloadReader in) {
    return new GroupStat(
        in.string(GroupWire.ID_MAX_BYTES),
        in.string(GroupWire.TYPE_MAX_BYTES),
        in.varint(),
        in.varint(Integer.MAX_VALUE),
        in.bool());
  }
}

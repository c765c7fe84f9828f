package dev.skein.protocol.group;

import dev.skein.protocol.payload.Payload;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import java.util.Map;
import java.util.Optional;

/** Payloads of OK responses to group commands; to the others it is empty. */
public sealed interface GroupReply extends Payload {

  /**
   * To CREATE, JOIN and JOIN_RANDOM.
   *
   * @param group the group's number
   * @param created whether the command made the group
   * @param groupId its id
   */
  record Entry(long group, boolean created, String groupId) implements GroupReply {
    @Override
    public void write(PayloadWriter out) {
      out.varint(group).bool(created).string(groupId);
    }

    /** Empty if malformed. */
    public static Optional<Entry> decode(byte[] payload) {
      return PayloadReader.decode(
          payload, in -> new Entry(in.varint(), in.bool(), in.string(GroupWire.ID_MAX_BYTES)));
    }
  }

  /** To STAT. */
  record Stat(GroupStat stat) implements GroupReply {
    @Override
    public void write(PayloadWriter out) {
      stat.write(out);
    }

    /** Empty if malformed. */
    public static Optional<Stat> decode(byte[] payload) {
      return PayloadReader.decode(payload, in -> new Stat(GroupStat.read(in)));
    }
  }

  /** To LIST: the user's groups by number. */
  record Own(Map<Long, String> groupIds) implements GroupReply {
    @Override
    public void write(PayloadWriter out) {
      out.varint(groupIds.size());
      groupIds.forEach((group, groupId) -> out.varint(group).string(groupId));
    }

    /** Empty if malformed. */
    public static Optional<Own> decode(byte[] payload) {
      return PayloadReader.decode(
          payload,
          in ->
              new Own(
                  in.map(
                      GroupWire.LIST_MAX_COUNT,
                      each -> each.varint(),
                      each -> each.string(GroupWire.ID_MAX_BYTES))));
    }
  }
}

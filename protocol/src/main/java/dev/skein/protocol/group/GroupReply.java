package dev.skein.protocol.group;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Payloads of OK responses to group commands; to the others it is empty. */
public sealed interface GroupReply {

  /** Appends the payload. */
  void write(PayloadWriter out);

  /** The payload. */
  default byte[] encode() {
    PayloadWriter out = new PayloadWriter();
    write(out);
    return out.toBytes();
  }

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
      PayloadReader in = new PayloadReader(payload);
      Entry entry = new Entry(in.varint(), in.bool(), in.string(GroupWire.ID_MAX_BYTES));
      return in.finished() ? Optional.of(entry) : Optional.empty();
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
      PayloadReader in = new PayloadReader(payload);
      Stat stat = new Stat(GroupStat.read(in));
      return in.finished() ? Optional.of(stat) : Optional.empty();
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
      PayloadReader in = new PayloadReader(payload);
      int count = in.varint(GroupWire.LIST_MAX_COUNT);
      Map<Long, String> groupIds = new LinkedHashMap<>();
      for (int i = 0; i < count && in.ok(); i++) {
        groupIds.put(in.varint(), in.string(GroupWire.ID_MAX_BYTES));
      }
      return in.finished() ? Optional.of(new Own(groupIds)) : Optional.empty();
    }
  }
}

package dev.skein.protocol.party;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Payloads of OK responses to the Session module's commands. */
public sealed interface PartyReply {

  /** Appends the payload. */
  void write(PayloadWriter out);

  /** The payload. */
  default byte[] encode() {
    PayloadWriter out = new PayloadWriter();
    write(out);
    return out.toBytes();
  }

  /** To all the others: nothing. */
  record Done() implements PartyReply {
    @Override
    public void write(PayloadWriter out) {}
  }

  /** To CREATE and JOIN. */
  record Entry(String type, String sessionId) implements PartyReply {
    @Override
    public void write(PayloadWriter out) {
      out.string(type).string(sessionId);
    }

    /** Empty if malformed. */
    public static Optional<Entry> decode(byte[] payload) {
      PayloadReader in = new PayloadReader(payload);
      Entry entry =
          new Entry(in.string(PartyWire.TYPE_MAX_BYTES), in.string(PartyWire.ID_MAX_BYTES));
      return in.finished() ? Optional.of(entry) : Optional.empty();
    }
  }

  /** To INVITE: those who are invited and could not be told, because they are not connected. */
  record Unreached(List<String> uids) implements PartyReply {
    @Override
    public void write(PayloadWriter out) {
      PartyWire.writeStrings(out, uids);
    }

    /** Empty if malformed. */
    public static Optional<Unreached> decode(byte[] payload) {
      PayloadReader in = new PayloadReader(payload);
      Unreached unreached = new Unreached(PartyWire.readStrings(in, PartyWire.UID_MAX_BYTES));
      return in.finished() ? Optional.of(unreached) : Optional.empty();
    }
  }

  /** To REPLACE_PROPERTY: whether it was replaced, and the value now (empty: not there). */
  record Replaced(boolean replaced, Optional<Value> value) implements PartyReply {
    @Override
    public void write(PayloadWriter out) {
      out.bool(replaced).optionalValue(value);
    }

    /** Empty if malformed. */
    public static Optional<Replaced> decode(byte[] payload) {
      PayloadReader in = new PayloadReader(payload);
      Replaced replaced = new Replaced(in.bool(), in.optionalValue(PartyWire.MAX_BYTES));
      return in.finished() ? Optional.of(replaced) : Optional.empty();
    }
  }

  /** To INCREMENT_PROPERTY: the value now. */
  record Now(Value value) implements PartyReply {
    @Override
    public void write(PayloadWriter out) {
      out.value(value);
    }

    /** Empty if malformed. */
    public static Optional<Now> decode(byte[] payload) {
      PayloadReader in = new PayloadReader(payload);
      Now now = new Now(in.value(PartyWire.MAX_BYTES));
      return in.finished() ? Optional.of(now) : Optional.empty();
    }
  }

  /** To LIST: ids by type. */
  record Own(Map<String, String> sessionIds) implements PartyReply {
    @Override
    public void write(PayloadWriter out) {
      out.varint(sessionIds.size());
      sessionIds.forEach((type, id) -> out.string(type).string(id));
    }

    /** Empty if malformed. */
    public static Optional<Own> decode(byte[] payload) {
      PayloadReader in = new PayloadReader(payload);
      int count = in.varint(PartyWire.LIST_MAX_COUNT);
      Map<String, String> ids = new LinkedHashMap<>();
      for (int i = 0; i < count && in.ok(); i++) {
        ids.put(in.string(PartyWire.TYPE_MAX_BYTES), in.string(PartyWire.ID_MAX_BYTES));
      }
      return in.finished() ? Optional.of(new Own(ids)) : Optional.empty();
    }
  }
}

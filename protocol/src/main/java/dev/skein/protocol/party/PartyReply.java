package dev.skein.protocol.party;

import dev.skein.protocol.payload.Payload;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Payloads of OK responses to the Session module's commands. */
public sealed interface PartyReply extends Payload {

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
      return PayloadReader.decode(
          payload,
          in -> new Entry(in.string(PartyWire.TYPE_MAX_BYTES), in.string(PartyWire.ID_MAX_BYTES)));
    }
  }

  /** To INVITE: those who are invited and could not be told, because they are not connected. */
  record Unreached(List<String> uids) implements PartyReply {
    @Override
    public void write(PayloadWriter out) {
      out.strings(uids);
    }

    /** Empty if malformed. */
    public static Optional<Unreached> decode(byte[] payload) {
      return PayloadReader.decode(
          payload, in -> new Unreached(PartyWire.readStrings(in, PartyWire.UID_MAX_BYTES)));
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
      return PayloadReader.decode(
          payload, in -> new Replaced(in.bool(), in.optionalValue(PartyWire.MAX_BYTES)));
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
      return PayloadReader.decode(payload, in -> new Now(in.value(PartyWire.MAX_BYTES)));
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
      return PayloadReader.decode(
          payload,
          in ->
              new Own(
                  in.map(
                      PartyWire.LIST_MAX_COUNT,
                      each -> each.string(PartyWire.TYPE_MAX_BYTES),
                      each -> each.string(PartyWire.ID_MAX_BYTES))));
    }
  }
}

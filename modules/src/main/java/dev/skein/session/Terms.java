package dev.skein.session;

import dev.skein.protocol.party.PartyWire;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;

/** What a session was made with, as it travels between nodes: {@link SessionOptions} and its id. */
record Terms(String id, SessionOptions options) {

  void write(PayloadWriter out) {
    out.string(id)
        .string(options.type())
        .varint(options.maxMembers())
        .bool(options.inviteOnly())
        .varint(options.emptyTtlMillis())
        .varint(options.rejoinTtlMillis())
        .varint(options.invitationTtlMillis())
        .varint(options.invitationsMaxCount())
        .varint(options.propertiesMaxCount())
        .varint(options.propertiesMaxBytes())
        .varint(options.dataMaxBytes())
        .varint(options.messageMaxBytes());
  }

  static Terms read(PayloadReader in) {
    return new Terms(
        in.string(PartyWire.ID_MAX_BYTES),
        new SessionOptions(
            in.string(PartyWire.TYPE_MAX_BYTES),
            in.varint(Integer.MAX_VALUE),
            in.bool(),
            in.varint(),
            in.varint(),
            in.varint(),
            in.varint(Integer.MAX_VALUE),
            in.varint(Integer.MAX_VALUE),
            in.varint(Integer.MAX_VALUE),
            in.varint(Integer.MAX_VALUE),
            in.varint(Integer.MAX_VALUE)));
  }
}

package dev.skein.session;

import dev.skein.protocol.Channel;
import dev.skein.protocol.party.PartyWire;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import java.util.List;

/** What nodes say to each other about sessions. */
sealed interface NodeMessage {

  /** News of a session, with the number of the first. */
  record Told(String id, long firstSeq, List<News> news) implements NodeMessage {}

  /** What a member said unreliably. */
  @SuppressWarnings("ArrayRecordComponent")
  record Loose(String id, String uid, Channel over, byte[] data) implements NodeMessage {}

  /** A question: let your user in. */
  @SuppressWarnings("ArrayRecordComponent")
  record Join(String id, String uid, byte[] message) implements NodeMessage {}

  default byte[] encode() {
    PayloadWriter out = new PayloadWriter();
    switch (this) {
      case Told(String id, long firstSeq, List<News> news) ->
          News.write(out.u8(1).string(id).varint(firstSeq), news);
      case Loose(String id, String uid, Channel over, byte[] data) ->
          out.u8(2).string(id).string(uid).u8(over.kind().ordinal()).u8(over.id()).raw(data);
      case Join(String id, String uid, byte[] message) ->
          out.u8(3).string(id).string(uid).raw(message);
    }
    return out.toBytes();
  }

  /**
   * What {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if it is something else: another version wrote it
   */
  static NodeMessage decode(byte[] bytes) {
    PayloadReader in = new PayloadReader(bytes);
    int what = in.u8();
    String id = in.string(PartyWire.ID_MAX_BYTES);
    NodeMessage message =
        switch (what) {
          case 1 -> new Told(id, in.varint(), News.read(in));
          case 2 ->
              new Loose(
                  id,
                  in.string(PartyWire.UID_MAX_BYTES),
                  Channel.of(in.varint(3), in.u8()),
                  in.rest());
          case 3 -> new Join(id, in.string(PartyWire.UID_MAX_BYTES), in.rest());
          default -> throw new IllegalArgumentException("no message about sessions");
        };
    if (!in.finished()) {
      throw new IllegalArgumentException("no message about sessions");
    }
    return message;
  }
}

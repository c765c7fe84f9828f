package dev.skein.server;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.packet.Frame;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import java.util.Optional;

/** What nodes tell each other of a user that moves, beside the offer. */
sealed interface MoveMessage {

  /** Who it is about. */
  String uid();

  /** Which session, 32 hex digits. */
  String sid();

  /** To the former node: the client has come. */
  record Arrived(String uid, String sid) implements MoveMessage {}

  /** To the new node: the offer is withdrawn, as its answer did not come. */
  record Withdrawn(String uid, String sid) implements MoveMessage {}

  /** To the new node: a message for the user that was sent at the former. */
  @SuppressWarnings("ArrayRecordComponent")
  record Forwarded(String uid, String sid, Channel channel, long conflationKey, byte[] message)
      implements MoveMessage {}

  /** To the new node: the session is to end. */
  record Closed(String uid, String sid, CloseReason reason) implements MoveMessage {}

  private int code() {
    return switch (this) {
      case Arrived _ -> 1;
      case Withdrawn _ -> 2;
      case Forwarded _ -> 3;
      case Closed _ -> 4;
    };
  }

  default byte[] encode() {
    PayloadWriter out = new PayloadWriter().u8(code()).string(uid()).string(sid());
    switch (this) {
      case Arrived _, Withdrawn _ -> {}
      case Forwarded sent ->
          out.u8(sent.channel.kind().ordinal())
              .u8(sent.channel.id())
              .i64(sent.conflationKey)
              .raw(sent.message);
      case Closed closed -> out.u16(closed.reason.code()).string(closed.reason.text());
    }
    return out.toBytes();
  }

  /** The message these bytes stand for; empty if they are malformed. Never throws. */
  static Optional<MoveMessage> decode(byte[] bytes) {
    PayloadReader in = new PayloadReader(bytes);
    int code = in.u8();
    String uid = in.string(Ticket.UID_MAX_BYTES);
    String sid = in.string(2 * Ticket.SID_BYTES);
    MoveMessage message =
        switch (code) {
          case 1 -> new Arrived(uid, sid);
          case 2 -> new Withdrawn(uid, sid);
          case 3 -> new Forwarded(uid, sid, MoveOffer.channel(in), in.i64(), in.rest());
          case 4 ->
              new Closed(
                  uid,
                  sid,
                  new CloseReason(in.u16(), in.string(4 * Frame.CLOSE_TEXT_MAX_BYTES), false));
          default -> {
            in.reject();
            yield new Arrived(uid, sid);
          }
        };
    return in.finished() ? Optional.of(message) : Optional.empty();
  }
}

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

  /** Who and which session it is about, and where that is or was. */
  Address address();

  /**
   * A user's session on one of the nodes it has been on.
   *
   * @param sid 32 hex digits
   * @param life how often it had moved when it came there
   */
  record Address(String uid, String sid, int life) {
    /** Where it went from there. */
    Address next() {
      return new Address(uid, sid, life + 1);
    }
  }

  /** To the former node: the client has come. */
  record Arrived(Address address) implements MoveMessage {}

  /** To the new node: the offer is withdrawn, as its answer did not come. */
  record Withdrawn(Address address) implements MoveMessage {}

  /** To the new node: a message for the user that was sent at the former. */
  @SuppressWarnings("ArrayRecordComponent")
  record Forwarded(Address address, Channel channel, long conflationKey, byte[] message)
      implements MoveMessage {}

  /** To the new node: the session is to end. */
  record Closed(Address address, CloseReason reason) implements MoveMessage {}

  private int code() {
    return switch (this) {
      case Arrived _ -> 1;
      case Withdrawn _ -> 2;
      case Forwarded _ -> 3;
      case Closed _ -> 4;
    };
  }

  default byte[] encode() {
    PayloadWriter out = new PayloadWriter().u8(code());
    out.string(address().uid).string(address().sid).varint(address().life);
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
    Address address =
        new Address(
            in.string(Ticket.UID_MAX_BYTES),
            in.string(2 * Ticket.SID_BYTES),
            in.varint(Integer.MAX_VALUE));
    MoveMessage message =
        switch (code) {
          case 1 -> new Arrived(address);
          case 2 -> new Withdrawn(address);
          case 3 -> new Forwarded(address, MoveOffer.channel(in), in.i64(), in.rest());
          case 4 -> new Closed(address, reason(in));
          default -> {
            in.reject();
            yield new Arrived(address);
          }
        };
    return in.finished() ? Optional.of(message) : Optional.empty();
  }

  private static CloseReason reason(PayloadReader in) {
    return new CloseReason(in.u16(), in.string(4 * Frame.CLOSE_TEXT_MAX_BYTES), false);
  }
}

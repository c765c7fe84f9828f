package dev.skein.protocol.dm;

import dev.skein.protocol.payload.Payload;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.room.RoomWire;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a client is told of direct messages. */
public sealed interface DmEvent extends Payload {

  /** The push's number. */
  default int cmd() {
    return switch (this) {
      case Message message -> DmCmd.MESSAGE;
      case PeerGone peerGone -> DmCmd.PEER_GONE;
      case Undelivered undelivered -> DmCmd.UNDELIVERED;
    };
  }

  /** The other user. */
  String uid();

  /** Bytes from a user. */
  @SuppressWarnings("ArrayRecordComponent")
  record Message(String uid, byte[] data) implements DmEvent {}

  /** A user of a conversation ended it, or its session ended for good. */
  record PeerGone(String uid, boolean disconnected) implements DmEvent {}

  /** A message that was sent without asking for an answer did not arrive. */
  record Undelivered(String uid, int code) implements DmEvent {}

  @Override
  default void write(PayloadWriter out) {
    switch (this) {
      case Message(var uid, var data) -> out.string(uid).raw(data);
      case PeerGone(var uid, var disconnected) -> out.string(uid).bool(disconnected);
      case Undelivered(var uid, var code) -> out.string(uid).u16(code);
    }
  }

  /** The event in a push's payload; empty if it is malformed or none of these. */
  static Optional<DmEvent> decode(int cmd, byte[] payload) {
    return PayloadReader.decode(payload, in -> read(cmd, in));
  }

  private static @Nullable DmEvent read(int cmd, PayloadReader in) {
    return switch (cmd) {
      case DmCmd.MESSAGE -> new Message(uid(in), in.rest());
      case DmCmd.PEER_GONE -> new PeerGone(uid(in), in.bool());
      case DmCmd.UNDELIVERED -> new Undelivered(uid(in), in.u16());
      default -> null;
    };
  }

  private static String uid(PayloadReader in) {
    return in.string(RoomWire.UID_MAX_BYTES);
  }
}

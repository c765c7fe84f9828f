package dev.skein.protocol.dm;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.room.RoomWire;
import java.util.Optional;

/** What a client is told of direct messages. */
public sealed interface DmEvent {

  /** The push's number. */
  int cmd();

  /** The other user. */
  String uid();

  /** Appends the payload. */
  void write(PayloadWriter out);

  /** Bytes from a user. */
  @SuppressWarnings("ArrayRecordComponent")
  record Message(String uid, byte[] data) implements DmEvent {
    @Override
    public int cmd() {
      return DmCmd.MESSAGE;
    }

    @Override
    public void write(PayloadWriter out) {
      out.string(uid).raw(data);
    }
  }

  /** A user of a conversation ended it, or its session ended for good. */
  record PeerGone(String uid, boolean disconnected) implements DmEvent {
    @Override
    public int cmd() {
      return DmCmd.PEER_GONE;
    }

    @Override
    public void write(PayloadWriter out) {
      out.string(uid).bool(disconnected);
    }
  }

  /** A message that was sent without asking for an answer did not arrive. */
  record Undelivered(String uid, int code) implements DmEvent {
    @Override
    public int cmd() {
      return DmCmd.UNDELIVERED;
    }

    @Override
    public void write(PayloadWriter out) {
      out.string(uid).u16(code);
    }
  }

  /** The event in a push's payload; empty if it is malformed or none of these. */
  static Optional<DmEvent> decode(int cmd, byte[] payload) {
    PayloadReader in = new PayloadReader(payload);
    DmEvent event =
        switch (cmd) {
          case DmCmd.MESSAGE -> new Message(in.string(RoomWire.UID_MAX_BYTES), in.rest());
          case DmCmd.PEER_GONE -> new PeerGone(in.string(RoomWire.UID_MAX_BYTES), in.bool());
          case DmCmd.UNDELIVERED -> new Undelivered(in.string(RoomWire.UID_MAX_BYTES), in.u16());
          default -> null;
        };
    return in.finished() ? Optional.ofNullable(event) : Optional.empty();
  }
}

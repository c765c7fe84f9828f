package dev.skein.protocol.dm;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.room.RoomWire;
import java.util.Optional;

/** What a client asks for: a message to a user, or the end of a conversation. */
public sealed interface DmRequest {

  /** The command's number. */
  int cmd();

  /** The other user. */
  String uid();

  /** The payload. */
  byte[] encode();

  /** Bytes for a user, wherever it is connected. */
  @SuppressWarnings("ArrayRecordComponent")
  record Send(String uid, byte[] data) implements DmRequest {
    @Override
    public int cmd() {
      return DmCmd.SEND;
    }

    @Override
    public byte[] encode() {
      return new PayloadWriter().string(uid).raw(data).toBytes();
    }
  }

  /** No more to this user: it is told so. */
  record End(String uid) implements DmRequest {
    @Override
    public int cmd() {
      return DmCmd.END;
    }

    @Override
    public byte[] encode() {
      return new PayloadWriter().string(uid).toBytes();
    }
  }

  /** The request in a command's payload; empty if it is malformed or none of these. */
  static Optional<DmRequest> decode(int cmd, byte[] payload) {
    PayloadReader in = new PayloadReader(payload);
    DmRequest request =
        switch (cmd) {
          case DmCmd.SEND -> new Send(uid(in), in.rest());
          case DmCmd.END -> new End(uid(in));
          default -> null;
        };
    return in.finished() ? Optional.ofNullable(request) : Optional.empty();
  }

  private static String uid(PayloadReader in) {
    String uid = in.string(RoomWire.UID_MAX_BYTES);
    if (uid.isEmpty()) {
      in.reject();
    }
    return uid;
  }
}

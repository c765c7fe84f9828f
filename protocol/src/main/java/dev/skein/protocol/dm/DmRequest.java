package dev.skein.protocol.dm;

import dev.skein.protocol.payload.Payload;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.room.RoomWire;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What a client asks for: a message to a user, or the end of a conversation. */
public sealed interface DmRequest extends Payload {

  /** The command's number. */
  default int cmd() {
    return switch (this) {
      case Send send -> DmCmd.SEND;
      case End end -> DmCmd.END;
    };
  }

  /** The other user. */
  String uid();

  /** Bytes for a user, wherever it is connected. */
  @SuppressWarnings("ArrayRecordComponent")
  record Send(String uid, byte[] data) implements DmRequest {}

  /** No more to this user: it is told so. */
  record End(String uid) implements DmRequest {}

  @Override
  default void write(PayloadWriter out) {
    switch (this) {
      case Send(var uid, var data) -> out.string(uid).raw(data);
      case End(var uid) -> out.string(uid);
    }
  }

  /** The request in a command's payload; empty if it is malformed or none of these. */
  static Optional<DmRequest> decode(int cmd, byte[] payload) {
    return PayloadReader.decode(payload, in -> read(cmd, in));
  }

  private static @Nullable DmRequest read(int cmd, PayloadReader in) {
    return switch (cmd) {
      case DmCmd.SEND -> new Send(uid(in), in.rest());
      case DmCmd.END -> new End(uid(in));
      default -> null;
    };
  }

  private static String uid(PayloadReader in) {
    String uid = in.string(RoomWire.UID_MAX_BYTES);
    if (uid.isEmpty()) {
      in.reject();
    }
    return uid;
  }
}

package dev.skein.protocol.room;

import java.util.Optional;

/** Why a member is no longer in a room. */
public enum LeaveReason {
  /** It left by itself or by the server's call. */
  LEFT(1),
  /** Its session ended for good; nothing is seen while it may still resume. */
  DISCONNECTED(2),
  /** Owner or server removed it. */
  KICKED(3),
  /** The room was closed. */
  CLOSED(4);

  private final int code;

  LeaveReason(int code) {
    this.code = code;
  }

  /** The byte on the wire. */
  public int code() {
    return code;
  }

  /** The reason with this byte. */
  public static Optional<LeaveReason> of(int code) {
    for (LeaveReason reason : values()) {
      if (reason.code == code) {
        return Optional.of(reason);
      }
    }
    return Optional.empty();
  }
}

package dev.skein.group;

/**
 * Something a group hears.
 *
 * @param uid who said it, came or went; empty for the server
 * @param reason of a departure, by its code on the wire; else 0
 */
@SuppressWarnings("ArrayRecordComponent")
record Utterance(Kind kind, String uid, int reason, byte[] data) {

  /** What it is. */
  enum Kind {
    /** A member's broadcast. */
    SAID,
    /** The server's. */
    ANNOUNCED,
    /** A member came in, with a message; that member does not hear it. */
    JOINED,
    /** A member is out, with a message. */
    LEFT,
    /** The group is to be closed, with a last message. */
    CLOSE
  }

  static Utterance of(Kind kind, String uid, byte[] data) {
    return new Utterance(kind, uid, 0, data);
  }
}

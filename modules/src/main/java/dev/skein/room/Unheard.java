package dev.skein.room;

import java.util.ArrayDeque;
import java.util.List;

/**
 * What a branch has sent to its room and the room has perhaps not heard: if the room moves, or has
 * to be gone on with elsewhere, its next node is sent it again. Confined to the branch's shard.
 */
final class Unheard {
  /** More than this the room must not leave unheard: the line is lost then. */
  private static final int MAX_COUNT = 65_536;

  private final ArrayDeque<Sent> sent = new ArrayDeque<>();
  private long lastUp;

  /**
   * Something that was sent.
   *
   * @param up its number
   */
  record Sent(long up, RoomMail mail) {}

  /** The number of what is sent next. */
  long next() {
    return ++lastUp;
  }

  void add(long up, RoomMail mail) {
    sent.addLast(new Sent(up, mail));
  }

  boolean isTooMuch() {
    return sent.size() > MAX_COUNT;
  }

  /** The room has heard everything up to this. */
  void heard(long up) {
    while (!sent.isEmpty() && sent.getFirst().up <= up) {
      sent.removeFirst();
    }
  }

  List<Sent> all() {
    return List.copyOf(sent);
  }

  /** Sends everything again; false if that cannot be. */
  boolean sendAll(RoomNode node, String host) {
    boolean told = true;
    for (Sent each : sent) {
      told = told && node.tell(host, each.mail);
    }
    return told;
  }
}

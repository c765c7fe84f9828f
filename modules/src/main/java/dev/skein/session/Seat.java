package dev.skein.session;

import dev.skein.protocol.Channel;
import dev.skein.server.User;

/**
 * A member whose user is on this node, and how far the user has heard. Confined to the user's
 * shard, except where it says otherwise.
 */
final class Seat {
  private final User user;
  private final String type;
  private final String sessionId;
  private long heardSeq;
  private boolean over;

  /**
   * @param heardSeq the newest news the user knows
   */
  Seat(User user, String type, String sessionId, long heardSeq) {
    this.user = user;
    this.type = type;
    this.sessionId = sessionId;
    this.heardSeq = heardSeq;
  }

  /** Any thread. */
  User user() {
    return user;
  }

  /** Any thread. */
  String type() {
    return type;
  }

  /** Any thread. */
  String sessionId() {
    return sessionId;
  }

  long heardSeq() {
    return heardSeq;
  }

  /** Nothing is heard from here on. */
  void end() {
    over = true;
  }

  /**
   * Sends a push, if it is newer than what the user heard; an empty one only counts. Any thread.
   */
  void hear(long seq, byte[] message, Channel channel) {
    user.shard()
        .execute(() -> {
          if (!over && seq > heardSeq) {
            heardSeq = seq;
            if (message.length > 0) {
              user.send(message, channel, 0);
            }
          }
        });
  }

  /** Sends a push that belongs to no order, such as what comes with the next news. Any thread. */
  void tell(byte[] message, Channel channel) {
    user.shard()
        .execute(() -> {
          if (!over) {
            user.send(message, channel, 0);
          }
        });
  }
}

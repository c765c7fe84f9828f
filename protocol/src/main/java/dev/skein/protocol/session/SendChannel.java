package dev.skein.protocol.session;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One reliable channel's messages in the order of their ids: from the oldest that is not
 * acknowledged, over the first that is not sent, to the newest queued.
 */
final class SendChannel {
  /** Between the oldest unacknowledged and the newest sent message (PROTOCOL §8.1). */
  static final int WINDOW_MESSAGES = 1024;

  private @Nullable Outgoing oldest;
  private @Nullable Outgoing unsent;
  private @Nullable Outgoing newest;
  private long nextId;

  void add(Outgoing message) {
    message.id = nextId++;
    if (newest == null) {
      oldest = message;
    } else {
      newest.next = message;
    }
    newest = message;
    if (unsent == null && !message.isWholeSent()) {
      unsent = message;
    }
  }

  /** Ids below this one were given to messages elsewhere. */
  void skipTo(long id) {
    nextId = id;
  }

  /** Adds what another session needs of the messages held; returns the next id. */
  long carry(List<SessionState.Message> messages) {
    for (Outgoing each = oldest; each != null; each = each.next) {
      messages.add(each.carry());
    }
    return nextId;
  }

  /** The first message with something that was never sent. */
  @Nullable Outgoing unsent() {
    return unsent;
  }

  /** True if the first unsent message lies within the window of ids. */
  boolean isWithinWindow() {
    return unsent != null && oldest != null && unsent.id - oldest.id < WINDOW_MESSAGES;
  }

  /** The first unsent message is out completely. */
  void advance() {
    do {
      unsent = unsent == null ? null : unsent.next;
    } while (unsent != null && unsent.isWholeSent());
  }

  /** Lets go of acknowledged messages at the head; returns the weight they had. */
  int releaseAcked() {
    int weight = 0;
    while (oldest != null && oldest.isWholeAcked()) {
      weight += oldest.weight();
      oldest = oldest.next;
    }
    if (oldest == null) {
      newest = null;
    }
    return weight;
  }
}

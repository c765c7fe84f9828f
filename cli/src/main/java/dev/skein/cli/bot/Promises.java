package dev.skein.cli.bot;

import java.util.HashMap;
import java.util.Map;

/**
 * What a room has acknowledged to its bots, by an answer or by letting them hear their own words. A
 * message that was not acknowledged may be heard or not, so none of its deliveries counts; nor does
 * a change that was not. Any thread.
 */
final class Promises {
  private final int members;
  private final Tally tally;
  private final Map<Long, Message> messages = new HashMap<>();
  private long changes;
  private long doubtfulChanges;

  /** A message on its way, and by how many it was heard. */
  private static final class Message {
    private int heard;
    private boolean echoed;
    private boolean doubtful;
  }

  Promises(int members, Tally tally) {
    this.members = members;
    this.tally = tally;
  }

  /** A bot is about to say this. */
  synchronized void said(Utterance said) {
    messages.put(key(said), new Message());
  }

  /** A bot has heard this for the first time; {@code own}: the one who said it. */
  synchronized void heard(Utterance heard, boolean own) {
    Message message = messages.get(key(heard));
    if (message == null) {
      return;
    }
    message.echoed |= own;
    if (message.doubtful && own) {
      message.doubtful = false;
      tally.uncount(-members, -message.heard);
    } else if (message.doubtful) {
      tally.uncount(0, 1);
    }
    message.heard++;
    if (message.heard == members && !message.doubtful) {
      messages.remove(key(heard));
    }
  }

  /** The room did not say that it has this. */
  synchronized void doubt(Utterance said) {
    Message message = messages.get(key(said));
    if (message != null && !message.echoed && !message.doubtful) {
      message.doubtful = true;
      tally.uncount(members, message.heard);
    }
  }

  /** The room said that it has added one. */
  synchronized void changed() {
    changes++;
  }

  /** The room did not say whether it has added one. */
  synchronized void doubtChange() {
    doubtfulChanges++;
  }

  /** What all additions came to. */
  synchronized void sum(long found) {
    long lost = Math.max(0, changes - found);
    long doubled = Math.max(0, found - changes - doubtfulChanges);
    tally.changed(changes, lost, doubled);
  }

  private static long key(Utterance said) {
    return (long) said.speaker() << Integer.SIZE | said.sequence();
  }
}

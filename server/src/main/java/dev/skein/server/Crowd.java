package dev.skein.server;

import dev.skein.protocol.Channel;
import dev.skein.protocol.session.FrameBatch;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Users of one shard who hear the same messages. Confined to its shard.
 *
 * <p>Unreliable messages said within a pack window leave at its end, together and encoded once:
 * each user is then touched once a window and not once a message, which is most of what a broadcast
 * costs (docs/decisions/0005). Reliable and sequenced ones go to each user at once and wait for
 * company there.
 */
public final class Crowd {
  private final Shard shard;
  private final int packWindowMillis;
  private final List<User> users = new ArrayList<>();
  private final Runnable windowEnd = this::onWindowEnd;

  private FrameBatch batch = new FrameBatch();

  /** Who must not get the batch's message at the same place, null where all get it. */
  private @Nullable User[] excepted = new User[0];

  private boolean someExcepted;
  private boolean windowOpen;

  /**
   * Nobody.
   *
   * @param packWindowMillis how long unreliable messages wait for company; 0: not at all
   */
  public Crowd(Shard shard, int packWindowMillis) {
    this.shard = shard;
    this.packWindowMillis = packWindowMillis;
  }

  public Shard shard() {
    return shard;
  }

  public boolean isEmpty() {
    return users.isEmpty();
  }

  /** Hears everything from now on. */
  public void add(User user) {
    leave();
    users.add(user);
  }

  /** Hears what was said before and nothing more. */
  public void remove(User user) {
    leave();
    users.remove(user);
  }

  /**
   * Sends an encoded message ({@link Messages#push}) to everyone but one, or to everyone. The array
   * must not be changed afterwards.
   */
  public void send(byte[] message, Channel channel, @Nullable User except) {
    if (packWindowMillis > 0
        && channel.kind() == Channel.Kind.UNRELIABLE
        && FrameBatch.canHold(message.length)) {
      gather(message, except);
    } else {
      for (int i = 0; i < users.size(); i++) {
        User user = users.get(i);
        if (user != except) {
          user.send(message, channel, 0);
        }
      }
    }
  }

  private void gather(byte[] message, @Nullable User except) {
    if (!batch.offer(message)) {
      leave();
      batch.offer(message);
    }
    int place = batch.count() - 1;
    if (except != null) {
      if (place >= excepted.length) {
        excepted = Arrays.copyOf(excepted, 2 * place + 2);
      }
      excepted[place] = except;
      someExcepted = true;
    }
    if (!windowOpen) {
      windowOpen = true;
      shard.schedule(windowEnd, packWindowMillis);
    }
  }

  private void onWindowEnd() {
    windowOpen = false;
    leave();
  }

  /** What has gathered goes to everyone it is for. */
  private void leave() {
    if (batch.isEmpty()) {
      return;
    }
    FrameBatch leaving = batch;
    batch = new FrameBatch();
    for (int i = 0; i < users.size(); i++) {
      User user = users.get(i);
      FrameBatch his = someExcepted ? without(leaving, user) : leaving;
      if (!his.isEmpty()) {
        user.send(his);
      }
    }
    if (someExcepted) {
      Arrays.fill(excepted, null);
      someExcepted = false;
    }
  }

  private FrameBatch without(FrameBatch all, User user) {
    for (User one : excepted) {
      if (one == user) {
        return all.only(place -> place >= excepted.length || excepted[place] != user);
      }
    }
    return all;
  }
}

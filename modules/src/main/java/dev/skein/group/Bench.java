package dev.skein.group;

import dev.skein.protocol.Channel;
import dev.skein.server.Shard;
import dev.skein.server.User;
import java.util.Arrays;
import java.util.List;

/**
 * The members of a group that live on one shard. Changed and used on that shard only, so that who
 * comes or goes has a definite place in the order; any thread may read who is there.
 */
final class Bench {
  private static final User[] NOBODY = {};

  private final Shard shard;
  private volatile User[] users = NOBODY;
  private long position;

  Bench(Shard shard) {
    this.shard = shard;
  }

  Shard shard() {
    return shard;
  }

  boolean isEmpty() {
    return users.length == 0;
  }

  List<User> users() {
    return List.of(users);
  }

  /** Up to where those who sit here have heard. */
  long position() {
    return position;
  }

  /** A user hears what comes after this place; all before has been handed to the shard. */
  void add(User user, long after) {
    User[] more = Arrays.copyOf(users, users.length + 1);
    more[more.length - 1] = user;
    users = more;
    position = Math.max(position, after);
  }

  void remove(User user) {
    users = Arrays.stream(users).filter(each -> each != user).toArray(User[]::new);
  }

  /** Everybody stands up. */
  List<User> clear() {
    List<User> all = users();
    users = NOBODY;
    return all;
  }

  /**
   * Hands a message to everyone here, any shard. Who is called {@code exceptUid} does not get it;
   * {@code seq} is 0 for a message without a place.
   */
  void deliver(byte[] message, Channel channel, String exceptUid, long seq) {
    shard.execute(() -> {
      position = Math.max(position, seq);
      for (User user : users) {
        if (exceptUid.isEmpty() || !user.uid().equals(exceptUid)) {
          user.send(message, channel, 0);
        }
      }
    });
  }
}

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
  private Place place = Place.NOW;
  private int expected;

  Bench(Shard shard) {
    this.shard = shard;
  }

  Shard shard() {
    return shard;
  }

  /** At the group's desk: somebody is about to sit down here, or has stood up. */
  void expect(int by) {
    expected += by;
  }

  /**
   * At the group's desk: whether messages must be handed over. That somebody sits here is not
   * enough: who has been let in but has not sat down yet must miss nothing either.
   */
  boolean isExpecting() {
    return expected > 0;
  }

  boolean isEmpty() {
    return users.length == 0;
  }

  List<User> users() {
    return List.of(users);
  }

  /** Up to where those who sit here have heard. */
  Place place() {
    return place;
  }

  /** A user hears what comes after this place; all before has been handed to the shard. */
  void add(User user, Place after) {
    User[] more = Arrays.copyOf(users, users.length + 1);
    more[more.length - 1] = user;
    users = more;
    place = after;
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
   * the place is {@link Place#NOW} for a message that has none.
   */
  void deliver(byte[] message, Channel channel, String exceptUid, Place at) {
    shard.execute(() -> {
      if (!at.isNow()) {
        place = at;
      }
      for (User user : users) {
        if (exceptUid.isEmpty() || !user.uid().equals(exceptUid)) {
          user.send(message, channel, 0);
        }
      }
    });
  }
}

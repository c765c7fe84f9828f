package dev.skein.room;

import dev.skein.protocol.Channel;
import dev.skein.server.Shard;
import dev.skein.server.User;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * Members on this node: a message is encoded once, handed to each shard that has members once, and
 * sent there to each. Confined to the room's shard; the arrays handed over are never changed.
 */
final class LocalAudience implements Audience {
  private Group[] groups = {};

  /** The members of one shard. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Group(Shard shard, User[] users) {}

  @Override
  public void add(Member member) {
    User user = member.user();
    for (int i = 0; i < groups.length; i++) {
      if (groups[i].shard == user.shard()) {
        User[] users = Arrays.copyOf(groups[i].users, groups[i].users.length + 1);
        users[users.length - 1] = user;
        groups[i] = new Group(groups[i].shard, users);
        return;
      }
    }
    groups = Arrays.copyOf(groups, groups.length + 1);
    groups[groups.length - 1] = new Group(user.shard(), new User[] {user});
  }

  @Override
  public void remove(Member member) {
    for (int i = 0; i < groups.length; i++) {
      if (groups[i].shard == member.user().shard()) {
        User[] users =
            Arrays.stream(groups[i].users)
                .filter(user -> user != member.user())
                .toArray(User[]::new);
        groups[i] = new Group(groups[i].shard, users);
      }
    }
    groups = Arrays.stream(groups).filter(group -> group.users.length > 0).toArray(Group[]::new);
  }

  @Override
  public void toAll(byte[] message, Channel channel) {
    deliver(message, channel, null);
  }

  @Override
  public void toOthers(Member except, byte[] message, Channel channel) {
    deliver(message, channel, except.user());
  }

  @Override
  public void to(Member member, byte[] message, Channel channel) {
    member.user().send(message, channel, 0);
  }

  private void deliver(byte[] message, Channel channel, @Nullable User except) {
    for (Group group : groups) {
      if (group.shard.isCurrent()) {
        send(group.users, message, channel, except);
      } else {
        group.shard.execute(new Delivery(group.users, message, channel, except));
      }
    }
  }

  private static void send(User[] users, byte[] message, Channel channel, @Nullable User except) {
    for (User user : users) {
      if (user != except) {
        user.send(message, channel, 0);
      }
    }
  }

  /** One message on its way to the members of another shard. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Delivery(User[] users, byte[] message, Channel channel, @Nullable User except)
      implements Runnable {
    @Override
    public void run() {
      send(users, message, channel, except);
    }
  }
}

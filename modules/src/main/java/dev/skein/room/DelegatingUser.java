package dev.skein.room;

import dev.skein.protocol.Channel;
import dev.skein.server.Role;
import dev.skein.server.Shard;
import dev.skein.server.User;
import dev.skein.server.UserData;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * Is a user in everything but what the subclass hears for it: the room's encoded messages. Any
 * thread, unless the subclass says otherwise.
 */
abstract class DelegatingUser implements User {
  final User user;

  DelegatingUser(User user) {
    this.user = user;
  }

  @Override
  public String uid() {
    return user.uid();
  }

  @Override
  public String sid() {
    return user.sid();
  }

  @Override
  public Role role() {
    return user.role();
  }

  @Override
  public UserData data() {
    return user.data();
  }

  @Override
  public Shard shard() {
    return user.shard();
  }

  @Override
  public void push(int ver, int cmd, byte[] payload, Channel channel) {
    user.push(ver, cmd, payload, channel);
  }

  @Override
  public void disconnect(int code, String text) {
    user.disconnect(code, text);
  }

  @Override
  public Duration rtt() {
    return user.rtt();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return user.remoteAddress();
  }

  @Override
  public boolean isConnected() {
    return user.isConnected();
  }
}

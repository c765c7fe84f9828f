package dev.skein.room;

import dev.skein.protocol.Channel;
import dev.skein.protocol.packet.Varint;
import dev.skein.server.Messages;
import dev.skein.server.Role;
import dev.skein.server.Shard;
import dev.skein.server.User;
import dev.skein.server.UserData;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * A user who knows a room by another number than everybody else, because it is in a room of another
 * node that has the same: what the room sends is written anew for it. Any thread.
 */
record AliasedUser(User user, int number) implements User {

  @Override
  public void send(byte[] message, Channel channel, long conflationKey) {
    int at = Messages.PUSH_HEADER_BYTES;
    int rest = at + Varint.encodedBytes(message[at]);
    int size = Varint.size(number);
    byte[] renamed = new byte[at + size + message.length - rest];
    System.arraycopy(message, 0, renamed, 0, at);
    Varint.write(renamed, at, number);
    System.arraycopy(message, rest, renamed, at + size, message.length - rest);
    user.send(renamed, channel, conflationKey);
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

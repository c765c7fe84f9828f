package dev.skein.room;

import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.server.Messages;
import dev.skein.server.Role;
import dev.skein.server.Shard;
import dev.skein.server.User;
import dev.skein.server.UserData;
import dev.skein.server.UserDirectory;
import java.net.InetSocketAddress;
import java.time.Duration;

/**
 * A user of another node, as a room's hooks meet it. What it is sent goes by way of the directory.
 * Its data stays on its own node. Any thread.
 *
 * @param node the mesh address of its node
 * @param ref by which its node knows what it came for
 * @param moved whether it was a member already and has only changed nodes
 * @param shard the room's, where hooks see it
 */
record RemoteUser(
    String node, Visitor visitor, long ref, boolean moved, Shard shard, UserDirectory directory)
    implements User {

  @Override
  public String uid() {
    return visitor.uid();
  }

  @Override
  public String sid() {
    return visitor.sid();
  }

  @Override
  public Role role() {
    return visitor.role();
  }

  @Override
  public UserData data() {
    throw new UnsupportedOperationException(
        uid() + " is connected to " + node + ", where its data is");
  }

  @Override
  public void push(int ver, int cmd, byte[] payload, Channel channel) {
    directory.push(uid(), ver, cmd, payload, channel);
  }

  @Override
  public void send(byte[] message, Channel channel, long conflationKey) {
    PayloadReader in = new PayloadReader(message, 1, message.length - 1);
    if (message.length < Messages.PUSH_HEADER_BYTES) {
      throw new IllegalArgumentException("not an encoded push");
    }
    push(in.u8(), in.u16(), in.rest(), channel);
  }

  @Override
  public void disconnect(int code, String text) {
    directory.disconnect(uid(), code, text);
  }

  /** Not known here. */
  @Override
  public Duration rtt() {
    return Duration.ZERO;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return InetSocketAddress.createUnresolved(visitor.host(), visitor.port());
  }

  /** True: who is gone is no member any more. */
  @Override
  public boolean isConnected() {
    return true;
  }
}

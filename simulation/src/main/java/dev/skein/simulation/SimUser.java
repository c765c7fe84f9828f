package dev.skein.simulation;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.server.Messages;
import dev.skein.server.Role;
import dev.skein.server.Shard;
import dev.skein.server.User;
import dev.skein.server.UserData;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;

/** A client as one node knows it. */
final class SimUser implements User {
  private static final int CLIENT_PORT = 50_000;

  private final SimClient client;
  private final SimNode node;
  private final Shard shard;
  private boolean connected = true;

  SimUser(SimClient client, SimNode node, Shard shard) {
    this.client = client;
    this.node = node;
    this.shard = shard;
  }

  SimClient client() {
    return client;
  }

  SimNode node() {
    return node;
  }

  /** It belongs to this node no more. */
  void gone() {
    connected = false;
  }

  @Override
  public String uid() {
    return client.uid();
  }

  @Override
  public String sid() {
    return client.sid();
  }

  @Override
  public Role role() {
    return Role.UDP;
  }

  @Override
  public UserData data() {
    return client.data();
  }

  @Override
  public Shard shard() {
    return shard;
  }

  @Override
  public void push(int ver, int cmd, byte[] payload, Channel channel) {
    send(Messages.push(ver, cmd, payload), channel, 0);
  }

  @Override
  public void send(byte[] message, Channel channel, long conflationKey) {
    shard.execute(() -> {
      if (connected) {
        client.took(SimPush.decode(message, channel));
      }
    });
  }

  @Override
  public void disconnect(int code, String text) {
    node.discard(this, new CloseReason(code, text, false));
  }

  @Override
  public Duration rtt() {
    return Duration.ZERO;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), CLIENT_PORT);
  }

  @Override
  public boolean isConnected() {
    return connected;
  }

  @Override
  public String toString() {
    return uid() + " on " + node.address();
  }
}

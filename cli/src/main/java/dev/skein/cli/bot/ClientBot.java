package dev.skein.cli.bot;

import dev.skein.client.Client;
import dev.skein.protocol.Channel;
import dev.skein.protocol.session.SessionStats;

/** What bots with a real client have in common. */
abstract sealed class ClientBot implements Bot
    permits CheckBot, DiveBot, DmBot, EchoBot, GroupBot, RoomBot, SessionBot {
  private final Client client;
  private final Channel channel;

  ClientBot(Client client, Channel channel) {
    this.client = client;
    this.channel = channel;
  }

  final Client client() {
    return client;
  }

  final Channel channel() {
    return channel;
  }

  @Override
  public final boolean isConnected() {
    return client.state() == Client.State.CONNECTED;
  }

  @Override
  public final Traffic traffic() {
    SessionStats moved = client.stats().session();
    return new Traffic(
        moved.bytesReceived(),
        moved.bytesSent(),
        moved.packetsReceived(),
        moved.packetsSent(),
        moved.framesRetransmitted());
  }

  @Override
  public final long moved() {
    return client.stats().moves();
  }

  @Override
  public final long reconnected() {
    return Math.max(0, client.stats().connects() - 1);
  }

  @Override
  public final void leave() {
    client.close();
  }
}

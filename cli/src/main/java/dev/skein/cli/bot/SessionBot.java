package dev.skein.cli.bot;

import dev.skein.client.Client;
import dev.skein.protocol.Channel;
import dev.skein.protocol.party.PartyCmd;
import dev.skein.protocol.party.PartyEvent;
import dev.skein.protocol.party.PartyRequest;

/** Speaks to the members of its session, itself included. */
final class SessionBot extends ClientBot {
  static final String TYPE = "bots";

  private final int members;
  private final Listener listener;

  SessionBot(Client client, boolean reliable, int members, Listener listener) {
    super(client, reliable ? Channel.ordered(0) : Channel.UNRELIABLE);
    this.members = members;
    this.listener = listener;
    client.onPush(PartyCmd.VER, PartyCmd.SAID, this::onSaid);
  }

  @Override
  public int audience() {
    return members;
  }

  @Override
  public void say(byte[] payload) {
    byte[] broadcast = new PartyRequest.Broadcast(TYPE, payload).encode();
    client().send(PartyCmd.VER, PartyCmd.BROADCAST, broadcast, channel());
  }

  private void onSaid(byte[] payload) {
    PartyEvent.decode(PartyCmd.SAID, payload)
        .filter(PartyEvent.Said.class::isInstance)
        .map(PartyEvent.Said.class::cast)
        .ifPresent(said -> listener.hear(said.data(), 0, said.data().length, System.nanoTime()));
  }
}

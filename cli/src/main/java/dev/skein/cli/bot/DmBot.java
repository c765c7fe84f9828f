package dev.skein.cli.bot;

import dev.skein.client.Client;
import dev.skein.protocol.Channel;
import dev.skein.protocol.dm.DmCmd;
import dev.skein.protocol.dm.DmRequest;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.room.RoomWire;

/** Speaks to one other, by direct messages. */
final class DmBot extends ClientBot {
  private final String partner;
  private final Listener listener;

  DmBot(Client client, boolean reliable, String partner, Listener listener) {
    super(client, reliable ? Channel.ordered(0) : Channel.UNRELIABLE);
    this.partner = partner;
    this.listener = listener;
    client.onPushView(DmCmd.VER, DmCmd.MESSAGE, this::onMessage);
  }

  @Override
  public int audience() {
    return 1;
  }

  @Override
  public void say(byte[] payload) {
    byte[] message = new DmRequest.Send(partner, payload).encode();
    client().send(DmCmd.VER, DmCmd.SEND, message, channel());
  }

  private void onMessage(Channel arrived, byte[] buffer, int offset, int length) {
    PayloadReader in = new PayloadReader(buffer, offset, length);
    in.string(RoomWire.UID_MAX_BYTES);
    listener.hear(buffer, in.position(), in.remaining(), System.nanoTime());
  }
}

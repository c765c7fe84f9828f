package dev.skein.cli.bot;

import dev.skein.client.Client;
import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.room.RoomCmd;

/** Speaks to the others in its room. */
final class RoomBot extends ClientBot {
  private final int members;
  private final Listener listener;
  private volatile long room;

  RoomBot(Client client, boolean reliable, int members, Listener listener) {
    super(client, reliable ? Channel.ordered(0) : Channel.UNRELIABLE);
    this.members = members;
    this.listener = listener;
    client.onPushView(RoomCmd.VER, RoomCmd.RELAYED, this::onRelayed);
    client.onPushView(RoomCmd.VER, RoomCmd.BUNDLE, this::onBundle);
  }

  /** It came into the room with this number. */
  void inRoom(long number) {
    room = number;
  }

  @Override
  public int audience() {
    return members - 1;
  }

  @Override
  public void say(byte[] payload) {
    byte[] relay = new PayloadWriter().varint(room).raw(payload).toBytes();
    client().send(RoomCmd.VER, RoomCmd.RELAY, relay, channel());
  }

  private void onRelayed(Channel arrived, byte[] buffer, int offset, int length) {
    PayloadReader in = new PayloadReader(buffer, offset, length);
    in.varint();
    in.varint();
    listener.hear(buffer, in.position(), in.remaining(), System.nanoTime());
  }

  /** What was said within one broadcast interval, what it said itself included. */
  private void onBundle(Channel arrived, byte[] buffer, int offset, int length) {
    PayloadReader in = new PayloadReader(buffer, offset, length);
    in.varint();
    while (in.remaining() > 0 && in.ok()) {
      in.varint();
      byte[] said = in.blob(length);
      listener.hear(said, 0, said.length, System.nanoTime());
    }
  }
}

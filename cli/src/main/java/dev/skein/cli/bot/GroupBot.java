package dev.skein.cli.bot;

import dev.skein.client.Client;
import dev.skein.protocol.Channel;
import dev.skein.protocol.group.GroupCmd;
import dev.skein.protocol.group.GroupWire;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;

/** Speaks to everyone in its group, itself included. */
final class GroupBot extends ClientBot {
  private final int members;
  private final Listener listener;
  private volatile long group;

  GroupBot(Client client, boolean reliable, int members, Listener listener) {
    super(client, reliable ? Channel.ordered(0) : Channel.UNRELIABLE);
    this.members = members;
    this.listener = listener;
    client.onPushView(GroupCmd.VER, GroupCmd.SAID, this::onSaid);
  }

  /** It came into the group with this number. */
  void inGroup(long number) {
    group = number;
  }

  @Override
  public int audience() {
    return members;
  }

  @Override
  public void say(byte[] payload) {
    byte[] broadcast = new PayloadWriter().varint(group).raw(payload).toBytes();
    client().send(GroupCmd.VER, GroupCmd.BROADCAST, broadcast, channel());
  }

  private void onSaid(Channel arrived, byte[] buffer, int offset, int length) {
    PayloadReader in = new PayloadReader(buffer, offset, length);
    in.varint();
    in.string(GroupWire.UID_MAX_BYTES);
    listener.hear(buffer, in.position(), in.remaining(), System.nanoTime());
  }
}

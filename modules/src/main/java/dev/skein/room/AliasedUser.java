package dev.skein.room;

import dev.skein.protocol.Channel;
import dev.skein.protocol.packet.Varint;
import dev.skein.server.Messages;
import dev.skein.server.User;

/**
 * A user who knows a room by another number than everybody else, because it is in a room of another
 * node that has the same: what the room sends is written anew for it. Any thread.
 */
final class AliasedUser extends DelegatingUser {
  private final int number;

  AliasedUser(User user, int number) {
    super(user);
    this.number = number;
  }

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
}

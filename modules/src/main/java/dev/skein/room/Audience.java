package dev.skein.room;

import dev.skein.protocol.Channel;

/** Those who hear a room, wherever they are. Confined to the room's shard. */
interface Audience {

  /** Hears everything from now on. */
  void add(Member member);

  /** Hears nothing any more, except what is sent {@link #to} it. */
  void remove(Member member);

  /** The message goes to everyone. */
  void toAll(byte[] message, Channel channel);

  /** The message goes to everyone but this one. */
  void toOthers(Member except, byte[] message, Channel channel);

  /** The message goes to this one only. */
  void to(Member member, byte[] message, Channel channel);
}

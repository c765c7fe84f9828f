package dev.skein.server.transport;

import dev.skein.protocol.Channel;
import dev.skein.protocol.session.FrameBatch;
import dev.skein.protocol.session.Session.SendResult;
import dev.skein.protocol.session.SessionStats;
import dev.skein.server.Role;
import dev.skein.server.Shard;
import java.net.InetSocketAddress;

/**
 * One client's session on whatever transport, as the layer above sees it. Confined to its shard,
 * except {@link #shard}, {@link #role} and {@link #id}.
 */
public interface Connection {
  long id();

  Shard shard();

  Role role();

  /** Queues a message; see {@link dev.skein.protocol.session.Session#send}. */
  SendResult send(Channel channel, long conflationKey, byte[] message, int offset, int length);

  /** Queues unreliable messages that, if the transport can, leave together. */
  default void send(FrameBatch batch) {
    batch.forEach(message -> send(Channel.UNRELIABLE, 0, message, 0, message.length));
  }

  /** Says goodbye and frees everything after the CLOSE has gone out. */
  void close(int code, String text);

  long smoothedRttNanos();

  /** Counters of the session so far. */
  SessionStats stats();

  InetSocketAddress remoteAddress();
}

package dev.skein.bench.rudp;

import java.net.InetSocketAddress;

/**
 * One end of one protocol, in a process of its own. The server sends {@link Message}s of a fixed
 * size down as many streams as there are players; every stream is a connection of its own, as every
 * player is a machine of its own.
 */
interface Contender extends AutoCloseable {

  /**
   * Listens; tells {@code onPlayer} about every player whose first message, its index, has come.
   * Any thread may call the lines it gives out.
   */
  void serve(InetSocketAddress at, OnPlayer onPlayer) throws Exception;

  /** Connects all players, each of which sends its index. */
  void play(InetSocketAddress server, int players, int messageBytes, OnMessage onMessage)
      throws Exception;

  @Override
  void close() throws Exception;

  /** Sends one message to one player, at once. */
  interface Line {
    void send(byte[] message);
  }

  interface OnPlayer {
    void joined(int player, Line line);
  }

  interface OnMessage {
    /** Called by one thread at a time. */
    void received(byte[] buffer, int offset);
  }
}

package dev.skein.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;

/**
 * One connection of a stream: whole reads, and writes whose rest waits until the socket takes it.
 * Confined to the loop.
 */
final class StreamSocket {
  private static final byte[] NOTHING = {};

  private final ClientLoop loop;
  private final SocketChannel channel;
  private final SelectionKey key;
  private byte[] unsent = NOTHING;
  private byte[] partial = NOTHING;

  private StreamSocket(ClientLoop loop, SocketChannel channel, SelectionKey key) {
    this.loop = loop;
    this.channel = channel;
    this.key = key;
  }

  /** Begins to connect; {@code ready} is called when that is done. */
  static StreamSocket open(ClientLoop loop, InetSocketAddress address, ClientLoop.Ready ready)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      SelectionKey key = loop.register(channel, SelectionKey.OP_CONNECT, ready);
      channel.connect(address);
      return new StreamSocket(loop, channel, key);
    } catch (IOException | RuntimeException e) {
      Sockets.close(channel);
      throw e;
    }
  }

  boolean isFor(SelectionKey selected) {
    return selected == key;
  }

  /** True once the connection is made. */
  boolean finishConnect() throws IOException {
    if (!channel.finishConnect()) {
      return false;
    }
    key.interestOps(SelectionKey.OP_READ);
    return true;
  }

  /**
   * Reads what has arrived and hands the whole frames on; the rest of the last one is kept.
   *
   * @throws IOException if the stream has ended or is broken
   */
  void read(Framing framing, Framing.Records records) throws IOException {
    byte[] bytes = loop.scratchBytes();
    System.arraycopy(partial, 0, bytes, 0, partial.length);
    ByteBuffer buffer = loop.scratch().limit(bytes.length - partial.length);
    int count = channel.read(buffer);
    if (count < 0) {
      throw new IOException("the server closed the connection");
    }
    buffer.flip().get(bytes, partial.length, count);
    int to = partial.length + count;
    int consumed = framing.read(bytes, 0, to, records);
    partial = consumed == to ? NOTHING : Arrays.copyOfRange(bytes, consumed, to);
  }

  /** True if nothing waits for the socket, so that more may be written. */
  boolean takesMore() {
    return unsent.length == 0;
  }

  /** Writes now what the socket takes; the rest waits. */
  void write(byte[] bytes, int offset, int length) throws IOException {
    if (unsent.length > 0) {
      unsent = joined(unsent, bytes, offset, length);
      return;
    }
    ByteBuffer buffer = loop.scratch().put(bytes, offset, length).flip();
    channel.write(buffer);
    if (buffer.hasRemaining()) {
      unsent = new byte[buffer.remaining()];
      buffer.get(unsent);
      key.interestOps(SelectionKey.OP_READ | SelectionKey.OP_WRITE);
    }
  }

  /** The socket takes more: writes what waited. */
  void writeUnsent() throws IOException {
    byte[] waiting = unsent;
    unsent = NOTHING;
    key.interestOps(SelectionKey.OP_READ);
    write(waiting, 0, waiting.length);
  }

  void close() {
    Sockets.close(channel);
  }

  private static byte[] joined(byte[] first, byte[] second, int offset, int length) {
    byte[] both = Arrays.copyOf(first, first.length + length);
    System.arraycopy(second, offset, both, first.length, length);
    return both;
  }
}

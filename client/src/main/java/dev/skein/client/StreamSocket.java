package dev.skein.client;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.SocketChannel;
import java.util.Arrays;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * One connection of a stream, in TLS or not: reads whole frames, writes as much as the socket takes
 * and keeps the rest. Confined to the loop.
 */
final class StreamSocket {
  private static final byte[] NOTHING = {};

  private final ClientLoop loop;
  private final SocketChannel channel;
  private final SelectionKey key;
  private final @Nullable Tls tls;
  private byte[] unsent = NOTHING;
  private byte[] partial = NOTHING;
  private boolean connected;

  private StreamSocket(
      ClientLoop loop, SocketChannel channel, SelectionKey key, Optional<Tls> tls) {
    this.loop = loop;
    this.channel = channel;
    this.key = key;
    this.tls = tls.orElse(null);
  }

  /** Begins to connect; {@code ready} is called when that is done. */
  static StreamSocket open(
      ClientLoop loop, InetSocketAddress address, Optional<Tls> tls, ClientLoop.Ready ready)
      throws IOException {
    SocketChannel channel = SocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
      SelectionKey key = loop.register(channel, SelectionKey.OP_CONNECT, ready);
      channel.connect(address);
      return new StreamSocket(loop, channel, key, tls);
    } catch (IOException | RuntimeException e) {
      Sockets.close(channel);
      throw e;
    }
  }

  boolean isFor(SelectionKey selected) {
    return Objects.equals(selected, key);
  }

  /** True once bytes can be sent: the connection is made, and its TLS handshake. */
  boolean isConnected() {
    return connected;
  }

  /** The socket may be connected now. */
  void finishConnect() throws IOException {
    if (!channel.finishConnect()) {
      return;
    }
    key.interestOps(SelectionKey.OP_READ);
    if (tls == null) {
      connected = true;
    } else {
      tls.begin();
      writeRaw(tls.takeOutgoing());
    }
  }

  /**
   * Reads what has arrived and hands the whole frames on; the rest of the last one is kept.
   *
   * @throws IOException if the stream has ended or is broken
   */
  void read(Framing framing, Framing.Records records) throws IOException {
    byte[] bytes = loop.scratchBytes();
    System.arraycopy(partial, 0, bytes, 0, partial.length);
    ByteBuffer plain = ByteBuffer.wrap(bytes).position(partial.length);
    receive(plain);
    int to = plain.position();
    int consumed = framing.read(bytes, 0, to, records);
    partial = consumed == to ? NOTHING : Arrays.copyOfRange(bytes, consumed, to);
  }

  private void receive(ByteBuffer plain) throws IOException {
    ByteBuffer buffer = loop.scratch().limit(plain.remaining() / 2);
    if (channel.read(buffer) < 0) {
      throw new IOException("the server closed the connection");
    }
    buffer.flip();
    if (tls == null) {
      plain.put(buffer);
      return;
    }
    tls.open(buffer, plain);
    writeRaw(tls.takeOutgoing());
    connected |= tls.isOpen();
  }

  /** True if nothing waits for the socket, so that more may be written. */
  boolean takesMore() {
    return unsent.length == 0;
  }

  /** Writes now what the socket takes; the rest waits. */
  void write(byte[] bytes, int offset, int length) throws IOException {
    if (tls == null) {
      writeRaw(bytes, offset, length);
    } else {
      tls.seal(bytes, offset, length);
      writeRaw(tls.takeOutgoing());
    }
  }

  /** The socket takes more: writes what waited. */
  void writeUnsent() throws IOException {
    byte[] waiting = unsent;
    unsent = NOTHING;
    key.interestOps(SelectionKey.OP_READ);
    writeRaw(waiting);
  }

  void close() {
    Sockets.close(channel);
  }

  private void writeRaw(byte[] bytes) throws IOException {
    writeRaw(bytes, 0, bytes.length);
  }

  private void writeRaw(byte[] bytes, int offset, int length) throws IOException {
    if (length == 0) {
      return;
    }
    if (unsent.length > 0) {
      int before = unsent.length;
      unsent = Arrays.copyOf(unsent, before + length);
      System.arraycopy(bytes, offset, unsent, before, length);
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
}

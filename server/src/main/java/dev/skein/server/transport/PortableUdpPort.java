package dev.skein.server.transport;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.FixedRecvByteBufAllocator;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.socket.DatagramPacket;
import io.netty.channel.socket.nio.NioDatagramChannel;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * A UDP socket on NIO, for systems without {@link LinuxSockets}. One socket, read on the first
 * shard; the others write to it from their own threads.
 */
final class PortableUdpPort implements UdpPort, EventShard.TurnPart {
  private final EventShard shard;
  private final int listener;
  private final Channel channel;
  private final TransportCounters counters;
  private boolean written;

  PortableUdpPort(EventShard shard, int listener, Channel channel, TransportCounters counters) {
    this.shard = shard;
    this.listener = listener;
    this.channel = channel;
    this.counters = counters;
  }

  /** Binds the socket all shards share; it is read on the given shard. */
  static Channel bind(EventShard shard, InetSocketAddress address, TransportConfig.Sockets config)
      throws IOException {
    var bound =
        new Bootstrap()
            .group(shard.loop())
            .channel(NioDatagramChannel.class)
            .option(ChannelOption.SO_RCVBUF, config.socketBufferBytes())
            .option(ChannelOption.SO_SNDBUF, config.socketBufferBytes())
            .option(
                ChannelOption.RECVBUF_ALLOCATOR,
                new FixedRecvByteBufAllocator(DATAGRAM_MAX_BYTES + 1))
            .option(ChannelOption.AUTO_READ, false)
            .handler(new ChannelInboundHandlerAdapter())
            .bind(address)
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(bound.cause().getMessage(), bound.cause());
    }
    return bound.channel();
  }

  /** Takes part in turns and, on the shard that reads, begins to read. On the shard. */
  void start(Reader reader) {
    shard.add(this);
    if (channel.eventLoop() == shard.loop()) {
      channel.pipeline().addLast(new Inbound(reader));
      channel.config().setAutoRead(true);
    }
  }

  @Override
  public void beginTurn(long nowNanos) {
    // Netty reads.
  }

  @Override
  public long endTurn(long nowNanos) {
    if (written) {
      written = false;
      channel.flush();
    }
    return Long.MAX_VALUE;
  }

  @Override
  public void send(byte[] datagram, int length, PeerAddress to) {
    ByteBuf copy = channel.alloc().directBuffer(length).writeBytes(datagram, 0, length);
    channel
        .write(new DatagramPacket(copy, to.toInetSocketAddress()))
        .addListener(done -> {
          if (!done.isSuccess()) {
            counters.drop(DropReason.SEND_FAILED);
          }
        });
    counters.sentDatagrams(1, length);
    written = true;
  }

  @Override
  public int listener() {
    return listener;
  }

  @Override
  public InetSocketAddress localAddress() {
    return (InetSocketAddress) channel.localAddress();
  }

  @Override
  public void close() {
    shard.remove(this);
    channel.flush();
  }

  private final class Inbound extends SimpleChannelInboundHandler<DatagramPacket> {
    private final Reader reader;
    private final byte[] datagram = new byte[DATAGRAM_MAX_BYTES + 1];

    Inbound(Reader reader) {
      this.reader = reader;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, DatagramPacket packet) {
      int length = packet.content().readableBytes();
      packet.content().readBytes(datagram, 0, length);
      counters.receivedDatagrams(1, length);
      PeerAddress from = PeerAddress.of(packet.sender());
      shard.turn(() ->
          reader.onDatagram(
              PortableUdpPort.this,
              datagram,
              length,
              from.isV6(),
              from.high(),
              from.low(),
              from.port()));
    }
  }
}

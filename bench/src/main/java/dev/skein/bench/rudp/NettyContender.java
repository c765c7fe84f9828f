package dev.skein.bench.rudp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;

/** What the contenders on Netty share: one event loop, and messages of a known size. */
abstract class NettyContender implements Contender {
  /** The size of what a player sends first: its index, and no more. */
  private static final int GREETING_BYTES = Integer.BYTES;

  private final EventLoopGroup loop;

  NettyContender() {
    this(new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory()));
  }

  NettyContender(EventLoopGroup loop) {
    this.loop = loop;
  }

  final EventLoopGroup loop() {
    return loop;
  }

  /** Reads the index a player sends first; what follows is ignored. */
  static ChannelHandler greetings(OnPlayer onPlayer) {
    return new ByteToMessageDecoder() {
      @Override
      protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (in.readableBytes() >= GREETING_BYTES) {
          Channel channel = context.channel();
          onPlayer.joined(
              in.readInt(),
              message ->
                  channel.writeAndFlush(Unpooled.wrappedBuffer(message), channel.voidPromise()));
        }
      }
    };
  }

  /**
   * Cuts what arrives into messages, all of the same size: no contender pays for a length field.
   */
  static ChannelHandler messages(int messageBytes, OnMessage onMessage) {
    return new ByteToMessageDecoder() {
      private final byte[] message = new byte[messageBytes];

      @Override
      protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        while (in.readableBytes() >= message.length) {
          in.readBytes(message);
          onMessage.received(message, 0);
        }
      }
    };
  }

  static void greet(Channel channel, int player) {
    channel.writeAndFlush(Unpooled.copyInt(player), channel.voidPromise());
  }

  @Override
  public void close() {
    loop.shutdownGracefully();
  }
}

package dev.skein.bench.rudp;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.InetSocketAddress;

/** The kernel's TCP with its default settings and TCP_NODELAY, unencrypted. */
final class TcpContender extends NettyContender {

  @Override
  public void serve(InetSocketAddress at, OnPlayer onPlayer) throws InterruptedException {
    new ServerBootstrap()
        .group(loop())
        .channel(NioServerSocketChannel.class)
        .childOption(ChannelOption.TCP_NODELAY, true)
        .childHandler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel player) {
                player.pipeline().addLast(greetings(onPlayer));
              }
            })
        .bind(at)
        .sync();
  }

  @Override
  public void play(InetSocketAddress server, int players, int messageBytes, OnMessage onMessage)
      throws InterruptedException {
    Bootstrap bootstrap =
        new Bootstrap()
            .group(loop())
            .channel(NioSocketChannel.class)
            .option(ChannelOption.TCP_NODELAY, true)
            .handler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel.pipeline().addLast(messages(messageBytes, onMessage));
                  }
                });
    for (int player = 0; player < players; player++) {
      greet(bootstrap.connect(server).sync().channel(), player);
    }
  }
}

package dev.skein.bench.rudp;

import io.netty.bootstrap.Bootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.socket.nio.NioDatagramChannel;
import io.netty.handler.codec.quic.InsecureQuicTokenHandler;
import io.netty.handler.codec.quic.QuicChannel;
import io.netty.handler.codec.quic.QuicClientCodecBuilder;
import io.netty.handler.codec.quic.QuicCodecBuilder;
import io.netty.handler.codec.quic.QuicServerCodecBuilder;
import io.netty.handler.codec.quic.QuicSslContextBuilder;
import io.netty.handler.codec.quic.QuicStreamChannel;
import io.netty.handler.codec.quic.QuicStreamType;
import io.netty.handler.ssl.util.InsecureTrustManagerFactory;
import io.netty.handler.ssl.util.SelfSignedCertificate;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** One bidirectional stream of one QUIC connection for each player; the library's defaults. */
final class QuicContender extends NettyContender {
  private static final String APPLICATION = "skein-bench";
  private static final long WINDOW_BYTES = 1 << 20;
  private static final long IDLE_SECONDS = 60;

  /** Inherited by every connection of the server; it has nothing to say itself. */
  @ChannelHandler.Sharable
  private static final class Silent extends ChannelInboundHandlerAdapter {}

  @Override
  public void serve(InetSocketAddress at, OnPlayer onPlayer) throws Exception {
    SelfSignedCertificate certificate = new SelfSignedCertificate();
    ChannelHandler codec =
        limits(new QuicServerCodecBuilder())
            .sslContext(
                QuicSslContextBuilder.forServer(
                        certificate.privateKey(), null, certificate.certificate())
                    .applicationProtocols(APPLICATION)
                    .build())
            .tokenHandler(InsecureQuicTokenHandler.INSTANCE)
            .handler(new Silent())
            .streamHandler(
                new ChannelInitializer<QuicStreamChannel>() {
                  @Override
                  protected void initChannel(QuicStreamChannel stream) {
                    stream.pipeline().addLast(greetings(onPlayer));
                  }
                })
            .build();
    udp(codec, at);
  }

  @Override
  public void play(InetSocketAddress server, int players, int messageBytes, OnMessage onMessage)
      throws Exception {
    var ssl =
        QuicSslContextBuilder.forClient()
            .trustManager(InsecureTrustManagerFactory.INSTANCE)
            .applicationProtocols(APPLICATION)
            .build();
    for (int player = 0; player < players; player++) {
      ChannelHandler codec = limits(new QuicClientCodecBuilder()).sslContext(ssl).build();
      QuicChannel connection =
          QuicChannel.newBootstrap(udp(codec, new InetSocketAddress(0)))
              .streamHandler(new Silent())
              .remoteAddress(server)
              .connect()
              .get();
      QuicStreamChannel stream =
          connection
              .createStream(QuicStreamType.BIDIRECTIONAL, messages(messageBytes, onMessage))
              .get();
      greet(stream, player);
    }
  }

  private Channel udp(ChannelHandler codec, InetSocketAddress at) throws InterruptedException {
    return new Bootstrap()
        .group(loop())
        .channel(NioDatagramChannel.class)
        .handler(codec)
        .bind(at)
        .sync()
        .channel();
  }

  private static <B extends QuicCodecBuilder<B>> B limits(B builder) {
    return builder
        .maxIdleTimeout(IDLE_SECONDS, TimeUnit.SECONDS)
        .initialMaxData(WINDOW_BYTES)
        .initialMaxStreamDataBidirectionalLocal(WINDOW_BYTES)
        .initialMaxStreamDataBidirectionalRemote(WINDOW_BYTES)
        .initialMaxStreamsBidirectional(1);
  }
}

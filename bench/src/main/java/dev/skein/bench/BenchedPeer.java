package dev.skein.bench;

import ch.qos.logback.classic.Level;
import dev.skein.cli.Logs;
import dev.skein.mesh.MeshNode;
import dev.skein.mesh.MeshRuntime;
import dev.skein.mesh.MeshSettings;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeState;
import dev.skein.mesh.Topic;
import dev.skein.mesh.clustered.BenchedSecret;
import dev.skein.mesh.clustered.ClusterConfig;
import dev.skein.mesh.clustered.ClusteredEngine;
import dev.skein.mesh.clustered.Discovery;
import dev.skein.server.config.Settings.LogFormat;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLEngine;

/** The other end of {@link MeshBench}: a node and a bare TCP server, until its input ends. */
final class BenchedPeer {
  static final String TOPIC = "bench";
  static final int ECHO_RPC = 10_001;
  static final int ECHO_REQUEST = 10_002;

  /** The first byte of a TCP frame that is echoed; others are taken without a word. */
  static final byte ECHO = 1;

  private static final String CLUSTER = "bench";
  private static final String SECRET = "the secret of the benchmark";
  private static final int FRAME_MAX_BYTES = 1 << 16;
  private static final int LENGTH_BYTES = 4;

  private BenchedPeer() {}

  /**
   * Arguments: the mesh port of the other node, and whether all is said with TLS. Prints the port
   * of the TCP server.
   */
  public static void main(String[] args) throws IOException, InterruptedException {
    Logs.configure(LogFormat.TEXT, Level.WARN);
    MultiThreadIoEventLoopGroup loop =
        new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    Optional<SSLContext> tls = tls(Boolean.parseBoolean(args[1]));
    try (MeshNode node = node("peer", 0, Integer.parseInt(args[0]), tls.isPresent())) {
      node.topic(TOPIC, new Sink());
      node.onRpc(ECHO_RPC, (sender, data) -> data);
      node.onRequest(ECHO_REQUEST, (sender, data) -> data);
      node.start();
      InetSocketAddress tcp =
          (InetSocketAddress)
              new ServerBootstrap()
                  .group(loop)
                  .channel(NioServerSocketChannel.class)
                  .childOption(ChannelOption.TCP_NODELAY, true)
                  .childHandler(new Echoes(tls))
                  .bind("127.0.0.1", 0)
                  .sync()
                  .channel()
                  .localAddress();
      System.out.println("TCP " + tcp.getPort());
      while (System.in.read() >= 0) {
        continue;
      }
    }
    System.exit(0);
  }

  /** What the bare connection is secured with: the same as the nodes are. */
  static Optional<SSLContext> tls(boolean wanted) {
    return wanted ? Optional.of(BenchedSecret.tls(CLUSTER, SECRET)) : Optional.empty();
  }

  static ChannelHandler secured(SSLContext tls, boolean client) {
    SSLEngine engine = tls.createSSLEngine();
    engine.setUseClientMode(client);
    engine.setNeedClientAuth(true);
    return new SslHandler(engine);
  }

  static MeshNode node(String name, int port, int seed, boolean secret) {
    ClusterConfig config =
        ClusterConfig.builder()
            .cluster(CLUSTER)
            .name(name)
            .secret(secret ? Optional.of(SECRET) : Optional.empty())
            .port(port)
            .discovery(new Discovery.Seeds(List.of("127.0.0.1:" + seed)))
            .build();
    return new MeshNode(
        ClusteredEngine.open(config),
        new NodeInfo("", name.hashCode(), "", NodeState.ONLINE, Map.of(), 0, "bench", Map.of()),
        MeshSettings.DEFAULTS,
        MeshRuntime.ofJdk());
  }

  /** Takes messages and, asked, echoes. */
  static final class Sink implements Topic.Handler {
    @Override
    public void onMessage(String sender, byte[] message) {}

    @Override
    public CompletionStage<byte[]> onAsk(String sender, byte[] question) {
      return CompletableFuture.completedFuture(question);
    }
  }

  static LengthFieldBasedFrameDecoder frames() {
    return new LengthFieldBasedFrameDecoder(FRAME_MAX_BYTES, 0, LENGTH_BYTES);
  }

  private static final class Echoes extends ChannelInitializer<SocketChannel> {
    private final Optional<SSLContext> tls;

    private Echoes(Optional<SSLContext> tls) {
      this.tls = tls;
    }

    @Override
    protected void initChannel(SocketChannel channel) {
      tls.ifPresent(context -> channel.pipeline().addLast(secured(context, false)));
      channel
          .pipeline()
          .addLast(
              frames(),
              new SimpleChannelInboundHandler<ByteBuf>() {
                @Override
                protected void channelRead0(ChannelHandlerContext ctx, ByteBuf frame) {
                  if (frame.getByte(LENGTH_BYTES) == ECHO) {
                    ctx.writeAndFlush(frame.retain());
                  }
                }
              });
    }
  }
}

package dev.skein.bench;

import dev.skein.mesh.MeshNode;
import dev.skein.mesh.Topic;
import dev.skein.mesh.clustered.MeshPorts;
import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import org.HdrHistogram.Histogram;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code skein bench mesh}: the mesh between two processes beside bare TCP of Netty. */
@Command(
    name = "mesh",
    mixinStandardHelpOptions = true,
    description = "Measures requests and messages between two nodes beside bare TCP.")
public final class MeshBench implements Callable<Integer> {
  private static final int BYTES = 64;
  private static final int FLUSH_EVERY_COUNT = 64;
  private static final int WRITES_COUNT = 2_048;
  private static final int TRIPS_PER_TURN_COUNT = 100;
  private static final int MESSAGES_COUNT = 300_000;
  private static final long MEETING_LIMIT_NANOS = TimeUnit.SECONDS.toNanos(15);
  private static final long ANSWER_LIMIT_SECONDS = 20;

  @Option(names = "--seconds", description = "for each kind of request; default ${DEFAULT-VALUE}")
  private int seconds = 2;

  @Option(names = "--tls", description = "Both with TLS 1.3, as nodes with a secret speak it.")
  private boolean withTls;

  private final MultiThreadIoEventLoopGroup loop =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());

  /** Has a payload there and back. */
  private interface Trip {
    void make() throws Exception;
  }

  @Override
  public Integer call() throws Exception {
    int port = MeshPorts.free(1).getFirst();
    try (MeshNode node = BenchedPeer.node("bench", port, port, withTls)) {
      Topic topic = node.topic(BenchedPeer.TOPIC, new BenchedPeer.Sink());
      node.start();
      Process peer = startPeer(port, withTls);
      try (BufferedReader answers = peer.inputReader()) {
        int tcpPort = Integer.parseInt(answers.readLine().substring("TCP ".length()));
        meet(node);
        measure(node, topic, new Tcp(loop, tcpPort, BenchedPeer.tls(withTls)));
      } finally {
        peer.destroyForcibly();
      }
    } finally {
      loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).await(ANSWER_LIMIT_SECONDS, TimeUnit.SECONDS);
    }
    return 0;
  }

  private static Process startPeer(int port, boolean withTls) throws IOException {
    return new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-Xmx512m",
            "--enable-native-access=ALL-UNNAMED",
            "--sun-misc-unsafe-memory-access=allow",
            "-cp",
            System.getProperty("java.class.path"),
            BenchedPeer.class.getName(),
            Integer.toString(port),
            Boolean.toString(withTls))
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static void meet(MeshNode node) throws InterruptedException {
    long endNanos = System.nanoTime() + MEETING_LIMIT_NANOS;
    while (node.node("peer").isEmpty()) {
      if (System.nanoTime() - endNanos > 0) {
        throw new IllegalStateException("the two nodes do not meet");
      }
      TimeUnit.MILLISECONDS.sleep(50);
    }
  }

  private void measure(MeshNode node, Topic topic, Tcp tcp) throws Exception {
    byte[] payload = new byte[BYTES];
    Map<String, Object> data = Map.of("payload", payload);
    Timed bare = new Timed("bare TCP", tcp::echo);
    Timed ask = new Timed("Topic.ask", () -> await(topic.ask("peer", payload)));
    Timed rpc = new Timed("Mesh.rpc", () -> await(node.rpc(BenchedPeer.ECHO_RPC, "peer", payload)));
    Timed request =
        new Timed(
            "Mesh.request", () -> await(node.request(BenchedPeer.ECHO_REQUEST, "peer", data)));
    List<Timed> all = List.of(bare, ask, rpc, request);
    makeTrips(all);
    all.forEach(each -> each.nanos.reset());
    makeTrips(all);
    for (Timed each : all) {
      report("round trip p50, " + each.name, each.p50Micros(), bare.p50Micros(), "µs");
    }
    perSecond(() -> tcp.send(MESSAGES_COUNT), bare.trip);
    double barePerSecond = perSecond(() -> tcp.send(MESSAGES_COUNT), bare.trip);
    report("one way, bare TCP", barePerSecond, barePerSecond, "/s");
    perSecond(() -> send(topic, payload), ask.trip);
    double meshPerSecond = perSecond(() -> send(topic, payload), ask.trip);
    report("one way, Topic.send", meshPerSecond, barePerSecond, "/s");
  }

  private static void report(String what, double figure, double bare, String unit) {
    System.out.printf("| %s | %.0f %s | %.2f |%n", what, figure, unit, figure / bare);
  }

  /** A kind of trip and how long its trips took. */
  private record Timed(String name, Trip trip, Histogram nanos) {
    Timed(String name, Trip trip) {
      this(name, trip, new Histogram(3));
    }

    void make(int count) throws Exception {
      for (int i = 0; i < count; i++) {
        long began = System.nanoTime();
        trip.make();
        nanos.recordValue(System.nanoTime() - began);
      }
    }

    double p50Micros() {
      return nanos.getValueAtPercentile(50) / 1e3;
    }
  }

  /** In short turns, so that whatever else the machine does is the same for all. */
  private void makeTrips(List<Timed> all) throws Exception {
    long endNanos = System.nanoTime() + all.size() * TimeUnit.SECONDS.toNanos(seconds);
    while (System.nanoTime() - endNanos < 0) {
      for (Timed each : all) {
        each.make(TRIPS_PER_TURN_COUNT);
      }
    }
  }

  /** The round trip at the end comes back when everything before it has arrived. */
  private static double perSecond(Trip messages, Trip last) throws Exception {
    long began = System.nanoTime();
    messages.make();
    last.make();
    return MESSAGES_COUNT * 1e9 / (System.nanoTime() - began);
  }

  private static void send(Topic topic, byte[] payload) {
    for (int i = 0; i < MESSAGES_COUNT; i++) {
      while (!topic.send("peer", payload)) {
        Thread.yield();
      }
    }
  }

  private static void await(CompletionStage<?> answer) throws Exception {
    answer.toCompletableFuture().get(ANSWER_LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  /** A bare connection; one thread. */
  private static final class Tcp extends SimpleChannelInboundHandler<ByteBuf> {
    private final Channel channel;
    private final Semaphore echoes = new Semaphore(0);

    Tcp(MultiThreadIoEventLoopGroup loop, int port, Optional<SSLContext> tls)
        throws InterruptedException {
      channel =
          new Bootstrap()
              .group(loop)
              .channel(NioSocketChannel.class)
              .option(ChannelOption.TCP_NODELAY, true)
              .handler(
                  new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel opened) {
                      tls.ifPresent(
                          context -> opened.pipeline().addLast(BenchedPeer.secured(context, true)));
                      opened.pipeline().addLast(BenchedPeer.frames(), Tcp.this);
                    }
                  })
              .connect("127.0.0.1", port)
              .sync()
              .channel();
    }

    private ByteBuf frame(int kind) {
      return channel.alloc().buffer().writeInt(BYTES).writeByte(kind).writeZero(BYTES - 1);
    }

    void echo() throws InterruptedException {
      channel.writeAndFlush(frame(BenchedPeer.ECHO), channel.voidPromise());
      if (!echoes.tryAcquire(ANSWER_LIMIT_SECONDS, TimeUnit.SECONDS)) {
        throw new IllegalStateException("no echo");
      }
    }

    /** Writes on the event loop, some at a time: what a program that is all Netty would do. */
    void send(int count) throws InterruptedException {
      for (int sent = 0; sent < count; sent += WRITES_COUNT) {
        while (!channel.isWritable()) {
          Thread.yield();
        }
        int writes = Math.min(WRITES_COUNT, count - sent);
        channel.eventLoop().submit(() -> write(writes)).sync();
      }
    }

    private void write(int count) {
      for (int i = 1; i <= count; i++) {
        channel.write(frame(0), channel.voidPromise());
        if (i % FLUSH_EVERY_COUNT == 0 || i == count) {
          channel.flush();
        }
      }
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf echo) {
      echoes.release();
    }
  }
}

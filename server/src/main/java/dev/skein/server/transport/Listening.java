package dev.skein.server.transport;

import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.session.SessionConfig;
import dev.skein.protocol.session.SessionState;
import dev.skein.server.Role;
import dev.skein.server.Shard;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLException;

/** The open sockets of a node. Any thread. */
final class Listening {
  /** What a record adds to the longest message: the frame's header and the tag. */
  private static final int RECORD_OVERHEAD_BYTES = 256;

  /** A client that was told to move is waited for at least this long. */
  private static final int ARRIVAL_MIN_MILLIS = 5_000;

  private static final int BACKLOG_MAX_CONNECTIONS = 4_096;

  private final List<EventShard> shards;
  private final List<Residence> residences = new ArrayList<>();
  private final List<UdpGate> gates = new ArrayList<>();
  private final List<StreamGate> streamGates = new ArrayList<>();
  private final List<Channel> channels = new ArrayList<>();
  private final Map<Role, InetSocketAddress> addresses = new EnumMap<>(Role.class);
  private final Handshakes handshakes;
  private int udpListeners;

  private Listening(
      TransportConfig config,
      List<EventShard> shards,
      Handshakes handshakes,
      Occupancy occupancy,
      TransportCounters counters) {
    this.shards = shards;
    this.handshakes = handshakes;
    SecureRandom seeds = new SecureRandom();
    TransportConfig.Limits limits = config.limits();
    RateLimit messages = new RateLimit(limits.messagesPerSecond(), 2L * limits.messagesPerSecond());
    RateLimit bytes =
        new RateLimit(
            limits.bytesPerSecond(),
            Math.max(2L * limits.bytesPerSecond(), config.session().maxMessageBytes()));
    for (EventShard shard : shards) {
      SessionConfig session = config.session();
      residences.add(
          new Residence(
              shard,
              new ConnectionTable(shard.index(), seeds),
              session,
              messages,
              bytes,
              occupancy,
              counters,
              new QueueBudget(config.limits().sendQueuesMaxBytes() / config.shards()),
              new SplittableRandom(seeds.nextLong()),
              new byte[session.maxMessageBytes() + RECORD_OVERHEAD_BYTES]));
    }
    AtomicInteger pending = new AtomicInteger();
    for (Residence residence : residences) {
      gates.add(new UdpGate(residence, handshakes, gates, config));
      streamGates.add(new StreamGate(residence, handshakes, streamGates, pending, config.limits()));
    }
  }

  static Listening start(
      TransportConfig config,
      boolean nativeIo,
      MultiThreadIoEventLoopGroup loops,
      List<EventShard> shards,
      List<Listener> listeners,
      Handshakes handshakes,
      Occupancy occupancy,
      TransportCounters counters)
      throws IOException {
    Listening listening = new Listening(config, shards, handshakes, occupancy, counters);
    try {
      for (Listener listener : listeners) {
        InetSocketAddress bound =
            switch (listener.role()) {
              case UDP ->
                  nativeIo
                      ? listening.bindNative(listener, config, counters)
                      : listening.bindPortable(listener, config, counters);
              case TCP, WS -> listening.bindStream(listener, config, nativeIo, loops);
              case HTTP -> throw new IllegalArgumentException("HTTP is not a transport");
            };
        listening.addresses.putIfAbsent(listener.role(), bound);
      }
    } catch (IOException | RuntimeException e) {
      listening.close();
      throw e;
    }
    return listening;
  }

  Map<Role, InetSocketAddress> addresses() {
    return addresses;
  }

  /** A place for a session of another node; on the shard. Empty if there is none free. */
  Optional<ExpectedConnection> expect(
      Shard shard, Ticket ticket, Role role, SessionState state, long rttNanos) {
    Residence residence = residences.get(shard.index());
    Arrivals arrivals = handshakes.arrivals();
    boolean full = !residence.occupancy().hasRoom(arrivals.size() + 1);
    if (full || !addresses.containsKey(role) || handshakes.isStopped()) {
      return Optional.empty();
    }
    int patienceMillis = Math.max(residence.session().resumeTtlMillis(), ARRIVAL_MIN_MILLIS);
    ExpectedConnection expected =
        new ExpectedConnection(residence, arrivals, ticket, role, state, rttNanos, patienceMillis);
    if (arrivals.add(expected)) {
      return Optional.of(expected);
    }
    expected.cancel();
    return Optional.empty();
  }

  /** Says goodbye to every session; they are gone once it has been sent. */
  void closeSessions(int code, String text) {
    handshakes.stop();
    handshakes.arrivals().close(code, text);
    for (Residence residence : residences) {
      residence.shard().execute(() -> residence.table().forEach(each -> each.close(code, text)));
    }
  }

  /** True while a client that was told of its session's end has not hung up. Any thread. */
  boolean hasLeaving() {
    return streamGates.stream().anyMatch(gate -> gate.leaving() > 0);
  }

  /** Frees every socket. */
  CompletableFuture<Void> close() {
    handshakes.stop();
    List<CompletableFuture<Void>> parts = new ArrayList<>();
    for (Channel channel : channels) {
      CompletableFuture<Void> closed = new CompletableFuture<>();
      channel.close().addListener(done -> closed.complete(null));
      parts.add(closed);
    }
    for (EventShard shard : shards) {
      parts.add(
          CompletableFuture.runAsync(
              () -> {
                gates.get(shard.index()).close();
                streamGates.get(shard.index()).close();
              },
              shard));
    }
    return CompletableFuture.allOf(parts.toArray(CompletableFuture[]::new));
  }

  /** One socket a shard, all on the same port. */
  private InetSocketAddress bindNative(
      Listener listener, TransportConfig config, TransportCounters counters) throws IOException {
    InetSocketAddress address = listener.address();
    int index = udpListeners++;
    List<NativeUdpPort> ports = new ArrayList<>();
    for (EventShard shard : shards) {
      UdpGate gate = gates.get(shard.index());
      try {
        NativeUdpPort port =
            NativeUdpPort.bind(shard, index, address, gate, counters, config.sockets());
        ports.add(port);
        gate.add(port);
        address = port.localAddress();
      } catch (IOException e) {
        throw new IOException("UDP " + address + ": " + e.getMessage(), e);
      }
    }
    for (NativeUdpPort port : ports) {
      port.start();
    }
    return address;
  }

  private InetSocketAddress bindPortable(
      Listener listener, TransportConfig config, TransportCounters counters) throws IOException {
    int index = udpListeners++;
    Channel channel;
    try {
      channel = PortableUdpPort.bind(shards.getFirst(), listener.address(), config.sockets());
    } catch (IOException e) {
      throw new IOException("UDP " + listener.address() + ": " + e.getMessage(), e);
    }
    channels.add(channel);
    for (EventShard shard : shards) {
      UdpGate gate = gates.get(shard.index());
      PortableUdpPort port = new PortableUdpPort(shard, index, channel, counters);
      gate.add(port);
      shard.execute(() -> port.start(gate));
    }
    return (InetSocketAddress) channel.localAddress();
  }

  private InetSocketAddress bindStream(
      Listener listener,
      TransportConfig config,
      boolean nativeIo,
      MultiThreadIoEventLoopGroup loops)
      throws IOException {
    Map<EventLoop, StreamGate> byLoop = new IdentityHashMap<>();
    for (EventShard shard : shards) {
      byLoop.put(shard.loop(), streamGates.get(shard.index()));
    }
    SslContext tls = config.tls().isPresent() ? tls(config.tls().get()) : null;
    int bufferBytes = config.sockets().streamBufferBytes();
    var bound =
        new ServerBootstrap()
            .group(shards.getFirst().loop(), loops)
            .channel(nativeIo ? EpollServerSocketChannel.class : NioServerSocketChannel.class)
            .option(ChannelOption.SO_BACKLOG, BACKLOG_MAX_CONNECTIONS)
            .option(ChannelOption.SO_REUSEADDR, true)
            .childOption(ChannelOption.TCP_NODELAY, true)
            .childOption(
                ChannelOption.WRITE_BUFFER_WATER_MARK,
                new WriteBufferWaterMark(bufferBytes / 2, bufferBytes))
            .childHandler(new StreamPipeline(listener.role(), byLoop, config.limits(), tls))
            .bind(listener.address())
            .awaitUninterruptibly();
    if (!bound.isSuccess()) {
      throw new IOException(
          listener.role() + " " + listener.address() + ": " + bound.cause().getMessage(),
          bound.cause());
    }
    channels.add(bound.channel());
    return (InetSocketAddress) bound.channel().localAddress();
  }

  private static SslContext tls(TransportConfig.Tls tls) throws IOException {
    try {
      return SslContextBuilder.forServer(tls.certificateChain().toFile(), tls.privateKey().toFile())
          .build();
    } catch (SSLException | IllegalArgumentException e) {
      throw new IOException(
          "TLS with " + tls.certificateChain() + " and " + tls.privateKey() + ": " + e.getMessage(),
          e);
    }
  }
}

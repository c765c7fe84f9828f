package dev.skein.server.transport;

import dev.skein.protocol.session.SessionConfig;
import dev.skein.server.Role;
import io.netty.channel.Channel;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;

/** The open sockets of a node. Any thread. */
final class Listening {
  /** Room for one record of a stream with its framing, which is more than a datagram. */
  static final int OUTGOING_BYTES = 16_384 + 64;

  private final List<EventShard> shards;
  private final List<Residence> residences = new ArrayList<>();
  private final List<UdpGate> gates = new ArrayList<>();
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
    RateLimit messages =
        new RateLimit(limits.messagesPerSecond(), 2L * limits.messagesPerSecond());
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
              new SplittableRandom(seeds.nextLong()),
              new byte[OUTGOING_BYTES]));
    }
    for (Residence residence : residences) {
      gates.add(new UdpGate(residence, handshakes, gates, config));
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
              case TCP, WS, HTTP -> throw new IllegalArgumentException("not a transport");
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

  /** Says goodbye to every session; they are gone once it has been sent. */
  void closeSessions(int code, String text) {
    handshakes.stop();
    for (Residence residence : residences) {
      residence.shard().execute(() -> residence.table().forEach(each -> each.close(code, text)));
    }
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
          CompletableFuture.runAsync(() -> gates.get(shard.index()).close(), shard));
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
}

package dev.skein.server.transport;

import dev.skein.server.Shard;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.util.ArrayList;
import java.util.List;

/**
 * The sockets, shards and sessions of one node. Any thread may call.
 *
 * <p>Opened first, so that the shards exist while the node is built; listens later, once, when
 * everything above is ready.
 */
public final class Transport {
  private final TransportConfig config;
  private final MultiThreadIoEventLoopGroup loops;
  private final List<EventShard> shards;
  private final TransportCounters counters = new TransportCounters();

  private Transport(TransportConfig config) {
    this.config = config;
    IoHandlerFactory io =
        Epoll.isAvailable() ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.loops =
        new MultiThreadIoEventLoopGroup(
            config.shards(), new DefaultThreadFactory("skein-shard", true), io);
    List<EventShard> all = new ArrayList<>();
    for (var loop : loops) {
      all.add(new EventShard(all.size(), (IoEventLoop) loop, System::nanoTime));
    }
    this.shards = List.copyOf(all);
  }

  /** Starts the shards; nothing listens yet. */
  public static Transport open(TransportConfig config) {
    return new Transport(config);
  }

  public TransportConfig config() {
    return config;
  }

  /** All shards, by index. */
  public List<Shard> shards() {
    return List.copyOf(shards);
  }

  public TransportCounters counters() {
    return counters;
  }

  // Contract of what follows as soon as ServerHandshake is there:
  //
  // public void listen(List<Listener> listeners, ServerHandshake handshake, ConnectionEvents events)
  //     throws IOException              once; all or nothing; the exception names the address
  // public InetSocketAddress address(Role role)      the bound address of the first such listener
  // public int connectionCount()                     open and detached sessions
  // public CompletableFuture<Void> stop(Duration grace)
  //     CLOSE SHUTDOWN to all, sockets closed, then the shards end
}

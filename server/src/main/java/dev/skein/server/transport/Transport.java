package dev.skein.server.transport;

import dev.skein.protocol.Code;
import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.handshake.TicketGate;
import dev.skein.protocol.session.SessionState;
import dev.skein.server.Role;
import dev.skein.server.Shard;
import io.netty.channel.IoEventLoop;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.ResourceLeakDetector;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The sockets, shards and sessions of one node. Any thread may call, but none of a shard may wait
 * for what it returns.
 *
 * <p>Opened first, so that the shards exist while the node is built; listens later, once, when
 * everything above is ready.
 */
public final class Transport {
  /** How long a graceful end waits before it looks again whether all sessions are gone. */
  private static final long STOP_LOOK_MILLIS = 5;

  static {
    // Netty samples buffers with stack traces to find leaks; here they never leave one method.
    if (System.getProperty("io.netty.leakDetection.level") == null) {
      ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
    }
  }

  private final TransportConfig config;
  private final boolean nativeIo;
  private final MultiThreadIoEventLoopGroup loops;
  private final List<EventShard> shards;
  private final TransportCounters counters = new TransportCounters();
  private final Occupancy occupancy;
  private @Nullable Listening listening;
  private @Nullable CompletableFuture<Void> silent;
  private @Nullable CompletableFuture<Void> stopped;

  private Transport(TransportConfig config) {
    this.config = config;
    this.nativeIo =
        switch (config.sockets().io()) {
          case NATIVE -> requireNative();
          case AUTO -> Epoll.isAvailable() && LinuxSockets.available();
          case PORTABLE -> false;
        };
    this.occupancy = new Occupancy(config.limits());
    IoHandlerFactory io = nativeIo ? EpollIoHandler.newFactory() : NioIoHandler.newFactory();
    this.loops =
        new MultiThreadIoEventLoopGroup(
            config.shards(), new DefaultThreadFactory("skein-shard", true), io);
    List<EventShard> all = new ArrayList<>();
    for (var loop : loops) {
      all.add(new EventShard(all.size(), (IoEventLoop) loop, System::nanoTime, config.turnNanos()));
    }
    this.shards = List.copyOf(all);
  }

  private static boolean requireNative() {
    Epoll.ensureAvailability();
    if (!LinuxSockets.available()) {
      throw new IllegalStateException("io NATIVE needs 64-bit Linux and access to native code");
    }
    return true;
  }

  /** Starts the shards; nothing listens yet. */
  public static Transport open(TransportConfig config) {
    return new Transport(config);
  }

  /**
   * Opens the sockets and begins to take connections; to be called once. All or nothing.
   *
   * @param gate which tickets are good here
   * @param events the layer above
   * @throws IOException if an address cannot be bound, or the certificate not be read; the message
   *     names it
   */
  public synchronized void listen(
      List<Listener> listeners, TicketGate gate, ConnectionEvents events) throws IOException {
    if (listening != null || silent != null) {
      throw new IllegalStateException("the transport listens already, or has been stopped");
    }
    Handshakes handshakes =
        new Handshakes(gate, config.session(), config.limits(), events, occupancy, counters);
    listening =
        Listening.start(
            config, nativeIo, loops, shards, listeners, handshakes, occupancy, counters);
  }

  /**
   * Keeps a place for a session that comes from another node, until its client arrives with the
   * ticket. To be called on the shard; the caller {@linkplain ExpectedConnection#watch watches} it.
   *
   * @param ticket made for this node, with the purpose MOVE
   * @return empty if the node has no free place or no listener of the role
   */
  public Optional<ExpectedConnection> expect(
      Shard shard, Ticket ticket, Role role, SessionState state, long rttNanos) {
    Listening open;
    synchronized (this) {
      open = silent == null ? listening : null;
    }
    return open == null ? Optional.empty() : open.expect(shard, ticket, role, state, rttNanos);
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

  /** Sessions on the node, detached ones included. */
  public int connectionCount() {
    return occupancy.total();
  }

  /** Where the first listener of the role is bound; empty if there is none. */
  public Optional<InetSocketAddress> address(Role role) {
    return Optional.ofNullable(addresses().get(role));
  }

  /** Where the first listener of each role is bound. */
  public synchronized Map<Role, InetSocketAddress> addresses() {
    return listening == null ? Map.of() : new EnumMap<>(listening.addresses());
  }

  /**
   * Tells every client SHUTDOWN and closes the sockets; the shards go on, as other nodes may still
   * ask this one. A second call gives the same answer.
   *
   * @param grace how long what has to be said may take
   */
  public synchronized CompletableFuture<Void> closeSessions(Duration grace) {
    if (silent == null) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      silent = done;
      Listening open = listening;
      if (open == null) {
        done.complete(null);
      } else {
        open.closeSessions(Code.SHUTDOWN, "the node goes down");
        long deadlineNanos = System.nanoTime() + grace.toNanos();
        awaitSessions(open, deadlineNanos, done);
      }
    }
    return silent;
  }

  /** Does {@link #closeSessions} and ends the shards. A second call gives the same answer. */
  public synchronized CompletableFuture<Void> stop(Duration grace) {
    if (stopped == null) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      stopped = done;
      closeSessions(grace).whenComplete((nothing, failure) -> endShards(done));
    }
    return stopped;
  }

  private void awaitSessions(Listening open, long deadlineNanos, CompletableFuture<Void> done) {
    boolean allGone = occupancy.total() == 0 && !open.hasLeaving();
    if (allGone || System.nanoTime() - deadlineNanos >= 0) {
      open.close().whenComplete((nothing, failure) -> done.complete(null));
    } else {
      CompletableFuture.delayedExecutor(STOP_LOOK_MILLIS, TimeUnit.MILLISECONDS)
          .execute(() -> awaitSessions(open, deadlineNanos, done));
    }
  }

  private void endShards(CompletableFuture<Void> done) {
    shards.forEach(EventShard::end);
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).addListener(ended -> done.complete(null));
  }
}

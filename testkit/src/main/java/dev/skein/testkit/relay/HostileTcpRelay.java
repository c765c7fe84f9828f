package dev.skein.testkit.relay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.SelectionKey;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Stands between TCP (or WebSocket) clients and a server, on loopback: delays what they say to each
 * other, breaks it into small pieces, stalls it, and cuts connections. Bytes keep their order and,
 * unless {@link StreamHostility#corrupt} is set, their value. Any thread may call; the traffic runs
 * on the relay's one thread.
 */
public final class HostileTcpRelay implements AutoCloseable {
  /** Connections beyond this are closed at once and counted as overflow. */
  public static final int CONNECTIONS_MAX = 16_384;

  private final InetSocketAddress server;
  private final StreamHostility streams;
  private final ServerSocketChannel listening;
  private final InetSocketAddress address;
  private final RelayLoop loop;
  private final Set<HostileConnection> connections = ConcurrentHashMap.newKeySet();
  private final RelayCounters counters = new RelayCounters();
  private long accepted;
  private boolean stalled;
  private volatile Hostility hostility;

  private HostileTcpRelay(InetSocketAddress server, Hostility hostility, StreamHostility streams)
      throws IOException {
    this.server = server;
    this.hostility = hostility;
    this.streams = streams;
    listening = ServerSocketChannel.open();
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1024);
    listening.configureBlocking(false);
    address = (InetSocketAddress) listening.getLocalAddress();
    loop = new RelayLoop("hostile-tcp-relay");
    loop.register(listening, SelectionKey.OP_ACCEPT, key -> accept());
  }

  /** Opens a relay that delays, and slows what a real network would have lost. */
  public static HostileTcpRelay start(InetSocketAddress server, Hostility hostility) {
    return start(server, hostility, StreamHostility.NONE);
  }

  /**
   * Opens a relay to this server.
   *
   * @throws UncheckedIOException if no socket can be opened
   */
  public static HostileTcpRelay start(
      InetSocketAddress server, Hostility hostility, StreamHostility streams) {
    try {
      HostileTcpRelay relay = new HostileTcpRelay(server, hostility, streams);
      relay.loop.start();
      return relay;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where clients are to connect, instead of to the server. */
  public InetSocketAddress address() {
    return address;
  }

  /** Treats what comes from now on otherwise; the seed of the new value has no effect. */
  public void hostility(Hostility changed) {
    hostility = changed;
  }

  /** Cuts every connection now, without goodbye (a TCP reset); new ones are accepted. */
  public void cutAll() {
    loop.execute(() -> Set.copyOf(connections).forEach(HostileConnection::cut));
  }

  /** Holds back everything, in both directions, until {@link #resume}; sockets stay open. */
  public void stall() {
    stalled(true);
  }

  /** Lets flow again what {@link #stall} held back. */
  public void resume() {
    stalled(false);
  }

  /** Open connections at this moment. */
  public int connections() {
    return connections.size();
  }

  public RelayStats stats() {
    return counters.snapshot();
  }

  /** Stops at once; what is under way is lost, every connection is closed. */
  @Override
  public void close() {
    loop.close();
  }

  private void stalled(boolean now) {
    loop.execute(() -> {
      stalled = now;
      connections.forEach(connection -> connection.stalled(now));
    });
  }

  private void accept() {
    try {
      for (SocketChannel client = listening.accept(); client != null; client = listening.accept()) {
        if (connections.size() >= CONNECTIONS_MAX) {
          counters.overflowed.increment();
          RelayLoop.closeQuietly(client);
        } else {
          open(client);
        }
      }
    } catch (IOException e) {
      // The listening socket was closed, or the client went away before it was accepted.
    }
  }

  private void open(SocketChannel client) throws IOException {
    long lane = accepted++;
    SocketChannel upstream = SocketChannel.open();
    for (SocketChannel side : new SocketChannel[] {client, upstream}) {
      side.configureBlocking(false);
      side.setOption(StandardSocketOptions.TCP_NODELAY, true);
    }
    upstream.connect(server);
    HostileConnection connection =
        new HostileConnection(
            loop, client, upstream, lane, () -> hostility, streams, counters, connections::remove);
    connections.add(connection);
    connection.begin(stalled);
  }
}

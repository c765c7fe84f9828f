package dev.skein.testkit.relay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Stands between UDP clients and a server, on loopback: clients talk to {@link #address()}, the
 * server sees each client under an address of its own, and in between datagrams are lost, doubled,
 * held back, damaged and delayed by a {@link Hostility}. Like a NAT it can give a client another
 * address in mid-session. Any thread may call; the traffic runs on the relay's one thread.
 */
public final class HostileUdpRelay implements AutoCloseable {
  /** Clients beyond this are ignored and counted as overflow. */
  public static final int CLIENTS_MAX = 16_384;

  /** Datagrams under way at once; more are dropped and counted as overflow. */
  public static final int QUEUE_MAX_DATAGRAMS = 262_144;

  private static final int DATAGRAM_MAX_BYTES = 65_536;
  private static final int LISTEN_BUFFER_BYTES = 4 << 20;
  private static final int CLIENT_BUFFER_BYTES = 1 << 18;

  /** One client and the socket that speaks for it to the server. */
  private static final class Client {
    final InetSocketAddress address;
    final HostilePath up;
    final HostilePath down;
    DatagramChannel upstream;

    Client(InetSocketAddress address, HostilePath up, HostilePath down, DatagramChannel upstream) {
      this.address = address;
      this.up = up;
      this.down = down;
      this.upstream = upstream;
    }
  }

  private interface Exit {
    /** The number of bytes that went out; 0 if the socket would not take them. */
    int send(ByteBuffer datagram) throws IOException;
  }

  private final InetSocketAddress server;
  private final DatagramChannel listening;
  private final InetSocketAddress address;
  private final RelayLoop loop;
  private final Map<InetSocketAddress, Client> clients = new ConcurrentHashMap<>();
  private final RelayCounters counters = new RelayCounters();
  private final ByteBuffer incoming = ByteBuffer.allocateDirect(DATAGRAM_MAX_BYTES);
  private volatile Hostility hostility;

  private HostileUdpRelay(InetSocketAddress server, Hostility hostility) throws IOException {
    this.server = server;
    this.hostility = hostility;
    listening = DatagramChannel.open();
    listening.setOption(StandardSocketOptions.SO_RCVBUF, LISTEN_BUFFER_BYTES);
    listening.setOption(StandardSocketOptions.SO_SNDBUF, LISTEN_BUFFER_BYTES);
    listening.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    listening.configureBlocking(false);
    address = (InetSocketAddress) listening.getLocalAddress();
    loop = new RelayLoop("hostile-udp-relay");
    loop.register(listening, SelectionKey.OP_READ, key -> fromClients());
  }

  /**
   * Opens a relay to this server.
   *
   * @throws UncheckedIOException if no socket can be opened
   */
  public static HostileUdpRelay start(InetSocketAddress server, Hostility hostility) {
    try {
      HostileUdpRelay relay = new HostileUdpRelay(server, hostility);
      relay.loop.start();
      return relay;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Where clients are to send, instead of to the server. */
  public InetSocketAddress address() {
    return address;
  }

  /**
   * Treats what comes from now on otherwise; what is under way stays as it is. The seed of the new
   * value has no effect.
   */
  public void hostility(Hostility changed) {
    hostility = changed;
  }

  /** The clients heard so far, by the addresses of their own sockets. */
  public Set<InetSocketAddress> clients() {
    return Set.copyOf(clients.keySet());
  }

  /**
   * Gives a client another address toward the server, as a NAT does when its mapping expires: the
   * server's datagrams to the former one are lost. Nothing happens for an unknown client. The
   * change comes before anything the client sends after this call.
   */
  public void rebind(InetSocketAddress client) {
    loop.execute(() -> {
      Client known = clients.get(client);
      if (known != null) {
        DatagramChannel former = known.upstream;
        // Closed after the new one is open, so that it cannot get the same port.
        known.upstream = dial();
        listen(known);
        RelayLoop.closeQuietly(former);
      }
    });
  }

  /** {@link #rebind Rebinds} every client. */
  public void rebindAll() {
    clients.keySet().forEach(this::rebind);
  }

  public RelayStats stats() {
    return counters.snapshot();
  }

  /** Stops at once; what is under way is lost. */
  @Override
  public void close() {
    loop.close();
  }

  private void fromClients() {
    try {
      for (; ; ) {
        incoming.clear();
        InetSocketAddress from = (InetSocketAddress) listening.receive(incoming);
        if (from == null) {
          return;
        }
        incoming.flip();
        // A rebind that was asked for before this datagram was sent comes before it.
        loop.runPosted();
        Client client = client(from);
        if (client == null) {
          counters.overflowed.increment();
        } else {
          pass(copyIncoming(), client.up, datagram -> client.upstream.write(datagram));
        }
      }
    } catch (IOException e) {
      // The listening socket was closed; the loop is about to end.
    }
  }

  private void fromServer(Client client, DatagramChannel upstream) {
    for (; ; ) {
      incoming.clear();
      try {
        if (upstream.read(incoming) <= 0) {
          return;
        }
      } catch (IOException e) {
        // Port unreachable (the server is not there now) or closed by a rebind: a lost datagram.
        return;
      }
      incoming.flip();
      pass(copyIncoming(), client.down, datagram -> listening.send(datagram, client.address));
    }
  }

  private @Nullable Client client(InetSocketAddress from) {
    Client known = clients.get(from);
    if (known != null || clients.size() >= CLIENTS_MAX) {
      return known;
    }
    long lane = 2L * clients.size();
    long seed = hostility.seed();
    Client fresh =
        new Client(from, new HostilePath(seed, lane), new HostilePath(seed, lane + 1), dial());
    listen(fresh);
    clients.put(from, fresh);
    return fresh;
  }

  private DatagramChannel dial() {
    try {
      DatagramChannel upstream = DatagramChannel.open();
      upstream.setOption(StandardSocketOptions.SO_RCVBUF, CLIENT_BUFFER_BYTES);
      upstream.connect(server);
      upstream.configureBlocking(false);
      return upstream;
    } catch (IOException e) {
      throw new UncheckedIOException("cannot open another socket for a client", e);
    }
  }

  private void listen(Client client) {
    DatagramChannel upstream = client.upstream;
    try {
      loop.register(upstream, SelectionKey.OP_READ, key -> fromServer(client, upstream));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private byte[] copyIncoming() {
    byte[] datagram = new byte[incoming.remaining()];
    incoming.get(datagram);
    return datagram;
  }

  private void pass(byte[] datagram, HostilePath path, Exit exit) {
    Hostility now = hostility;
    // Every draw is made for every datagram, so that one option does not change the others' fate.
    boolean lost = path.hits(now.lossPercent());
    boolean doubled = path.hits(now.duplicatePercent());
    boolean heldBack = path.hits(now.reorderPercent());
    boolean damaged = path.hits(now.corruptPercent());
    if (lost) {
      counters.lost.increment();
      return;
    }
    if (doubled) {
      counters.duplicated.increment();
      fly(datagram.clone(), path.delayNanos(now), exit);
    }
    if (damaged) {
      counters.corrupted.increment();
      path.turnOneBit(datagram);
    }
    long delayNanos = path.delayNanos(now);
    if (heldBack) {
      counters.reordered.increment();
      delayNanos += path.holdNanos();
    }
    fly(datagram, delayNanos, exit);
  }

  private void fly(byte[] datagram, long delayNanos, Exit exit) {
    if (delayNanos == 0) {
      arrive(datagram, exit);
    } else if (loop.waiting() >= QUEUE_MAX_DATAGRAMS) {
      counters.overflowed.increment();
    } else {
      loop.at(System.nanoTime() + delayNanos, () -> arrive(datagram, exit));
    }
  }

  private void arrive(byte[] datagram, Exit exit) {
    try {
      if (exit.send(ByteBuffer.wrap(datagram)) == datagram.length) {
        counters.forwarded.increment();
      } else {
        counters.overflowed.increment();
      }
    } catch (IOException e) {
      // Nobody listens there now; on a real network the datagram would vanish as well.
      counters.lost.increment();
    }
  }
}

package dev.skein.server.transport;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.epoll.EpollIoOps;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A UDP socket of one shard, read by recvmmsg and written by sendmmsg on preallocated memory; the
 * kernel spreads peers over the shards' sockets (SO_REUSEPORT). Confined to its shard.
 *
 * <p>After it has read something it does not ask epoll again, but looks by itself in the shard's
 * next turn, as a network driver under load does; it goes back to epoll when it finds nothing. So a
 * busy shard wakes up once for several datagrams, and an idle one never.
 */
final class NativeUdpPort implements UdpPort, EpollIoHandle, EventShard.TurnPart {
  private static final Logger LOG = LoggerFactory.getLogger(NativeUdpPort.class);
  private static final int RECEIVE_SLOTS = 64;
  private static final int SEND_SLOTS = 256;
  private static final int TURN_MAX_DATAGRAMS = 256;
  private static final long COUNT_INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** Netty takes NONE for "never again"; errors are reported whether asked for or not. */
  private static final EpollIoOps UNREADABLE = EpollIoOps.EPOLLERR;

  private final EventShard shard;
  private final int listener;
  private final Reader reader;
  private final TransportCounters counters;
  private final Socket socket;
  private final InetSocketAddress localAddress;
  private final boolean v6;
  private final Arena arena = Arena.ofShared();
  private final DatagramBatch incoming;
  private final DatagramBatch outgoing;
  private final byte[] datagram = new byte[DATAGRAM_MAX_BYTES + 1];
  private final Runnable receive = this::receive;

  private @Nullable IoRegistration registration;
  private boolean polling;
  private int missed;
  private long nextCountNanos = Long.MIN_VALUE;
  private int unsent;
  private long unsentBytes;

  private NativeUdpPort(
      EventShard shard,
      int listener,
      Reader reader,
      TransportCounters counters,
      Socket socket,
      boolean v6) {
    this.shard = shard;
    this.listener = listener;
    this.reader = reader;
    this.counters = counters;
    this.socket = socket;
    this.localAddress = socket.localAddress();
    this.v6 = v6;
    this.incoming = new DatagramBatch(arena, RECEIVE_SLOTS, datagram.length, v6);
    this.outgoing = new DatagramBatch(arena, SEND_SLOTS, DATAGRAM_MAX_BYTES, v6);
  }

  /** Binds a socket; it reads nothing until {@link #start}. */
  static NativeUdpPort bind(
      EventShard shard,
      int listener,
      InetSocketAddress address,
      Reader reader,
      TransportCounters counters,
      TransportConfig.Sockets config)
      throws IOException {
    boolean v6 = address.getAddress() instanceof Inet6Address;
    int fd = LinuxSockets.datagramSocket(v6 ? LinuxSockets.AF_INET6 : LinuxSockets.AF_INET);
    if (fd < 0) {
      throw new IOException("the system gives no datagram socket");
    }
    Socket socket = new Socket(fd);
    try {
      socket.setReusePort(true);
      socket.setReceiveBufferSize(config.socketBufferBytes());
      socket.setSendBufferSize(config.socketBufferBytes());
      socket.bind(address);
      return new NativeUdpPort(shard, listener, reader, counters, socket, v6);
    } catch (IOException e) {
      socket.close();
      throw e;
    }
  }

  /** Begins to read. */
  void start() {
    shard.execute(() -> shard.add(this));
    shard
        .loop()
        .register(this)
        .addListener(future -> {
          if (future.isSuccess()) {
            registration = (IoRegistration) future.getNow();
            registration.submit(EpollIoOps.EPOLLIN);
          } else {
            LOG.error("epoll refuses the socket {}", localAddress, future.cause());
          }
        });
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public void handle(IoRegistration source, IoEvent event) {
    if (!polling) {
      shard.turn(receive);
    }
  }

  @Override
  public void beginTurn(long nowNanos) {
    if (polling) {
      receive();
    }
  }

  @Override
  public long endTurn(long nowNanos) {
    flush();
    return polling ? nowNanos : Long.MAX_VALUE;
  }

  @Override
  public void send(byte[] bytes, int length, PeerAddress to) {
    if (unsent == outgoing.slots()) {
      flush();
    }
    outgoing.put(unsent++, bytes, length, to);
    unsentBytes += length;
  }

  @Override
  public int listener() {
    return listener;
  }

  @Override
  public InetSocketAddress localAddress() {
    return localAddress;
  }

  @Override
  public void close() {
    flush();
    shard.remove(this);
    polling = true;
    if (registration != null) {
      registration.cancel();
    }
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      arena.close();
    }
  }

  private void receive() {
    int total = 0;
    int count;
    do {
      count = incoming.receive(socket.intValue());
      dispatch(count);
      total += count;
    } while (count == RECEIVE_SLOTS && total < TURN_MAX_DATAGRAMS);
    if (total >= TURN_MAX_DATAGRAMS) {
      shard.hurry();
    }
    if (total > 0) {
      countMissed(shard.now());
    }
    if (registration != null) {
      poll(total > 0, registration);
    }
  }

  /** Asks the kernel, now and then, what it had no room for. */
  private void countMissed(long nowNanos) {
    if (nowNanos >= nextCountNanos) {
      nextCountNanos = nowNanos + COUNT_INTERVAL_NANOS;
      int missedBefore = missed;
      missed = LinuxSockets.dropped(socket.intValue());
      counters.drop(DropReason.RECEIVE_BUFFER_FULL, missed - missedBefore);
    }
  }

  private void dispatch(int count) {
    long bytes = 0;
    shard.refreshNow();
    for (int i = 0; i < count; i++) {
      int length = incoming.length(i);
      bytes += length;
      incoming.copyPayload(i, datagram, length);
      reader.onDatagram(
          this,
          datagram,
          length,
          v6,
          incoming.addressHigh(i),
          incoming.addressLow(i),
          incoming.port(i));
    }
    if (count > 0) {
      counters.receivedDatagrams(count, bytes);
    }
  }

  private void poll(boolean found, IoRegistration epoll) {
    if (polling != found) {
      polling = found;
      epoll.submit(found ? UNREADABLE : EpollIoOps.EPOLLIN);
    }
  }

  /** PROTOCOL §8: a datagram the kernel does not take is lost like any other. */
  private void flush() {
    int next = 0;
    int failed = 0;
    while (next < unsent) {
      int sent = outgoing.send(socket.intValue(), next, unsent);
      if (sent > 0) {
        next += sent;
      } else {
        boolean full = sent == -LinuxSockets.EAGAIN || sent == -LinuxSockets.ENOBUFS;
        int skipped = full ? unsent - next : 1;
        next += skipped;
        failed += skipped;
      }
    }
    if (unsent > 0) {
      counters.sentDatagrams(unsent - failed, unsentBytes);
      counters.drop(DropReason.SEND_FAILED, failed);
      unsent = 0;
      unsentBytes = 0;
    }
  }
}

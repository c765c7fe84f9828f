package dev.skein.bench.rudp;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;

/**
 * One thread with UDP sockets and timers, for protocols that do no I/O themselves. Everything but
 * {@link #execute} and {@link #close} is confined to it.
 */
final class UdpLoop implements AutoCloseable {
  private static final int DATAGRAM_MAX_BYTES = 2048;
  private static final int SOCKET_BUFFER_BYTES = 1 << 20;
  private static final long CLOSE_MILLIS = 2_000;

  /** One connection's protocol. */
  interface Engine {
    /** When {@link #onTime} wants to be called, of {@link System#nanoTime}. */
    long dueNanos();

    void onTime(long nowNanos);
  }

  /** Takes the datagrams of one socket. */
  interface Receiver {
    void received(byte[] datagram, int length, InetSocketAddress from, long nowNanos);
  }

  /** One socket. */
  final class Socket {
    private final DatagramChannel channel;

    private Socket(DatagramChannel channel) {
      this.channel = channel;
    }

    /** Sends one datagram; one the socket has no room for is lost, as on any network. */
    void send(byte[] buffer, int length, SocketAddress to) {
      try {
        int ignored = channel.send(ByteBuffer.wrap(buffer, 0, length), to);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  private final Selector selector;
  private final Thread thread = Thread.ofPlatform().daemon().name("udp").unstarted(this::run);
  private final ConcurrentLinkedQueue<Runnable> posted = new ConcurrentLinkedQueue<>();
  private final List<Engine> engines = new ArrayList<>();
  private final byte[] datagram = new byte[DATAGRAM_MAX_BYTES];
  private volatile boolean closed;

  UdpLoop() {
    try {
      selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    thread.start();
  }

  void execute(Runnable task) {
    posted.add(task);
    selector.wakeup();
  }

  Socket open(SocketAddress at, Receiver receiver) {
    try {
      DatagramChannel channel = DatagramChannel.open();
      channel.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
      channel.bind(at);
      channel.configureBlocking(false);
      channel.register(selector, SelectionKey.OP_READ, receiver);
      return new Socket(channel);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  void add(Engine engine) {
    engines.add(engine);
  }

  @Override
  public void close() throws InterruptedException {
    closed = true;
    selector.wakeup();
    thread.join(CLOSE_MILLIS);
  }

  private void run() {
    try (selector) {
      while (!closed) {
        select();
        for (Runnable task = posted.poll(); task != null; task = posted.poll()) {
          task.run();
        }
        long now = System.nanoTime();
        for (Engine engine : engines) {
          if (engine.dueNanos() - now <= 0) {
            engine.onTime(now);
          }
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void select() throws IOException {
    long now = System.nanoTime();
    long waitNanos = TimeUnit.SECONDS.toNanos(1);
    for (Engine engine : engines) {
      waitNanos = Math.min(waitNanos, engine.dueNanos() - now);
    }
    if (waitNanos <= 0) {
      selector.selectNow(this::read);
    } else {
      selector.select(this::read, TimeUnit.NANOSECONDS.toMillis(waitNanos) + 1);
    }
  }

  private void read(SelectionKey key) {
    Receiver receiver = (Receiver) key.attachment();
    DatagramChannel channel = (DatagramChannel) key.channel();
    try {
      for (; ; ) {
        ByteBuffer buffer = ByteBuffer.wrap(datagram);
        InetSocketAddress from = (InetSocketAddress) channel.receive(buffer);
        if (from == null) {
          return;
        }
        receiver.received(datagram, buffer.position(), from, System.nanoTime());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}

package dev.skein.bench.rudp;

import io.jpower.kcp.netty.Ukcp;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * KCP of kcp-netty in its fast mode (nodelay 1, interval 10, resend 2, nc 1), all else as the
 * library has it. Its channels were built for Netty 4.1 and do not load with 4.2, so its protocol
 * class runs on {@link UdpLoop}, driven as the library's own channel does: a message is flushed at
 * once, everything else at the next interval.
 */
final class KcpContender implements Contender {
  private static final int INTERVAL_MILLIS = 10;
  private static final int FAST_RESEND = 2;

  private final UdpLoop loop = new UdpLoop();

  /** What one KCP connection received. */
  private interface Inbox {
    void received(ByteBuf message);
  }

  private static final class Connection implements UdpLoop.Engine {
    final Ukcp kcp;
    final Inbox inbox;
    long dueNanos = System.nanoTime();

    Connection(int conversation, UdpLoop.Socket socket, SocketAddress peer, Inbox inbox) {
      this.inbox = inbox;
      kcp =
          new Ukcp(
              conversation,
              (data, ignored) -> {
                byte[] datagram = new byte[data.readableBytes()];
                data.readBytes(datagram).release();
                socket.send(datagram, datagram.length, peer);
              });
      kcp.nodelay(true, INTERVAL_MILLIS, FAST_RESEND, true);
    }

    void onDatagram(byte[] datagram, int length, long nowNanos) {
      try {
        kcp.input(Unpooled.copiedBuffer(datagram, 0, length));
        kcp.setTsUpdate(millis(nowNanos));
        while (kcp.canRecv()) {
          ByteBuf message = Unpooled.buffer(kcp.peekSize());
          kcp.receive(message);
          inbox.received(message);
        }
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    void send(byte[] message) {
      try {
        kcp.send(Unpooled.copiedBuffer(message));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
      int ignored = kcp.update(millis(System.nanoTime()));
    }

    @Override
    public long dueNanos() {
      return dueNanos;
    }

    @Override
    public void onTime(long nowNanos) {
      int now = millis(nowNanos);
      int next = now - kcp.getTsUpdate() >= 0 ? kcp.update(now) : kcp.getTsUpdate();
      dueNanos = nowNanos + TimeUnit.MILLISECONDS.toNanos(Math.max(0, next - now));
    }

    private static int millis(long nanos) {
      return (int) TimeUnit.NANOSECONDS.toMillis(nanos);
    }
  }

  @Override
  public void serve(InetSocketAddress at, OnPlayer onPlayer) {
    Map<InetSocketAddress, Connection> connections = new HashMap<>();
    UdpLoop.Socket[] socket = new UdpLoop.Socket[1];
    loop.execute(() ->
        socket[0] =
            loop.open(
                at,
                (datagram, length, from, now) ->
                    connections
                        .computeIfAbsent(from, peer -> accept(socket[0], peer, onPlayer))
                        .onDatagram(datagram, length, now)));
  }

  private Connection accept(UdpLoop.Socket socket, InetSocketAddress peer, OnPlayer onPlayer) {
    Connection[] self = new Connection[1];
    self[0] =
        new Connection(
            0,
            socket,
            peer,
            greeting ->
                onPlayer.joined(
                    greeting.readInt(), message -> loop.execute(() -> self[0].send(message))));
    self[0].kcp.setAutoSetConv(true);
    loop.add(self[0]);
    return self[0];
  }

  @Override
  public void play(InetSocketAddress server, int players, int messageBytes, OnMessage onMessage) {
    for (int player = 0; player < players; player++) {
      int index = player;
      loop.execute(() -> connect(server, index, messageBytes, onMessage));
    }
  }

  private void connect(
      InetSocketAddress server, int player, int messageBytes, OnMessage onMessage) {
    byte[] copy = new byte[messageBytes];
    Connection[] self = new Connection[1];
    UdpLoop.Socket socket =
        loop.open(
            new InetSocketAddress(0),
            (datagram, length, from, now) -> self[0].onDatagram(datagram, length, now));
    self[0] =
        new Connection(
            player + 1,
            socket,
            server,
            message -> {
              message.readBytes(copy);
              onMessage.received(copy, 0);
            });
    loop.add(self[0]);
    self[0].send(Unpooled.copyInt(player).array());
  }

  @Override
  public void close() throws InterruptedException {
    loop.close();
  }
}

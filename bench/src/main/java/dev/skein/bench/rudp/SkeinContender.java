package dev.skein.bench.rudp;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.protocol.session.DatagramSession;
import dev.skein.protocol.session.Role;
import dev.skein.protocol.session.Session;
import dev.skein.protocol.session.SessionConfig;
import dev.skein.protocol.session.SessionEvents;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.SplittableRandom;

/**
 * Skein's datagram session with its default settings, encrypted. Both ends derive the same secrets
 * from the player's index instead of shaking hands, which is not part of what is measured.
 */
final class SkeinContender implements Contender {
  private static final int SECRET_BYTES = 32;

  private final Channel channel;
  private final UdpLoop loop = new UdpLoop();

  SkeinContender(boolean reliable) {
    channel = reliable ? Channel.ordered(0) : Channel.UNRELIABLE;
  }

  /** What one connection received. */
  private interface Inbox {
    void received(byte[] buffer, int offset, int length);
  }

  private static final class Connection implements UdpLoop.Engine, SessionEvents {
    final DatagramSession session;
    final Inbox inbox;
    final UdpLoop.Socket socket;
    final byte[] out = new byte[SessionConfig.MAX_DATAGRAM_BYTES];

    Connection(Role role, long id, InetSocketAddress peer, UdpLoop.Socket socket, Inbox inbox) {
      this.socket = socket;
      this.inbox = inbox;
      session =
          new DatagramSession(
              role,
              id,
              secrets(id),
              SessionConfig.DEFAULTS,
              peer,
              this,
              new SplittableRandom(id),
              System.nanoTime());
    }

    void send(Channel channel, byte[] message) {
      long now = System.nanoTime();
      Session.SendResult result = session.send(channel, message, 0, message.length, now);
      if (result != Session.SendResult.ACCEPTED) {
        throw new IllegalStateException("the session answered " + result);
      }
      flush(now);
    }

    void onDatagram(byte[] datagram, int length, InetSocketAddress from, long nowNanos) {
      session.onDatagram(datagram, 0, length, from, nowNanos);
      flush(nowNanos);
    }

    @Override
    public long dueNanos() {
      return Math.min(session.nextTimeoutNanos(), session.nextSendNanos());
    }

    @Override
    public void onTime(long nowNanos) {
      session.onTimeout(nowNanos);
      flush(nowNanos);
    }

    private void flush(long nowNanos) {
      for (int bytes = session.poll(out, 0, nowNanos);
          bytes > 0;
          bytes = session.poll(out, 0, nowNanos)) {
        socket.send(out, bytes, session.pollPath());
      }
    }

    @Override
    public void onMessage(Session from, Channel on, byte[] buffer, int offset, int length) {
      inbox.received(buffer, offset, length);
    }

    @Override
    public void onClosed(Session from, CloseReason reason) {
      throw new IllegalStateException("a session closed: " + reason);
    }

    private static SessionSecrets secrets(long id) {
      SplittableRandom random = new SplittableRandom(id);
      byte[][] secrets = new byte[3][SECRET_BYTES];
      for (byte[] secret : secrets) {
        random.nextBytes(secret);
      }
      return new SessionSecrets(CipherSuite.AES_128_GCM, secrets[0], secrets[1], secrets[2]);
    }
  }

  @Override
  public void serve(InetSocketAddress at, OnPlayer onPlayer) {
    Map<Long, Connection> connections = new HashMap<>();
    UdpLoop.Socket[] socket = new UdpLoop.Socket[1];
    loop.execute(() ->
        socket[0] =
            loop.open(
                at,
                (datagram, length, from, now) ->
                    connections
                        .computeIfAbsent(
                            DatagramSession.connectionId(datagram, 0),
                            id -> accept(id, from, socket[0], onPlayer))
                        .onDatagram(datagram, length, from, now)));
  }

  private Connection accept(
      long id, InetSocketAddress peer, UdpLoop.Socket socket, OnPlayer onPlayer) {
    Connection[] self = new Connection[1];
    self[0] =
        new Connection(
            Role.SERVER,
            id,
            peer,
            socket,
            (buffer, offset, length) ->
                onPlayer.joined(
                    ByteBuffer.wrap(buffer, offset, length).getInt(),
                    message -> loop.execute(() -> self[0].send(channel, message))));
    loop.add(self[0]);
    return self[0];
  }

  @Override
  public void play(InetSocketAddress server, int players, int messageBytes, OnMessage onMessage) {
    for (int player = 0; player < players; player++) {
      int index = player;
      loop.execute(() -> connect(server, index, onMessage));
    }
  }

  private void connect(InetSocketAddress server, int player, OnMessage onMessage) {
    Connection[] self = new Connection[1];
    UdpLoop.Socket socket =
        loop.open(
            new InetSocketAddress(0),
            (datagram, length, from, now) -> self[0].onDatagram(datagram, length, from, now));
    self[0] =
        new Connection(
            Role.CLIENT,
            player,
            server,
            socket,
            (buffer, offset, length) -> onMessage.received(buffer, offset));
    loop.add(self[0]);
    self[0].send(Channel.ordered(0), ByteBuffer.allocate(Integer.BYTES).putInt(player).array());
  }

  @Override
  public void close() throws InterruptedException {
    loop.close();
  }
}

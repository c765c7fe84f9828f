package dev.skein.server.transport;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.crypto.Tickets;
import dev.skein.protocol.handshake.ClientHandshake;
import dev.skein.protocol.handshake.Established;
import dev.skein.protocol.session.DatagramSession;
import dev.skein.protocol.session.Role;
import dev.skein.protocol.session.Session;
import dev.skein.protocol.session.SessionConfig;
import dev.skein.protocol.session.SessionEvents;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A UDP client made of the protocol's classes and one socket, driven by the test's thread. */
final class RawUdpClient implements SessionEvents, AutoCloseable {
  private final InetSocketAddress server;
  private final ClientHandshake handshake;
  private final ByteBuffer in = ByteBuffer.allocate(2_048);
  private final byte[] out = new byte[1_200];
  private DatagramChannel socket;
  private @Nullable DatagramSession session;
  private @Nullable CloseReason closed;
  final List<String> received = new ArrayList<>();

  RawUdpClient(InetSocketAddress server, Tickets.Issued ticket) throws IOException {
    this(server, ticket.sealed(), ticket.ticket().key());
  }

  RawUdpClient(InetSocketAddress server, byte[] sealedTicket, byte[] ticketKey) throws IOException {
    this.server = server;
    this.handshake =
        new ClientHandshake(
            sealedTicket,
            ticketKey,
            3,
            SessionConfig.DEFAULTS.withPackWindowMillis(0),
            5_000,
            new SecureRandom(),
            System.nanoTime());
    this.socket = open();
  }

  private static DatagramChannel open() throws IOException {
    DatagramChannel channel = DatagramChannel.open();
    channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    channel.configureBlocking(false);
    return channel;
  }

  /**
   * Handles what has arrived and sends what is due; returns itself so that tests can wait on it.
   */
  RawUdpClient pump() {
    try {
      for (SocketAddress from = receive(); from != null; from = receive()) {
        take(in.array(), in.position());
      }
      flush();
      return this;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private @Nullable SocketAddress receive() throws IOException {
    in.clear();
    return socket.receive(in);
  }

  private void take(byte[] datagram, int length) {
    long now = System.nanoTime();
    DatagramSession open = session;
    if (open != null) {
      open.onDatagram(datagram, 0, length, server, now);
      return;
    }
    handshake.onDatagram(datagram, 0, length, now);
    Optional<Established> established = handshake.established();
    established.ifPresent(each -> {
      session =
          new DatagramSession(
              Role.CLIENT,
              each.connectionId(),
              each.secrets(),
              each.config(),
              server,
              this,
              new SecureRandom(),
              now);
      session.ping(now);
    });
  }

  private void flush() throws IOException {
    long now = System.nanoTime();
    DatagramSession open = session;
    if (open != null && open.nextTimeoutNanos() <= now) {
      open.onTimeout(now);
    }
    int length;
    do {
      length = open == null ? handshake.poll(out, 0, now) : open.poll(out, 0, now);
      if (length > 0) {
        socket.send(ByteBuffer.wrap(out, 0, length), server);
      }
    } while (length > 0);
  }

  boolean isOpen() {
    return session != null && session.state() == Session.State.OPEN;
  }

  long connectionId() {
    return session == null ? 0 : session.id();
  }

  Optional<CloseReason> refusal() {
    return handshake.failure();
  }

  Optional<CloseReason> closed() {
    return Optional.ofNullable(closed);
  }

  void send(Channel channel, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    if (session == null) {
      throw new IllegalStateException("not open");
    }
    session.send(channel, bytes, 0, bytes.length, System.nanoTime());
  }

  /** Goes on with another socket, as after a change of network. */
  void changeAddress() throws IOException {
    socket.close();
    socket = open();
    if (session != null) {
      session.rebind(System.nanoTime());
    }
  }

  dev.skein.protocol.session.SessionStats stats() {
    return Objects.requireNonNull(session, "not open yet").stats();
  }

  int port() throws IOException {
    return ((InetSocketAddress) socket.getLocalAddress()).getPort();
  }

  /** Sends bytes that no session made. */
  void sendRaw(byte[] datagram) throws IOException {
    socket.send(ByteBuffer.wrap(datagram), server);
  }

  @Override
  public void onMessage(Session source, Channel channel, byte[] buffer, int offset, int length) {
    received.add(
        new String(Arrays.copyOfRange(buffer, offset, offset + length), StandardCharsets.UTF_8));
  }

  @Override
  public void onClosed(Session source, CloseReason reason) {
    closed = reason;
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}

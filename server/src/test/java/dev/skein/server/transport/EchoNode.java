package dev.skein.server.transport;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.crypto.Tickets;
import dev.skein.protocol.handshake.TicketGate;
import dev.skein.server.Role;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;

/** A transport whose layer above sends every message back and notes what it is told. */
final class EchoNode implements ConnectionEvents, AutoCloseable {
  static final long SERVER_ID = 7;

  private final SecureRandom random = new SecureRandom();
  final Tickets tickets = new Tickets(new byte[32]);
  final Transport transport;
  final Map<String, Connection> connections = new ConcurrentHashMap<>();
  final List<String> told = new CopyOnWriteArrayList<>();

  EchoNode(TransportConfig config, Role... roles) throws IOException {
    transport = Transport.open(config);
    TicketGate gate =
        new TicketGate(tickets, SERVER_ID, System.currentTimeMillis() - 1_000, 10_000);
    List<Listener> listeners =
        List.of(roles).stream()
            .map(role -> new Listener(role, new InetSocketAddress(loopback(), 0)))
            .toList();
    try {
      transport.listen(listeners, gate, this);
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  private static InetAddress loopback() {
    return InetAddress.ofLiteral("127.0.0.1");
  }

  Tickets.Issued ticket(String uid) {
    return tickets.issue(SERVER_ID, uid, System.currentTimeMillis(), 30_000, random);
  }

  /** One for a session that comes from another node. */
  Tickets.Issued moveTicket(String uid, byte[] sid) {
    return tickets.issueMove(SERVER_ID, uid, sid, System.currentTimeMillis(), 30_000, random);
  }

  InetSocketAddress address(Role role) {
    return transport.address(role).orElseThrow();
  }

  RawUdpClient udpClient(String uid) throws IOException {
    return new RawUdpClient(address(Role.UDP), ticket(uid));
  }

  long dropped(DropReason reason) {
    return transport.counters().dropped(reason);
  }

  @Override
  public Events onOpen(Connection connection, Identity identity) throws Refused {
    if (identity.uid().startsWith("refused")) {
      throw new Refused(4242, "not you");
    }
    connections.put(identity.uid(), connection);
    told.add("open " + identity.uid());
    return new EchoEvents(connection, identity.uid());
  }

  private final class EchoEvents implements Events {
    private final Connection connection;
    private final String uid;

    EchoEvents(Connection connection, String uid) {
      this.connection = connection;
      this.uid = uid;
    }

    @Override
    public void onMessage(Channel channel, byte[] buffer, int offset, int length) {
      byte[] echo = new byte[length];
      System.arraycopy(buffer, offset, echo, 0, length);
      if (new String(echo, StandardCharsets.UTF_8).equals("throw")) {
        throw new IllegalStateException("asked for");
      }
      connection.send(channel, 0, echo, 0, length);
    }

    @Override
    public void onTooMany(Channel channel, byte[] buffer, int offset, int length) {
      byte[] answer = "too many".getBytes(StandardCharsets.UTF_8);
      connection.send(channel, 0, answer, 0, answer.length);
    }

    @Override
    public void onKeepAlive() {
      told.add("alive " + uid);
    }

    @Override
    public void onDetached() {
      told.add("detached " + uid);
    }

    @Override
    public void onResumed() {
      told.add("resumed " + uid);
    }

    @Override
    public void onClosed(CloseReason reason) {
      told.add("closed " + uid + " " + reason.code());
    }
  }

  @Override
  public void close() {
    transport.stop(Duration.ofSeconds(2)).orTimeout(30, TimeUnit.SECONDS).join();
  }

  /** The connection of a user that is known to be there. */
  Connection connection(String uid) {
    return Objects.requireNonNull(connections.get(uid), uid);
  }
}

package dev.skein.client;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.crypto.Tickets;
import dev.skein.protocol.handshake.Admission;
import dev.skein.protocol.handshake.HandshakeResult;
import dev.skein.protocol.handshake.ServerHandshake;
import dev.skein.protocol.handshake.TicketGate;
import dev.skein.protocol.session.DatagramSession;
import dev.skein.protocol.session.Role;
import dev.skein.protocol.session.Session;
import dev.skein.protocol.session.SessionConfig;
import dev.skein.protocol.session.SessionEvents;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * As much of a server as the client's own tests need, made of protocol classes on a loop: entry
 * over HTTP, sessions over UDP, and three commands. Everything but the entry is confined to its
 * loop.
 *
 * <p>Command 2/1 answers with its payload; 2/2 answers BAD 4321; 2/3 never answers; 2/4 pushes its
 * payload back as 2/4 on the channel it came on.
 */
final class LittleServer implements AutoCloseable, ClientLoop.Ready, SessionEvents {
  private static final int SERVER_ID = 7;
  private static final int MODULES_VER = 1;
  private static final int ALL_SUITES =
      CipherSuite.AES_128_GCM.bit() | CipherSuite.CHACHA20_POLY1305.bit();

  final List<CloseReason> closed = new CopyOnWriteArrayList<>();
  final List<Session.State> states = new CopyOnWriteArrayList<>();
  final List<InetSocketAddress> senders = new CopyOnWriteArrayList<>();

  /** What the entry answers instead of an endpoint, 0 for an endpoint. */
  volatile int refuseHttpStatus;

  /** What the handshake is refused with. */
  volatile int refuseCode = Code.NONE;

  /** The token the entry wants; empty for none. */
  volatile String bearer = "";

  /** Whether the entry says that nodes are lost; null: it does not answer the question. */
  volatile @Nullable Boolean saysLost = false;

  /** Answers module commands: whole messages of a client, and whole messages for it. */
  volatile Function<byte[], List<byte[]>> modules = command -> List.of();

  /** The port the entry names instead of the server's own; 0 for that. */
  volatile int endpointPort;

  final AtomicInteger logins = new AtomicInteger();

  private final ClientLoop loop = ClientLoop.builder().name("little-server").start();
  private final SecureRandom random = new SecureRandom();
  private final Tickets tickets = new Tickets(new byte[32]);
  private final SessionConfig config;
  private final ServerHandshake handshake;
  private final HttpServer http;
  private final DatagramChannel udp;
  private final Map<Long, DatagramSession> sessions = new HashMap<>();
  private final Deadline timer =
      new Deadline() {
        @Override
        void onDue(long nowNanos) {
          List.copyOf(sessions.values()).forEach(each -> each.onTimeout(nowNanos));
          flush(nowNanos);
        }
      };
  private long lastId;

  LittleServer(SessionConfig config) throws IOException {
    this.config = config;
    TicketGate gate = new TicketGate(tickets, SERVER_ID, System.currentTimeMillis() - 1, 1_000);
    this.handshake = new ServerHandshake(gate, config, ALL_SUITES, random);
    InetSocketAddress any = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    this.udp = DatagramChannel.open().bind(any);
    loop.register(udp, SelectionKey.OP_READ, this);
    loop.execute(() -> {});
    this.http = HttpServer.create(any, 0);
    http.createContext("/endpoint", this::onLogin);
    http.createContext("/endpoint/lost", this::onQuestion);
    http.start();
  }

  String url() {
    return "http://127.0.0.1:" + http.getAddress().getPort();
  }

  /** Nobody can log in any more. */
  void stopEntry() {
    http.stop(0);
  }

  /** Ends all sessions from the server's side. */
  void closeSessions(int code, String text) {
    loop.execute(() -> {
      List.copyOf(sessions.values()).forEach(each -> each.close(code, text, loop.nowNanos()));
      flush(loop.nowNanos());
    });
  }

  @Override
  public void close() {
    die();
    loop.close();
  }

  /** Dies: nobody listens on the server's port any more, and the entry is gone as well. */
  void die() {
    http.stop(0);
    loop.execute(() -> {
      Sockets.close(udp);
      sessions.clear();
      loop.deadlines().remove(timer);
    });
  }

  private void onQuestion(HttpExchange exchange) throws IOException {
    byte[] ticket = Base64.getUrlDecoder().decode(exchange.getRequestBody().readAllBytes());
    boolean known = tickets.open(ticket, 0, ticket.length).isPresent();
    Boolean lost = saysLost;
    String body = "{\"lost\":" + lost + "}";
    exchange.sendResponseHeaders(known && lost != null ? 200 : 503, body.length());
    exchange.getResponseBody().write(body.getBytes(StandardCharsets.US_ASCII));
    exchange.close();
  }

  private void onLogin(HttpExchange exchange) throws IOException {
    logins.incrementAndGet();
    URI uri = exchange.getRequestURI();
    String uid = uri.getPath().substring(uri.getPath().lastIndexOf('/') + 1);
    String token = exchange.getRequestHeaders().getFirst("Authorization");
    int status = refuseHttpStatus != 0 ? refuseHttpStatus : 200;
    if (!bearer.isEmpty() && !("Bearer " + bearer).equals(token)) {
      status = 401;
    }
    String body =
        status == 200
            ? endpoint(uid, uri.getQuery().replace("role=", ""))
            : "{\"code\":1011,\"text\":\"no entry\"}";
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private String endpoint(String uid, String role) throws IOException {
    Tickets.Issued issued =
        tickets.issue(SERVER_ID, uid, System.currentTimeMillis(), 30_000, random);
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return """
    {"host":"127.0.0.1","port":%d,"role":"%s","sid":"%s","ticket":"%s","key":"%s"}\
    """
        .formatted(
            endpointPort != 0
                ? endpointPort
                : ((InetSocketAddress) udp.getLocalAddress()).getPort(),
            role,
            issued.ticket().sidText(),
            base64.encodeToString(issued.sealed()),
            base64.encodeToString(issued.ticket().key()));
  }

  @Override
  public void onReady(SelectionKey key) throws IOException {
    if (!udp.isOpen()) {
      return;
    }
    ByteBuffer buffer = loop.scratch();
    InetSocketAddress from = (InetSocketAddress) udp.receive(buffer);
    if (from == null) {
      return;
    }
    if (!senders.contains(from)) {
      senders.add(from);
    }
    byte[] datagram = new byte[buffer.flip().remaining()];
    buffer.get(datagram);
    if (ServerHandshake.isHandshake(datagram[0])) {
      onHandshake(datagram, from);
    } else {
      DatagramSession session = sessions.get(DatagramSession.connectionId(datagram, 0));
      if (session != null) {
        session.onDatagram(datagram, 0, datagram.length, from, loop.nowNanos());
      }
    }
    flush(loop.nowNanos());
  }

  @Override
  public void onFailure(IOException failure) {
    throw new AssertionError(failure);
  }

  private void onHandshake(byte[] datagram, InetSocketAddress from) throws IOException {
    HandshakeResult result =
        handshake.onDatagram(
            datagram, 0, datagram.length, from, new Door(), System.currentTimeMillis());
    switch (result) {
      case HandshakeResult.Answer answer -> udp.send(ByteBuffer.wrap(answer.bytes()), from);
      case HandshakeResult.Accepted accepted -> {
        sessions.put(
            accepted.connectionId(),
            new DatagramSession(
                Role.SERVER,
                accepted.connectionId(),
                accepted.secrets(),
                config,
                from,
                this,
                random,
                loop.nowNanos()));
        udp.send(ByteBuffer.wrap(accepted.answer()), from);
      }
      case HandshakeResult.Resume resume -> throw new AssertionError("not over UDP");
      case HandshakeResult.Dropped dropped -> {}
    }
  }

  private final class Door implements Admission {
    @Override
    public int decide(Ticket ticket) {
      return refuseCode;
    }

    @Override
    public long connectionId(Ticket ticket) {
      return ++lastId;
    }
  }

  private void flush(long nowNanos) {
    byte[] out = new byte[SessionConfig.MAX_DATAGRAM_BYTES];
    long next = Deadline.NEVER;
    for (DatagramSession session : List.copyOf(sessions.values())) {
      int length;
      while ((length = session.poll(out, 0, nowNanos)) > 0) {
        try {
          udp.send(ByteBuffer.wrap(out, 0, length), session.pollPath());
        } catch (IOException e) {
          throw new AssertionError(e);
        }
      }
      next =
          Deadline.earlier(
              next, Deadline.earlier(session.nextTimeoutNanos(), session.nextSendNanos()));
    }
    loop.deadlines().set(timer, next);
  }

  @Override
  public void onMessage(Session session, Channel channel, byte[] buffer, int offset, int length) {
    if (buffer[offset + 2] == MODULES_VER) {
      byte[] command = Arrays.copyOfRange(buffer, offset, offset + length);
      modules.apply(command).forEach(answer -> send(session, channel, answer));
      return;
    }
    byte[] payload = Arrays.copyOfRange(buffer, offset + 5, offset + length);
    byte requestId = buffer[offset + 1];
    switch (buffer[offset + 4]) {
      case 1 -> send(session, channel, joined(new byte[] {2, requestId, 2, 0, 1, 1}, payload));
      case 2 -> {
        byte[] bad = {2, requestId, 2, 0, 2, 4, 4321 >>> 8, (byte) 4321, 'n', 'o'};
        send(session, channel, bad);
      }
      case 4 -> send(session, channel, joined(new byte[] {3, 2, 0, 4}, payload));
      default -> {}
    }
  }

  private void send(Session session, Channel channel, byte[] message) {
    session.send(channel, message, 0, message.length, loop.nowNanos());
  }

  @Override
  public void onStateChange(Session session, Session.State state) {
    states.add(state);
  }

  @Override
  public void onClosed(Session session, CloseReason reason) {
    closed.add(reason);
  }

  private static byte[] joined(byte[] head, byte[] rest) {
    byte[] both = Arrays.copyOf(head, head.length + rest.length);
    System.arraycopy(rest, 0, both, head.length, rest.length);
    return both;
  }
}

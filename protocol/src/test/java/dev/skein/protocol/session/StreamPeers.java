package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.SessionSecrets;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * A client's and a server's stream session with the sockets between them, in one thread. A link is
 * one socket: records in flight in both directions, which either end may close at any time.
 */
final class StreamPeers {
  static final long ID = 0x0002_0000_0000_0005L;

  /** One end: its session, what it was asked to send and what it heard. */
  static class Peer implements SessionEvents {
    final List<String> heard = new ArrayList<>();
    final List<Session.State> states = new ArrayList<>();
    final Map<Channel, List<Integer>> received = new HashMap<>();
    final Map<Channel, Integer> sent = new HashMap<>();
    Optional<CloseReason> closed = Optional.empty();
    int pings;
    boolean toldToMove;

    @Override
    public void onMove(Session session, MoveOrder order) {
      toldToMove = true;
    }

    @Override
    public void onMessage(Session session, Channel channel, byte[] buffer, int offset, int length) {
      int number = ByteBuffer.wrap(buffer, offset, length).getInt();
      received.computeIfAbsent(channel, key -> new ArrayList<>()).add(number);
      heard.add(channel + " " + number);
    }

    @Override
    public void onPing(Session session) {
      pings++;
    }

    @Override
    public void onStateChange(Session session, Session.State state) {
      states.add(state);
    }

    @Override
    public void onClosed(Session session, CloseReason reason) {
      closed = Optional.of(reason);
    }
  }

  /** One socket. */
  static final class Link {
    final ArrayDeque<byte[]> toServer = new ArrayDeque<>();
    final ArrayDeque<byte[]> toClient = new ArrayDeque<>();
    StreamResume.@Nullable Asked asked;
    StreamResume.@Nullable Answered answered;
    boolean serverOpen = true;
  }

  final RandomGenerator random;
  final Peer clientSide = new Peer();
  final Peer serverSide = new Peer();
  StreamSession client;
  StreamSession server;

  /** The session at the node the server's end moves to, once that has taken it in. */
  @Nullable StreamSession next;

  int moved;
  private final SessionConfig config;
  private byte @Nullable [] parcel;
  final List<Link> links = new ArrayList<>();
  @Nullable Link clientLink = new Link();
  @Nullable Link serverLink = clientLink;
  long nowNanos = TimeUnit.SECONDS.toNanos(1);
  private final byte[] buffer = new byte[StreamSession.RECORD_MAX_BYTES];

  StreamPeers(RandomGenerator random, SessionConfig config) {
    this.random = random;
    this.config = config;
    SessionSecrets secrets =
        new SessionSecrets(CipherSuite.AES_128_GCM, bytes(32), bytes(32), bytes(32));
    client = new StreamSession(Role.CLIENT, ID, secrets, config, clientSide, nowNanos);
    server = new StreamSession(Role.SERVER, ID, secrets, config, serverSide, nowNanos);
    links.add(clientLink);
  }

  byte[] bytes(int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  void passMillis(long millis) {
    nowNanos += TimeUnit.MILLISECONDS.toNanos(millis);
    client.onTimeout(nowNanos);
    server.onTimeout(nowNanos);
  }

  /** Sends the next number on the channel, in a message of this size. */
  Session.SendResult send(boolean fromClient, Channel channel, int bytes) {
    Peer from = fromClient ? clientSide : serverSide;
    StreamSession atServer = next == null ? server : next;
    if (!fromClient && next == null && isFrozen()) {
      return Session.SendResult.DROPPED;
    }
    int number = from.sent.getOrDefault(channel, 0);
    byte[] message = Arrays.copyOf(ByteBuffer.allocate(4).putInt(number).array(), bytes);
    Session.SendResult result =
        (fromClient ? client : atServer).send(channel, message, 0, bytes, nowNanos);
    if (result == Session.SendResult.ACCEPTED) {
      from.sent.put(channel, number + 1);
    }
    return result;
  }

  /** Lets the client write one record, if it has one, of at most this size. */
  boolean pollClient(int maxBytes) {
    Link link = clientLink;
    if (link == null || client.state() == Session.State.DETACHED) {
      return false;
    }
    int length = client.poll(buffer, 0, maxBytes, nowNanos);
    if (length > 0) {
      link.toServer.add(Arrays.copyOf(buffer, length));
    }
    return length > 0;
  }

  boolean pollServer(int maxBytes) {
    Link link = serverLink;
    if (link == null || server.state() == Session.State.DETACHED) {
      return false;
    }
    int length = server.poll(buffer, 0, maxBytes, nowNanos);
    if (length > 0) {
      link.toClient.add(Arrays.copyOf(buffer, length));
    }
    return length > 0;
  }

  /** The client loses its socket; what it had sent may still arrive. */
  void cutAtClient() {
    clientLink = null;
    client.detach(nowNanos);
  }

  /** The server notices that the session's socket is gone. */
  void cutAtServer() {
    Link link = serverLink;
    if (link != null) {
      link.serverOpen = false;
      serverLink = null;
      server.detach(nowNanos);
    }
  }

  /** The client opens a new socket and asks to resume. */
  void resume() {
    Link link = new Link();
    link.asked = client.resume(bytes(16), nowNanos);
    link.toServer.add(link.asked.message());
    clientLink = link;
    links.add(link);
  }

  /** Hands the server the next record that is in flight on this link. */
  void deliverToServer(Link link) {
    byte[] record = link.toServer.poll();
    if (record == null || !link.serverOpen) {
      return;
    }
    if (link == serverLink) {
      if (server.onRecord(record, 0, record.length, nowNanos) == Received.NOT_AUTHENTIC) {
        cutAtServer();
      }
    } else if (link.answered == null) {
      link.answered = server.onResume(record, 0, record.length, bytes(16)).orElse(null);
      if (link.answered == null) {
        link.serverOpen = false;
      } else {
        link.toClient.add(link.answered.message());
      }
    } else if (server.onFirstRecord(link.answered, record, 0, record.length, nowNanos)
        == Received.ACCEPTED) {
      if (serverLink != null) {
        serverLink.serverOpen = false;
      }
      serverLink = link;
    } else {
      link.serverOpen = false;
    }
  }

  /** Hands the client the next record that is in flight to it. */
  void deliverToClient() {
    Link link = clientLink;
    byte[] record = link == null ? null : link.toClient.poll();
    if (link == null || record == null) {
      return;
    }
    StreamResume.Asked asked = link.asked;
    Received received;
    if (asked == null) {
      received = client.onRecord(record, 0, record.length, nowNanos);
    } else {
      received = client.onResumed(asked, record, 0, record.length, nowNanos);
      link.asked = null;
    }
    if (received == Received.NOT_AUTHENTIC) {
      cutAtClient();
    }
  }

  boolean isFrozen() {
    return parcel != null;
  }

  /** The server freezes the session and offers it to another node. */
  void freeze() {
    parcel = SessionStateCodec.encode(server.freeze());
  }

  /** The other node refuses. */
  void stay() {
    parcel = null;
    server.thaw(nowNanos);
    if (server.state() == Session.State.DETACHED) {
      cutAtServer();
    }
  }

  /** The other node has taken the session in; the client is told. */
  void go() {
    moved++;
    StreamSession taken =
        new StreamSession(Role.SERVER, ID + moved, secretsOfNext(), config, serverSide, nowNanos);
    taken.restore(
        SessionStateCodec.decode(Objects.requireNonNull(parcel), config).orElseThrow(), nowNanos);
    next = taken;
    server.move(
        new MoveOrder(MoveOrder.Carrier.TCP, "next", 7100, new byte[9], new byte[32]), nowNanos);
  }

  private SessionSecrets secretsOfNext() {
    byte[] secret = new byte[32];
    secret[0] = (byte) moved;
    byte[] other = new byte[32];
    other[1] = (byte) (moved + 1);
    return new SessionSecrets(CipherSuite.AES_128_GCM, secret, other, secret);
  }

  /** The client that was told to move arrives there; false if it was not told. */
  boolean arrive() {
    StreamSession taken = next;
    if (!clientSide.toldToMove || taken == null) {
      return false;
    }
    clientSide.toldToMove = false;
    StreamSession arrived =
        new StreamSession(Role.CLIENT, ID + moved, secretsOfNext(), config, clientSide, nowNanos);
    arrived.restore(client.freeze(), nowNanos);
    client = arrived;
    server = taken;
    next = null;
    parcel = null;
    links.clear();
    Link link = new Link();
    links.add(link);
    clientLink = link;
    serverLink = link;
    return true;
  }

  /** Runs without faults until nothing is in flight and nothing is held. */
  void settle() {
    for (int quiet = 0; quiet < 30; quiet++) {
      passMillis(10);
      if (client.state() == Session.State.DETACHED
          && (clientLink == null || !clientLink.serverOpen)) {
        resume();
      }
      boolean busy = pollClient(buffer.length) | pollServer(buffer.length) | arrive();
      for (Link link : List.copyOf(links)) {
        while (!link.toServer.isEmpty()) {
          deliverToServer(link);
          busy = true;
        }
      }
      while (clientLink != null && !clientLink.toClient.isEmpty()) {
        deliverToClient();
        busy = true;
      }
      if (clientLink != null && !clientLink.serverOpen) {
        cutAtClient();
        busy = true;
      }
      if (busy) {
        quiet = 0;
      }
    }
  }
}

package dev.skein.client;

import dev.skein.protocol.CloseReason;
import dev.skein.protocol.handshake.ClientHandshake;
import dev.skein.protocol.handshake.Established;
import dev.skein.protocol.session.DatagramSession;
import dev.skein.protocol.session.Role;
import dev.skein.protocol.session.Session;
import dev.skein.protocol.session.SessionConfig;
import dev.skein.protocol.session.SessionState;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SelectionKey;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A session over UDP, with a socket of its own that is replaced when it fails or when the server is
 * not heard (PROTOCOL §8.4). Confined to the loop.
 */
final class DatagramLink extends SessionLink<DatagramSession> {
  /** A datagram at least this long probably has company: it is worth reading on at once. */
  private static final int BURST_BYTES = SessionConfig.MAX_DATAGRAM_BYTES - 200;

  private static final int READS_AT_ONCE_MAX = 32;
  private static final int SOCKET_BUFFER_BYTES = 512 * 1024;
  private static final int RECEIVE_BYTES = 2048;

  /** How often a CLOSE is repeated, and how long after the one before. */
  private static final int GOODBYES = 2;

  private static final long GOODBYE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  private final InetSocketAddress server;
  private final ClientHandshake handshake;

  private @Nullable DatagramChannel socket;
  private boolean ended;

  /** A CLOSE that is said again, as it may be lost and nobody acknowledges it. */
  private byte[] goodbye = {};

  private int goodbyesLeft = GOODBYES;

  DatagramLink(
      Endpoint endpoint,
      ClientConfig config,
      Supplier<Optional<SessionState>> carried,
      Events events) {
    super(config.loop(), carried, events);
    this.server = endpoint.address();
    this.handshake =
        new ClientHandshake(
            endpoint.ticket(),
            endpoint.key(),
            OFFERED_SUITES,
            config.session(),
            (int) config.connectTimeout().toMillis(),
            loop.random(),
            loop.nowNanos());
  }

  @Override
  public void open() {
    openSocket(loop.nowNanos());
    askFlush();
  }

  @Override
  public void replaceSocket() {
    if (session != null && !ended) {
      rebind(session, loop.nowNanos());
    }
  }

  @Override
  public void block(boolean block) {
    if (block == blocked) {
      return;
    }
    blocked = block;
    if (block) {
      closeSocket();
    } else {
      nextSocketNanos = loop.nowNanos();
      backoff.reset();
      askFlush();
    }
  }

  @Override
  public void onReady(SelectionKey key) throws IOException {
    DatagramChannel from = (DatagramChannel) key.channel();
    byte[] datagram = loop.scratchBytes();
    for (int reads = 0; reads < READS_AT_ONCE_MAX && from.equals(socket); reads++) {
      ByteBuffer buffer = loop.scratch().limit(RECEIVE_BYTES);
      int length = from.read(buffer);
      if (length <= 0) {
        break;
      }
      buffer.flip().get(datagram, 0, length);
      onDatagram(datagram, length);
      if (length < BURST_BYTES) {
        break;
      }
    }
    askFlush();
  }

  @Override
  public void onFailure(IOException failure) {
    closeSocket();
    if (nextSocketNanos == Deadline.NEVER) {
      nextSocketNanos = loop.nowNanos() + backoff.next();
    }
    askFlush();
    if (session != null) {
      // Most often: nobody listens on the server's port any more.
      events.onUnreachable();
    }
  }

  @Override
  void write(long nowNanos) {
    if (session == null) {
      flushHandshake(nowNanos);
    } else {
      flushSession(session, nowNanos);
    }
  }

  @Override
  public void onStateChange(Session of, Session.State state) {
    switch (state) {
      case DETACHED -> {
        nextSocketNanos = loop.nowNanos();
        askFlush();
        events.onDetached();
        events.onUnreachable();
      }
      case OPEN -> {
        nextSocketNanos = Deadline.NEVER;
        backoff.reset();
        events.onResumed();
      }
      case CLOSED -> {}
    }
  }

  @Override
  public void onClosed(Session of, CloseReason reason) {
    askFlush();
    events.onClosed(reason);
  }

  private void onDatagram(byte[] datagram, int length) {
    long nowNanos = loop.nowNanos();
    if (session != null) {
      session.onDatagram(datagram, 0, length, server, nowNanos);
    } else if (handshake.onDatagram(datagram, 0, length, nowNanos)) {
      handshake.established().ifPresent(result -> begin(result, nowNanos));
    }
  }

  private void begin(Established result, long nowNanos) {
    DatagramSession opened =
        new DatagramSession(
            Role.CLIENT,
            result.connectionId(),
            result.secrets(),
            result.config(),
            server,
            this,
            new SplittableRandom(loop.random().nextLong()),
            nowNanos);
    establish(opened, nowNanos);
    // PROTOCOL §4: the first sealed packet confirms the session.
    opened.ping(nowNanos);
    events.onOpen();
  }

  private void flushHandshake(long nowNanos) {
    byte[] datagram = loop.scratchBytes();
    int length;
    while ((length = handshake.poll(datagram, 0, nowNanos)) > 0) {
      transmit(datagram, length);
    }
    Optional<CloseReason> failure = handshake.failure();
    if (failure.isPresent()) {
      end();
      events.onOpenFailed(new ConnectFailed(failure.get().code(), failure.get().text()));
      return;
    }
    if (isSocketDue(nowNanos)) {
      openSocket(nowNanos);
    }
    setTimer(Deadline.earlier(handshake.nextTimeoutNanos(), nextSocketNanos));
  }

  private void flushSession(DatagramSession open, long nowNanos) {
    if (isSocketDue(nowNanos)) {
      rebind(open, nowNanos);
    }
    byte[] datagram = loop.scratchBytes();
    int length;
    while ((length = open.poll(datagram, 0, nowNanos)) > 0) {
      transmit(datagram, length);
      if (open.state() == Session.State.CLOSED) {
        goodbye = Arrays.copyOf(datagram, length);
      }
    }
    if (open.state() == Session.State.CLOSED) {
      sayGoodbye(nowNanos);
      return;
    }
    long next = Deadline.earlier(open.nextTimeoutNanos(), open.nextSendNanos());
    setTimer(Deadline.earlier(notAtOnce(next, nowNanos), nextSocketNanos));
  }

  /** The CLOSE was sent, or the server sent one: repeats ours a few times, then ends. */
  private void sayGoodbye(long nowNanos) {
    if (goodbye.length == 0 || goodbyesLeft == 0) {
      end();
      return;
    }
    setTimer(nowNanos + GOODBYE_PAUSE_NANOS);
  }

  @Override
  void onTimer(long nowNanos) {
    if (goodbye.length > 0) {
      transmit(goodbye, goodbye.length);
      goodbyesLeft--;
    }
    if (session != null) {
      session.onTimeout(nowNanos);
    }
    askFlush();
  }

  /** Goes on from another port; while the server is not heard, again after a pause. */
  private void rebind(DatagramSession open, long nowNanos) {
    closeSocket();
    openSocket(nowNanos);
    open.rebind(nowNanos);
    boolean unheard = open.state() == Session.State.DETACHED;
    if (socket != null) {
      nextSocketNanos = unheard ? nowNanos + backoff.next() : Deadline.NEVER;
    }
    askFlush();
  }

  private void openSocket(long nowNanos) {
    nextSocketNanos = Deadline.NEVER;
    if (blocked || ended) {
      return;
    }
    DatagramChannel opened = null;
    try {
      opened = DatagramChannel.open();
      opened.setOption(StandardSocketOptions.SO_RCVBUF, SOCKET_BUFFER_BYTES);
      opened.setOption(StandardSocketOptions.SO_SNDBUF, SOCKET_BUFFER_BYTES);
      opened.connect(server);
      loop.register(opened, SelectionKey.OP_READ, this);
      socket = opened;
    } catch (IOException e) {
      Sockets.close(opened);
      nextSocketNanos = nowNanos + backoff.next();
    }
  }

  private void transmit(byte[] datagram, int length) {
    DatagramChannel to = socket;
    if (to == null) {
      return;
    }
    ByteBuffer buffer = loop.scratch().put(datagram, 0, length).flip();
    try {
      // What a full socket buffer does not take is lost as on the way.
      to.write(buffer);
    } catch (IOException e) {
      onFailure(e);
    }
  }

  @Override
  void closeSocket() {
    Sockets.close(socket);
    socket = null;
  }

  @Override
  boolean isEnded() {
    return ended;
  }

  @Override
  void end() {
    ended = true;
    super.end();
  }
}

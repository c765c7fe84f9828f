package dev.skein.client;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.handshake.ClientHandshake;
import dev.skein.protocol.handshake.Established;
import dev.skein.protocol.session.DatagramSession;
import dev.skein.protocol.session.MoveOrder;
import dev.skein.protocol.session.Role;
import dev.skein.protocol.session.Session;
import dev.skein.protocol.session.Session.SendResult;
import dev.skein.protocol.session.SessionConfig;
import dev.skein.protocol.session.SessionEvents;
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
final class DatagramLink implements Link, ClientLoop.Ready, ClientLoop.Flushed, SessionEvents {
  /** A datagram at least this long probably has company: it is worth reading on at once. */
  private static final int BURST_BYTES = SessionConfig.MAX_DATAGRAM_BYTES - 200;

  private static final int READS_AT_ONCE_MAX = 32;
  private static final int SOCKET_BUFFER_BYTES = 512 * 1024;
  private static final int RECEIVE_BYTES = 2048;

  /** How often a CLOSE is repeated, and how long after the one before. */
  private static final int GOODBYES = 2;

  private static final long GOODBYE_PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

  /** A session that wants to send but is not let must not keep the loop spinning. */
  private static final long TIMER_FLOOR_NANOS = 200_000;

  private final ClientLoop loop;
  private final Events events;
  private final InetSocketAddress server;
  private final Supplier<Optional<SessionState>> carried;
  private final ClientHandshake handshake;
  private final Backoff backoff = new Backoff();
  private final Deadline timer =
      new Deadline() {
        @Override
        void onDue(long nowNanos) {
          onTimer(nowNanos);
        }
      };

  private @Nullable DatagramSession session;
  private @Nullable DatagramChannel socket;
  private long nextSocketNanos = Deadline.NEVER;
  private boolean flushAsked;
  private boolean blocked;
  private boolean ended;

  /** A CLOSE that is said again, as it may be lost and nobody acknowledges it. */
  private byte[] goodbye = {};

  private int goodbyesLeft = GOODBYES;

  DatagramLink(
      Endpoint endpoint,
      ClientConfig config,
      Supplier<Optional<SessionState>> carried,
      Events events) {
    this.loop = config.loop();
    this.carried = carried;
    this.events = events;
    this.server = endpoint.address();
    this.handshake =
        new ClientHandshake(
            endpoint.ticket(),
            endpoint.key(),
            CipherSuite.AES_128_GCM.bit() | CipherSuite.CHACHA20_POLY1305.bit(),
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
  public SendResult send(Channel channel, byte[] message) {
    if (session == null) {
      return SendResult.CLOSED;
    }
    SendResult result = session.send(channel, message, 0, message.length, loop.nowNanos());
    askFlush();
    return result;
  }

  @Override
  public Optional<Session> session() {
    return Optional.ofNullable(session);
  }

  @Override
  public void close(int code, String text) {
    if (session == null) {
      end();
    } else {
      session.close(code, text, loop.nowNanos());
      askFlush();
    }
  }

  @Override
  public void retire() {
    end();
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
  }

  @Override
  public void flush(long nowNanos) {
    flushAsked = false;
    if (ended) {
      return;
    }
    if (session == null) {
      flushHandshake(nowNanos);
    } else {
      flushSession(session, nowNanos);
    }
  }

  @Override
  public void onMessage(Session from, Channel channel, byte[] buffer, int offset, int length) {
    events.onMessage(channel, buffer, offset, length);
  }

  @Override
  public void onPing(Session from) {}

  @Override
  public void onStateChange(Session of, Session.State state) {
    switch (state) {
      case DETACHED -> {
        nextSocketNanos = loop.nowNanos();
        askFlush();
        events.onDetached();
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
  public void onMove(Session of, MoveOrder order) {
    events.onMove(order);
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
      handshake.established().ifPresent(result -> establish(result, nowNanos));
    }
  }

  private void establish(Established result, long nowNanos) {
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
    session = opened;
    carried.get().ifPresent(state -> opened.restore(state, nowNanos));
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
    reopenIfDue(nowNanos);
    loop.deadlines().set(timer, Deadline.earlier(handshake.nextTimeoutNanos(), nextSocketNanos));
  }

  private void flushSession(DatagramSession open, long nowNanos) {
    if (nextSocketNanos != Deadline.NEVER && nowNanos - nextSocketNanos >= 0) {
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
    if (next != Deadline.NEVER && next - nowNanos < TIMER_FLOOR_NANOS) {
      next = nowNanos + TIMER_FLOOR_NANOS;
    }
    loop.deadlines().set(timer, Deadline.earlier(next, nextSocketNanos));
  }

  /** The CLOSE was sent, or the server sent one: repeats ours a few times, then ends. */
  private void sayGoodbye(long nowNanos) {
    if (goodbye.length == 0 || goodbyesLeft == 0) {
      end();
      return;
    }
    loop.deadlines().set(timer, nowNanos + GOODBYE_PAUSE_NANOS);
  }

  private void onTimer(long nowNanos) {
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

  private void reopenIfDue(long nowNanos) {
    if (nextSocketNanos != Deadline.NEVER && nowNanos - nextSocketNanos >= 0) {
      openSocket(nowNanos);
    }
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

  private void closeSocket() {
    Sockets.close(socket);
    socket = null;
  }

  private void askFlush() {
    if (!flushAsked && !ended) {
      flushAsked = true;
      loop.flushLater(this);
    }
  }

  private void end() {
    ended = true;
    loop.deadlines().remove(timer);
    closeSocket();
  }
}

package dev.skein.server.transport;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.session.FrameBatch;
import dev.skein.protocol.session.MoveOrder;
import dev.skein.protocol.session.Session;
import dev.skein.protocol.session.Session.SendResult;
import dev.skein.protocol.session.SessionEvents;
import dev.skein.protocol.session.SessionState;
import dev.skein.protocol.session.SessionStats;
import dev.skein.server.Role;
import dev.skein.server.Shard;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session with what it needs to live on a shard: its place in the shard's table, its one
 * deadline, its allowance, and the events of the layer above. Confined to its shard.
 *
 * <p>There is one of these for every client, so each field counts.
 */
abstract sealed class SessionConnection extends TimerWheel.Entry
    implements LiveConnection, SessionEvents permits UdpConnection, StreamConnection {
  private static final Logger LOG = LoggerFactory.getLogger(SessionConnection.class);

  /** How long a CLOSE is repeated or waits for the peer to read. */
  private static final long LINGER_NANOS = TimeUnit.SECONDS.toNanos(1);

  final Residence residence;
  private final long id;
  private final Occupancy.Origin origin;
  private ConnectionEvents.@Nullable Events events;
  private long messagesSpent;
  private long bytesSpent;
  private long lingerUntilNanos;
  private int accountedBytes;
  private boolean touched;
  private boolean closed;
  private boolean released;

  SessionConnection(Residence residence, long id, Occupancy.Origin origin) {
    this.residence = residence;
    this.id = id;
    this.origin = origin;
    long nowNanos = residence.shard().now();
    this.messagesSpent = residence.messageRate().fresh(nowNanos);
    this.bytesSpent = residence.byteRate().fresh(nowNanos);
  }

  abstract Session session();

  /** Hands everything that may leave now to the socket. */
  abstract void transmit(long nowNanos);

  /** False while nothing can be sent, so that what waits does not ask for time. */
  abstract boolean canSend();

  /** True while a session that has ended still has something to say. */
  abstract boolean lingers();

  /** Nothing more will be said. */
  abstract void onReleased();

  /** Takes its place in the table and tells the layer above. */
  final void open(ConnectionEvents above, ConnectionEvents.Identity identity) {
    residence.table().put(id, this);
    try {
      events = above.onOpen(this, identity);
    } catch (ConnectionEvents.Refused e) {
      residence.counters().drop(DropReason.REFUSED);
      close(e.code(), String.valueOf(e.getMessage()));
    } catch (RuntimeException e) {
      fail(e);
    }
    residence.shard().touch(this);
  }

  /** Takes its place in the table and goes on with a session of another node. */
  final void arrive(ConnectionEvents.Events above, SessionState state) {
    residence.table().put(id, this);
    events = above;
    session().restore(state, residence.shard().now());
    residence.counters().arrived();
    residence.shard().touch(this);
  }

  @Override
  public final boolean isAttached() {
    return session().state() == Session.State.OPEN;
  }

  @Override
  public final SessionState freeze() {
    return session().freeze();
  }

  @Override
  public final void thaw() {
    session().thaw(residence.shard().now());
    residence.shard().touch(this);
  }

  @Override
  public final void move(MoveOrder order) {
    session().move(order, residence.shard().now());
    residence.shard().touch(this);
  }

  /** True if it was not touched before in this turn. */
  final boolean touch() {
    boolean first = !touched;
    touched = true;
    return first;
  }

  /** Polls the session and sets its next deadline. Called by the shard for what was touched. */
  final void flush(long nowNanos) {
    touched = false;
    if (released) {
      return;
    }
    transmit(nowNanos);
    account();
    if (closed) {
      finish(nowNanos);
      return;
    }
    long next = session().nextTimeoutNanos();
    if (canSend()) {
      next = Math.min(next, session().nextSendNanos());
    }
    if (next != Long.MAX_VALUE) {
      residence.shard().wheel().setNoLaterThan(this, next);
    }
  }

  /** The place is free for others at once; the id is kept while there is more to say. */
  private void finish(long nowNanos) {
    boolean first = lingerUntilNanos == 0;
    if (first) {
      lingerUntilNanos = nowNanos + LINGER_NANOS;
    }
    if (lingers() && nowNanos < lingerUntilNanos) {
      residence.shard().wheel().set(this, lingerUntilNanos);
    } else {
      released = true;
      residence.shard().wheel().remove(this);
      residence.table().release(id);
      onReleased();
    }
    if (first) {
      // Last: a node that stops counts these, and then the streams left to hang up.
      residence.occupancy().release(origin);
    }
  }

  @Override
  final void onDeadline(long nowNanos) {
    Session session = session();
    if (session.nextTimeoutNanos() <= nowNanos) {
      session.onTimeout(nowNanos);
    }
    residence.shard().touch(this);
  }

  /** The layer above failed where it must not: this session ends, the others go on. */
  final void fail(RuntimeException e) {
    LOG.error("handling connection {} failed; it is closed", id, e);
    close(Code.INTERNAL, "internal error");
  }

  @Override
  public final long id() {
    return id;
  }

  @Override
  public final Shard shard() {
    return residence.shard();
  }

  @Override
  public abstract Role role();

  @Override
  public final SendResult send(
      Channel channel, long conflationKey, byte[] message, int offset, int length) {
    long nowNanos = residence.shard().now();
    if (residence.budget().isSpent() && !mayQueue(channel.kind().reliable())) {
      return SendResult.DROPPED;
    }
    SendResult result =
        conflationKey == 0
            ? session().send(channel, message, offset, length, nowNanos)
            : session().sendConflated(channel, conflationKey, message, offset, length, nowNanos);
    account();
    residence.shard().touch(this);
    return result;
  }

  /** The shard's queues are full: only a reliable message to one who holds little still goes in. */
  private boolean mayQueue(boolean reliable) {
    residence.counters().drop(DropReason.QUEUES_FULL);
    if (reliable && residence.budget().isOverShare(accountedBytes, residence.table().count())) {
      close(Code.SLOW_CONSUMER, "the node's send queues are full");
      return false;
    }
    return reliable;
  }

  private void account() {
    int heldBytes = session().queuedBytes();
    residence.budget().add(heldBytes - accountedBytes);
    accountedBytes = heldBytes;
  }

  @Override
  public final void send(FrameBatch batch) {
    if (residence.budget().isSpent()) {
      residence.counters().drop(DropReason.QUEUES_FULL, batch.count());
      return;
    }
    session().send(batch, residence.shard().now());
    account();
    residence.shard().touch(this);
  }

  @Override
  public final void close(int code, String text) {
    session().close(code, text, residence.shard().now());
    residence.shard().touch(this);
  }

  @Override
  public final long smoothedRttNanos() {
    return session().stats().smoothedRttNanos();
  }

  @Override
  public final SessionStats stats() {
    return session().stats();
  }

  @Override
  public final void onMessage(
      Session source, Channel channel, byte[] buffer, int offset, int length) {
    ConnectionEvents.Events above = events;
    if (above == null) {
      return;
    }
    if (spend(length)) {
      above.onMessage(channel, buffer, offset, length);
    } else {
      residence.counters().drop(DropReason.MESSAGE_RATE);
      above.onTooMany(channel, buffer, offset, length);
    }
  }

  @Override
  public final void onPing(Session source) {
    if (events != null) {
      events.onKeepAlive();
    }
  }

  @Override
  public final void onStateChange(Session source, Session.State state) {
    if (events == null) {
      return;
    }
    switch (state) {
      case OPEN -> events.onResumed();
      case DETACHED -> events.onDetached();
      case CLOSED -> {
        // onClosed tells, with the reason.
      }
    }
  }

  @Override
  public final void onClosed(Session source, CloseReason reason) {
    closed = true;
    residence.shard().touch(this);
    if (reason.code() == Code.MALFORMED && !reason.byPeer()) {
      residence.counters().drop(DropReason.MALFORMED);
    }
    if (events != null) {
      events.onClosed(reason);
    }
  }

  private boolean spend(int length) {
    long nowNanos = residence.shard().now();
    long messages = residence.messageRate().spend(messagesSpent, 1, nowNanos);
    long bytes = residence.byteRate().spend(bytesSpent, length, nowNanos);
    if (messages == RateLimit.REFUSED || bytes == RateLimit.REFUSED) {
      return false;
    }
    messagesSpent = messages;
    bytesSpent = bytes;
    return true;
  }
}

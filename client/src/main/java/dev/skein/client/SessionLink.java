package dev.skein.client;

import dev.skein.protocol.Channel;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.session.MoveOrder;
import dev.skein.protocol.session.Session;
import dev.skein.protocol.session.Session.SendResult;
import dev.skein.protocol.session.SessionEvents;
import dev.skein.protocol.session.SessionState;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A link from its session's side, which is the same over every transport: what is sent and heard,
 * the timer, and when to look what wants to be written. Confined to the loop.
 *
 * @param <S> the session once the handshake is done
 */
abstract class SessionLink<S extends Session>
    implements Link, ClientLoop.Ready, ClientLoop.Flushed, SessionEvents {
  /** The cipher suites a client offers. */
  static final int OFFERED_SUITES =
      CipherSuite.AES_128_GCM.bit() | CipherSuite.CHACHA20_POLY1305.bit();

  /** A session that wants to send but is not let must not keep the loop spinning. */
  private static final long TIMER_FLOOR_NANOS = 200_000;

  final ClientLoop loop;
  final Events events;
  final Backoff backoff = new Backoff();
  @Nullable S session;
  long nextSocketNanos = Deadline.NEVER;
  boolean blocked;

  private final Supplier<Optional<SessionState>> carried;
  private final Deadline timer =
      new Deadline() {
        @Override
        void onDue(long nowNanos) {
          onTimer(nowNanos);
        }
      };
  private boolean flushAsked;

  SessionLink(ClientLoop loop, Supplier<Optional<SessionState>> carried, Events events) {
    this.loop = loop;
    this.carried = carried;
    this.events = events;
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
  public void flush(long nowNanos) {
    flushAsked = false;
    if (!isEnded()) {
      write(nowNanos);
    }
  }

  @Override
  public void onMessage(Session from, Channel channel, byte[] buffer, int offset, int length) {
    events.onMessage(channel, buffer, offset, length);
  }

  @Override
  public void onMove(Session of, MoveOrder order) {
    events.onMove(order);
  }

  /** The handshake is done: goes on where a former session stood, if there was one. */
  void establish(S opened, long nowNanos) {
    carried.get().ifPresent(state -> opened.restore(state, nowNanos));
    session = opened;
  }

  /** What is to be written is looked at once the loop has done what is at hand. */
  void askFlush() {
    if (!flushAsked && !isEnded()) {
      flushAsked = true;
      loop.flushLater(this);
    }
  }

  boolean isSocketDue(long nowNanos) {
    return nextSocketNanos != Deadline.NEVER && nowNanos - nextSocketNanos >= 0;
  }

  /** When {@link #onTimer} is called next. */
  void setTimer(long atNanos) {
    loop.deadlines().set(timer, atNanos);
  }

  /** The same, but not for what the session has to wait for anyway. */
  static long notAtOnce(long atNanos, long nowNanos) {
    return atNanos != Deadline.NEVER && atNanos - nowNanos < TIMER_FLOOR_NANOS
        ? nowNanos + TIMER_FLOOR_NANOS
        : atNanos;
  }

  void end() {
    loop.deadlines().remove(timer);
    closeSocket();
  }

  /** True from {@link #end} on. */
  abstract boolean isEnded();

  /** Writes what wants to be written, and sets the timer. */
  abstract void write(long nowNanos);

  abstract void onTimer(long nowNanos);

  abstract void closeSocket();
}

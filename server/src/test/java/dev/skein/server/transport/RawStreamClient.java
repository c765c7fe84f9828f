package dev.skein.server.transport;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.crypto.Tickets;
import dev.skein.protocol.handshake.Established;
import dev.skein.protocol.handshake.StreamClientHandshake;
import dev.skein.protocol.session.Received;
import dev.skein.protocol.session.Role;
import dev.skein.protocol.session.Session;
import dev.skein.protocol.session.SessionConfig;
import dev.skein.protocol.session.SessionEvents;
import dev.skein.protocol.session.StreamResume;
import dev.skein.protocol.session.StreamSession;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A TCP or WebSocket client made of the protocol's classes, driven by the test's thread. */
final class RawStreamClient implements SessionEvents, AutoCloseable {
  private final SecureRandom random = new SecureRandom();
  private final Supplier<RecordPipe> connector;
  private final StreamClientHandshake handshake;
  private final byte[] out = new byte[70_000];
  private RecordPipe pipe;
  private @Nullable StreamSession session;
  private StreamResume.@Nullable Asked resuming;
  private @Nullable CloseReason closed;
  private boolean reading = true;
  final List<String> received = new ArrayList<>();

  RawStreamClient(Supplier<RecordPipe> connector, Tickets.Issued ticket) {
    this.connector = connector;
    this.handshake =
        new StreamClientHandshake(
            ticket.sealed(),
            ticket.ticket().key(),
            3,
            SessionConfig.DEFAULTS.withPackWindowMillis(0),
            random);
    this.pipe = connector.get();
    byte[] hello = handshake.hello();
    pipe.send(hello, hello.length);
  }

  /**
   * Handles what has arrived and sends what is due; returns itself so that tests can wait on it.
   */
  RawStreamClient pump() {
    if (reading) {
      for (byte[] record = pipe.receive(); record != null; record = pipe.receive()) {
        take(record);
      }
    }
    return pumpOut();
  }

  /** Sends what is due, and leaves unread what has arrived. */
  RawStreamClient pumpOut() {
    StreamSession open = session;
    if (open != null && resuming == null) {
      long now = System.nanoTime();
      if (open.nextTimeoutNanos() <= now) {
        open.onTimeout(now);
      }
      for (int n = open.poll(out, 0, out.length, now);
          n > 0;
          n = open.poll(out, 0, out.length, now)) {
        pipe.send(out, n);
      }
    }
    return this;
  }

  private void take(byte[] record) {
    long now = System.nanoTime();
    StreamSession open = session;
    if (open == null) {
      handshake.onRecord(record, 0, record.length);
      handshake.established().ifPresent(each -> open(each, now));
    } else if (resuming != null) {
      if (open.onResumed(resuming, record, 0, record.length, now) == Received.ACCEPTED) {
        resuming = null;
      }
    } else {
      open.onRecord(record, 0, record.length, now);
    }
  }

  private void open(Established each, long now) {
    session =
        new StreamSession(
            Role.CLIENT, each.connectionId(), each.secrets(), each.config(), this, now);
    session.ping(now);
  }

  /** Cuts the stream and asks for the session on a new one. */
  void resume() {
    StreamSession open = session();
    pipe.close();
    pipe = connector.get();
    byte[] clientRandom = new byte[16];
    random.nextBytes(clientRandom);
    resuming = open.resume(clientRandom, System.nanoTime());
    pipe.send(resuming.message(), resuming.message().length);
  }

  /** From now on what the server sends piles up in the sockets. */
  void stopReading() {
    reading = false;
    pipe.stopReading();
  }

  void cut() {
    pipe.close();
  }

  void sendRaw(byte[] record) {
    pipe.send(record, record.length);
  }

  boolean isOpen() {
    return session != null && resuming == null && session.state() == Session.State.OPEN;
  }

  boolean isCut() {
    return pipe.isClosed();
  }

  Optional<CloseReason> refusal() {
    return handshake.failure();
  }

  Optional<CloseReason> closed() {
    return Optional.ofNullable(closed);
  }

  StreamSession session() {
    if (session == null) {
      throw new IllegalStateException("not open");
    }
    return session;
  }

  void send(Channel channel, String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    session().send(channel, bytes, 0, bytes.length, System.nanoTime());
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
  public void close() {
    pipe.close();
  }
}

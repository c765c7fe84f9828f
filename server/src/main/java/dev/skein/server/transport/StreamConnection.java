package dev.skein.server.transport;

import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.protocol.session.Received;
import dev.skein.protocol.session.Session;
import dev.skein.protocol.session.StreamResume;
import dev.skein.protocol.session.StreamSession;
import dev.skein.server.Role;
import java.net.InetSocketAddress;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A client's session over TCP or WebSocket, with or without a stream. Confined to its shard. */
final class StreamConnection extends SessionConnection {
  private final StreamSession session;
  private final Role role;
  private InetSocketAddress remoteAddress;
  private @Nullable Stream stream;

  StreamConnection(Residence residence, long id, SessionSecrets secrets, Stream stream) {
    super(residence, id, stream.origin());
    this.role = stream.role();
    this.stream = stream;
    this.remoteAddress = stream.remoteAddress();
    this.session =
        new StreamSession(
            dev.skein.protocol.session.Role.SERVER,
            id,
            secrets,
            residence.session(),
            this,
            residence.shard().now());
  }

  /** A sealed record of the stream this session is on. */
  void onRecord(Stream from, byte[] record, int length) {
    if (from == stream) {
      after(from, session.onRecord(record, 0, length, residence.shard().now()));
    }
  }

  /** Another stream asks to go on with this session (PROTOCOL §9); nothing changes yet. */
  Optional<StreamResume.Answered> onResume(byte[] request, byte[] serverRandom) {
    return session.onResume(request, 0, request.length, serverRandom);
  }

  /** The first sealed record of a stream that asked; if it opens, the session moves there. */
  void onFirstRecord(Stream from, StreamResume.Answered attempt, byte[] record, int length) {
    Received received = session.onFirstRecord(attempt, record, 0, length, residence.shard().now());
    if (received == Received.ACCEPTED || received == Received.MALFORMED) {
      Stream former = stream;
      stream = from;
      remoteAddress = from.remoteAddress();
      if (former != null) {
        former.close();
      }
      from.bind(this);
      residence.counters().resumed();
    }
    after(from, received);
  }

  private void after(Stream from, Received received) {
    switch (received) {
      case ACCEPTED -> {
        // The usual case.
      }
      case MALFORMED -> {
        // Counted when it closed the session.
      }
      case CLOSED -> {
        residence.counters().drop(DropReason.CLOSED);
        // The session's own stream still has the last word to carry, at the end of this turn.
        if (from != stream) {
          from.close();
        }
      }
      case DUPLICATE -> {
        residence.counters().drop(DropReason.CLOSED);
        from.close();
      }
      case NOT_AUTHENTIC -> {
        residence.counters().drop(DropReason.NOT_AUTHENTIC);
        from.close();
      }
    }
    residence.shard().touch(this);
  }

  /** The stream was cut. */
  void onCut(Stream from) {
    if (from == stream) {
      stream = null;
      session.detach(residence.shard().now());
      residence.shard().touch(this);
    }
  }

  @Override
  Session session() {
    return session;
  }

  @Override
  void transmit(long nowNanos) {
    Stream to = stream;
    if (to == null) {
      return;
    }
    byte[] out = residence.outgoing();
    boolean written = false;
    while (to.isWritable()) {
      int length = session.poll(out, 0, out.length, nowNanos);
      if (length == 0) {
        break;
      }
      to.write(out, length);
      written = true;
    }
    if (written) {
      to.flush();
    }
    if (session.state() == Session.State.DETACHED) {
      stream = null;
      to.close();
    }
  }

  @Override
  boolean canSend() {
    return stream != null && stream.isWritable();
  }

  @Override
  boolean lingers() {
    return stream != null && session.nextSendNanos() != Long.MAX_VALUE;
  }

  @Override
  void onReleased() {
    if (stream != null) {
      stream.closeAfterWriting();
      stream = null;
    }
  }

  @Override
  public Role role() {
    return role;
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return remoteAddress;
  }
}

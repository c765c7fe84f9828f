package dev.skein.server.transport;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.session.Session.SendResult;
import dev.skein.protocol.session.SessionConfig;
import dev.skein.protocol.session.SessionConfig.Overflow;
import dev.skein.protocol.session.SessionState;
import dev.skein.protocol.session.SessionStats;
import dev.skein.server.Role;
import dev.skein.server.Shard;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The place of a session that comes from another node: it has an id and keeps what is sent, but no
 * keys until the client arrives with its ticket. If that does not come in time, the session ends as
 * one that was not resumed. Confined to its shard, except {@link #ticket}, {@link #role}, {@link
 * #shard} and {@link #id}.
 */
public final class ExpectedConnection implements Connection {
  /** What a message counts beyond its bytes, as in a session's queue. */
  private static final int OVERHEAD_BYTES = 32;

  private static final SessionStats NO_STATS = new SessionStats(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);

  private final Residence residence;
  private final Arrivals arrivals;
  private final long id;
  private final Ticket ticket;
  private final Role role;
  private final SessionState state;
  private final long rttNanos;
  private final Shard.Timer timer;
  private final ArrayDeque<Waiting> waiting = new ArrayDeque<>();
  private ConnectionEvents.@Nullable Events events;
  private Consumer<LiveConnection> onArrival = arrived -> {};
  private int waitingBytes;
  private boolean over;

  /** A message for the client. */
  @SuppressWarnings("ArrayRecordComponent")
  private record Waiting(Channel channel, byte[] message, int offset, int length) {}

  ExpectedConnection(
      Residence residence,
      Arrivals arrivals,
      Ticket ticket,
      Role role,
      SessionState state,
      long rttNanos,
      int patienceMillis) {
    this.residence = residence;
    this.arrivals = arrivals;
    this.id = residence.table().reserve();
    this.ticket = ticket;
    this.role = role;
    this.state = state;
    this.rttNanos = rttNanos;
    this.timer =
        residence
            .shard()
            .schedule(
                () -> end(new CloseReason(Code.IDLE, "moved, but did not arrive", false)),
                patienceMillis);
  }

  /**
   * Sets who hears of the session, once, before the client can know its ticket.
   *
   * @param onArrival told of the connection that takes the place of this one, on its shard
   */
  public void watch(ConnectionEvents.Events above, Consumer<LiveConnection> onArrival) {
    this.events = above;
    this.onArrival = onArrival;
  }

  /** The ticket the client comes with. */
  public Ticket ticket() {
    return ticket;
  }

  /** True until the client has arrived or the session has ended. */
  public boolean isOpen() {
    return !over;
  }

  /** The session does not come after all: forgets it without a word. */
  public void cancel() {
    if (!over) {
      over = true;
      timer.cancel();
      arrivals.remove(this);
      residence.table().release(id);
    }
  }

  /** The client is here: its connection goes on with everything. */
  void arrive(SessionConnection connection) {
    over = true;
    timer.cancel();
    ConnectionEvents.Events above = events;
    if (above == null) {
      throw new IllegalStateException("nobody watches this session");
    }
    connection.arrive(above, state);
    onArrival.accept(connection);
    for (Waiting each = waiting.poll(); each != null; each = waiting.poll()) {
      connection.send(each.channel, 0, each.message, each.offset, each.length);
    }
  }

  private void end(CloseReason reason) {
    if (!over) {
      cancel();
      waiting.clear();
      if (events != null) {
        events.onClosed(reason);
      }
    }
  }

  @Override
  public SendResult send(
      Channel channel, long conflationKey, byte[] message, int offset, int length) {
    SessionConfig config = residence.session();
    if (over) {
      return SendResult.CLOSED;
    }
    if (length > config.maxMessageBytes()) {
      return SendResult.TOO_LARGE;
    }
    if (!channel.kind().reliable()) {
      return SendResult.DROPPED;
    }
    if (waitingBytes + length + OVERHEAD_BYTES > config.sendQueueMaxBytes()) {
      if (config.reliableOverflow() != Overflow.DISCONNECT) {
        return SendResult.DROPPED;
      }
      end(new CloseReason(Code.SLOW_CONSUMER, "send queue is full", false));
      return SendResult.CLOSED;
    }
    waiting.add(new Waiting(channel, message, offset, length));
    waitingBytes += length + OVERHEAD_BYTES;
    return SendResult.ACCEPTED;
  }

  @Override
  public void close(int code, String text) {
    end(new CloseReason(code, text, false));
  }

  @Override
  public long id() {
    return id;
  }

  @Override
  public Shard shard() {
    return residence.shard();
  }

  @Override
  public Role role() {
    return role;
  }

  @Override
  public long smoothedRttNanos() {
    return rttNanos;
  }

  @Override
  public SessionStats stats() {
    return NO_STATS;
  }

  /** Nowhere yet. */
  @Override
  public InetSocketAddress remoteAddress() {
    return new InetSocketAddress(0);
  }
}

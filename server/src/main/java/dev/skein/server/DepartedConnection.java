package dev.skein.server;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.session.Session.SendResult;
import dev.skein.protocol.session.SessionStats;
import dev.skein.server.transport.Connection;
import dev.skein.server.transport.LiveConnection;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What stands for a user's connection while its session leaves for another node, and after: what is
 * still sent here waits until it is known where the session is, and then follows it. Confined to
 * the user's shard.
 */
final class DepartedConnection implements Connection {
  private final LiveConnection live;
  private final int waitingMaxBytes;
  private final ArrayDeque<Sent> waiting = new ArrayDeque<>();
  private int waitingBytes;
  private @Nullable CloseReason closeWanted;
  private @Nullable CloseReason lost;
  private @Nullable Road road;

  /** A message for the user. */
  @SuppressWarnings("ArrayRecordComponent")
  record Sent(Channel channel, long conflationKey, byte[] message, int offset, int length) {}

  /** The way to where the session is now. */
  interface Road {
    void forward(Sent sent);

    void close(CloseReason reason);
  }

  DepartedConnection(LiveConnection live, int waitingMaxBytes) {
    this.live = live;
    this.waitingMaxBytes = waitingMaxBytes;
  }

  /** The session is elsewhere: what waited goes there, and so does all that comes. */
  void follow(Road there) {
    road = there;
    waiting.forEach(there::forward);
    waiting.clear();
    CloseReason reason = closeWanted != null ? closeWanted : lost;
    if (reason != null) {
      there.close(reason);
    }
  }

  /** The session stays: what waited goes to the client. */
  void stay() {
    for (Sent each = waiting.poll(); each != null; each = waiting.poll()) {
      live.send(each.channel, each.conflationKey, each.message, each.offset, each.length);
    }
    if (closeWanted != null) {
      live.close(closeWanted.code(), closeWanted.text());
    }
  }

  /** Why the frozen session ended by itself meanwhile; empty if it did not. */
  Optional<CloseReason> lost() {
    return Optional.ofNullable(lost);
  }

  /** The frozen session has ended: by the client's goodbye, in time, or by ours. */
  void onClosed(CloseReason reason) {
    lost = reason;
    Road there = road;
    if (there != null && reason.byPeer()) {
      there.close(reason);
    }
  }

  @Override
  public SendResult send(
      Channel channel, long conflationKey, byte[] message, int offset, int length) {
    Sent sent = new Sent(channel, conflationKey, message, offset, length);
    Road there = road;
    if (there != null) {
      there.forward(sent);
      return SendResult.ACCEPTED;
    }
    if (!channel.kind().reliable() || waitingBytes + length > waitingMaxBytes) {
      return SendResult.DROPPED;
    }
    waiting.add(sent);
    waitingBytes += length;
    return SendResult.ACCEPTED;
  }

  @Override
  public void close(int code, String text) {
    CloseReason reason = new CloseReason(code, text, false);
    Road there = road;
    if (there != null) {
      there.close(reason);
    } else if (closeWanted == null) {
      closeWanted = reason;
    }
  }

  @Override
  public long id() {
    return live.id();
  }

  @Override
  public Shard shard() {
    return live.shard();
  }

  @Override
  public Role role() {
    return live.role();
  }

  @Override
  public long smoothedRttNanos() {
    return live.smoothedRttNanos();
  }

  @Override
  public SessionStats stats() {
    return live.stats();
  }

  @Override
  public InetSocketAddress remoteAddress() {
    return live.remoteAddress();
  }
}

package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.testkit.SimNetwork;
import dev.skein.testkit.VirtualClock;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.jspecify.annotations.Nullable;

/**
 * One end of a simulated session: does what a transport does, in virtual time. Tests read its
 * public fields.
 */
final class SimEndpoint implements SessionEvents {

  /** Looks at a message. */
  interface MessageSink {
    void onMessage(Channel channel, byte[] buffer, int offset, int length);
  }

  final DatagramSession session;
  final List<Session.State> states = new ArrayList<>();
  MessageSink sink = (channel, buffer, offset, length) -> {};
  int messages;
  int pings;
  int datagrams;
  long bytes;
  @Nullable CloseReason closed;
  @Nullable MoveOrder moveOrder;

  /** Nothing goes out while this is set: the process hangs. */
  boolean frozen;

  private final VirtualClock clock;
  private final SimNetwork network;
  private final byte[] out = new byte[SessionConfig.MAX_DATAGRAM_BYTES];
  private SocketAddress address;
  private long wakeNanos = Long.MAX_VALUE;

  SimEndpoint(
      Role role,
      SessionSecrets secrets,
      SessionConfig config,
      SocketAddress address,
      SocketAddress peer,
      VirtualClock clock,
      SimNetwork network) {
    this.clock = clock;
    this.network = network;
    this.address = address;
    session =
        new DatagramSession(
            role, 42, secrets, config, peer, this, new SplittableRandom(42), clock.nanoTime());
    network.open(address, this::onDatagram);
    pump();
  }

  private void onDatagram(byte[] datagram, SocketAddress from) {
    session.onDatagram(datagram, 0, datagram.length, from, clock.nanoTime());
    pump();
  }

  Session.SendResult send(Channel channel, byte[] message) {
    Session.SendResult result = session.send(channel, message, 0, message.length, clock.nanoTime());
    pump();
    return result;
  }

  void ping() {
    session.ping(clock.nanoTime());
    pump();
  }

  void close(int code, String text) {
    session.close(code, text, clock.nanoTime());
    pump();
  }

  /** Why it was told that the session is over. */
  CloseReason closeReason() {
    if (closed == null) {
      throw new AssertionError("the session is not closed");
    }
    return closed;
  }

  /** The client got another socket. */
  void moveTo(SocketAddress newAddress, boolean announce) {
    network.close(address);
    address = newAddress;
    network.open(address, this::onDatagram);
    if (announce) {
      session.rebind(clock.nanoTime());
    }
    pump();
  }

  /** Sends what wants to be sent and plans the next look. */
  void pump() {
    if (frozen) {
      return;
    }
    long now = clock.nanoTime();
    if (session.nextTimeoutNanos() <= now) {
      session.onTimeout(now);
    }
    if (session.nextSendNanos() <= now) {
      int length = session.poll(out, 0, now);
      while (length > 0) {
        datagrams++;
        bytes += length;
        network.send(address, session.pollPath(), out, 0, length);
        length = session.poll(out, 0, now);
      }
    }
    long next = Math.min(session.nextTimeoutNanos(), session.nextSendNanos());
    if (next <= now) {
      throw new AssertionError(
          "the session wants to be looked at again at once: timeout "
              + (session.nextTimeoutNanos() - now)
              + ", send "
              + (session.nextSendNanos() - now));
    }
    if (next < wakeNanos) {
      wakeNanos = next;
      clock.at(next, () -> wake(next));
    }
  }

  private void wake(long planned) {
    if (planned == wakeNanos) {
      wakeNanos = Long.MAX_VALUE;
      pump();
    }
  }

  @Override
  public void onMessage(Session from, Channel channel, byte[] buffer, int offset, int length) {
    messages++;
    sink.onMessage(channel, buffer, offset, length);
  }

  @Override
  public void onPing(Session from) {
    pings++;
  }

  @Override
  public void onStateChange(Session from, Session.State state) {
    states.add(state);
  }

  @Override
  public void onMove(Session from, MoveOrder order) {
    moveOrder = order;
  }

  @Override
  public void onClosed(Session from, CloseReason reason) {
    closed = reason;
  }
}

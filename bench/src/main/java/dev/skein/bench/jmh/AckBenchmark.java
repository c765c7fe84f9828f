package dev.skein.bench.jmh;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.protocol.session.DatagramSession;
import dev.skein.protocol.session.Role;
import dev.skein.protocol.session.Session;
import dev.skein.protocol.session.SessionConfig;
import dev.skein.protocol.session.SessionEvents;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/**
 * One reliable message of 64 bytes from a server to a client and its ack back, sealed, in virtual
 * time: sending, receiving, acknowledging, taking the ack in, and with loss the recovery.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@SuppressWarnings("NullAway.Init") // JMH calls prepare() and sets parameters first
public class AckBenchmark {
  private static final long INTERVAL_NANOS = TimeUnit.MILLISECONDS.toNanos(10);
  private static final int SECRET_BYTES = 32;

  @Param({"0", "5"})
  public int lossPercent;

  private static final class Silent implements SessionEvents {
    @Override
    public void onMessage(Session from, Channel on, byte[] buffer, int offset, int length) {}

    @Override
    public void onClosed(Session from, CloseReason reason) {
      throw new IllegalStateException("closed: " + reason);
    }
  }

  private final byte[] message = new byte[64];
  private final byte[] datagram = new byte[SessionConfig.MAX_DATAGRAM_BYTES];
  private final SocketAddress peer = new InetSocketAddress("127.0.0.1", 1);
  private final SplittableRandom random = new SplittableRandom(1);
  private DatagramSession server;
  private DatagramSession client;
  private long nowNanos;

  /** Opens both ends. */
  @Setup
  public void prepare() {
    server = session(Role.SERVER);
    client = session(Role.CLIENT);
  }

  private DatagramSession session(Role role) {
    byte[] secret = new byte[SECRET_BYTES];
    return new DatagramSession(
        role,
        1,
        new SessionSecrets(CipherSuite.AES_128_GCM, secret, secret, secret),
        SessionConfig.DEFAULTS,
        peer,
        new Silent(),
        random.split(),
        nowNanos);
  }

  @Benchmark
  public int messageAndAck() {
    nowNanos += INTERVAL_NANOS;
    server.send(Channel.ordered(0), message, 0, message.length, nowNanos);
    server.onTimeout(nowNanos);
    client.onTimeout(nowNanos);
    return carry(server, client) + carry(client, server);
  }

  private int carry(DatagramSession from, DatagramSession to) {
    int packets = 0;
    for (int bytes = from.poll(datagram, 0, nowNanos);
        bytes > 0;
        bytes = from.poll(datagram, 0, nowNanos)) {
      packets++;
      if (random.nextInt(100) >= lossPercent) {
        to.onDatagram(datagram, 0, bytes, peer, nowNanos);
      }
    }
    return packets;
  }
}

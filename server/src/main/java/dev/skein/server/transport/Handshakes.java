package dev.skein.server.transport;

import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.handshake.HandshakeOutcome;
import dev.skein.protocol.handshake.ServerHandshake;
import dev.skein.protocol.handshake.StreamServerHandshake;
import dev.skein.protocol.handshake.TicketGate;
import dev.skein.protocol.session.SessionConfig;
import java.security.SecureRandom;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The handshakes of a node and the few threads on which their key agreement runs, so that a rush of
 * logins does not hold up those who play. Any thread.
 */
final class Handshakes {
  /** A client asks again after 250 ms; what waits longer than that is answered twice. */
  private static final int WAITING_MAX = 512;

  private final RandomGenerator random = new SecureRandom();
  private final ServerHandshake datagrams;
  private final StreamServerHandshake streams;
  private final ConnectionEvents above;
  private final Arrivals arrivals = new Arrivals();
  private final Occupancy occupancy;
  private final SharedRateLimit rate;
  private final TransportCounters counters;
  private final ThreadPoolExecutor workers;

  Handshakes(
      TicketGate gate,
      SessionConfig session,
      TransportConfig.Limits limits,
      ConnectionEvents above,
      Occupancy occupancy,
      TransportCounters counters) {
    int suites = 0;
    for (CipherSuite suite : CipherSuite.values()) {
      suites |= 1 << (suite.code() - 1);
    }
    this.datagrams = new ServerHandshake(gate, session, suites, random);
    this.streams = new StreamServerHandshake(gate, session, suites, random);
    this.above = above;
    this.occupancy = occupancy;
    this.counters = counters;
    int perSecond = limits.handshakesPerSecond();
    this.rate = new SharedRateLimit(new RateLimit(perSecond, perSecond), System.nanoTime());
    int threads = Math.max(1, Runtime.getRuntime().availableProcessors() / 2);
    this.workers =
        new ThreadPoolExecutor(
            threads,
            threads,
            1,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_MAX),
            Thread.ofPlatform().daemon().name("skein-handshake-", 0).factory());
    workers.allowCoreThreadTimeOut(true);
  }

  ServerHandshake datagrams() {
    return datagrams;
  }

  StreamServerHandshake streams() {
    return streams;
  }

  /** Unpredictable. */
  RandomGenerator random() {
    return random;
  }

  ConnectionEvents above() {
    return above;
  }

  Arrivals arrivals() {
    return arrivals;
  }

  Occupancy occupancy() {
    return occupancy;
  }

  SharedRateLimit rate() {
    return rate;
  }

  /** Runs the work on another thread soon; false if too much waits already. */
  boolean offer(Runnable work) {
    try {
      workers.execute(work);
      return true;
    } catch (RejectedExecutionException e) {
      return false;
    }
  }

  /** True once no session may begin any more. */
  boolean isStopped() {
    return workers.isShutdown();
  }

  void stop() {
    workers.shutdownNow();
  }

  /** Counts how a handshake message ended, if it ended badly. */
  void count(HandshakeOutcome outcome) {
    DropReason reason = reason(outcome);
    if (reason != null) {
      counters.drop(reason);
    }
  }

  private static @Nullable DropReason reason(HandshakeOutcome outcome) {
    return switch (outcome) {
      case COOKIE_SENT, ACCEPTED, REPEATED, RESUME -> null;
      case REFUSED -> DropReason.REFUSED;
      case MALFORMED -> DropReason.MALFORMED_HANDSHAKE;
      case WRONG_VERSION -> DropReason.UNSUPPORTED;
      case BAD_COOKIE, EXPIRED_COOKIE -> DropReason.BAD_COOKIE;
      case FORGED -> DropReason.TICKET_FORGED;
      case OTHER_SERVER -> DropReason.TICKET_OTHER_SERVER;
      case BEFORE_START -> DropReason.TICKET_BEFORE_START;
      case EXPIRED -> DropReason.TICKET_EXPIRED;
      case REUSED -> DropReason.TICKET_REUSED;
      case BAD_MAC, BAD_KEY -> DropReason.BAD_MAC;
    };
  }
}

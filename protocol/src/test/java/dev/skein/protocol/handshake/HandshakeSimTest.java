package dev.skein.protocol.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.Tickets;
import dev.skein.protocol.session.SessionConfig;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Handshakes over networks that lose, damage and reorder. */
class HandshakeSimTest {
  private static final int SEEDS = 1000;

  /** Damages the first datagram of one type, at one place. */
  private record DamageOnce(byte type, int at, boolean[] done) implements HandshakeRun.Wire {
    @Override
    public Optional<byte[]> carry(byte[] datagram, long nowMillis) {
      if (done[0] || datagram[0] != type || at >= HandshakeRun.meaningfulBytes(datagram)) {
        return Optional.of(datagram);
      }
      done[0] = true;
      return Optional.of(HandshakeRun.damaged(datagram, at, 1));
    }
  }

  /** Loses and damages by chance; a damaged datagram has one byte changed, never of its padding. */
  private record Hostile(SplittableRandom random, int lossPercent, int corruptPercent)
      implements HandshakeRun.Wire {
    @Override
    public Optional<byte[]> carry(byte[] datagram, long nowMillis) {
      if (random.nextInt(100) < lossPercent) {
        return Optional.empty();
      }
      if (random.nextInt(100) >= corruptPercent) {
        return Optional.of(datagram);
      }
      int at = random.nextInt(HandshakeRun.meaningfulBytes(datagram));
      return Optional.of(HandshakeRun.damaged(datagram, at, 1 + random.nextInt(255)));
    }

    @Override
    public int delayMillis() {
      return 20 + random.nextInt(40);
    }
  }

  private static long established(int lossPercent, int corruptPercent) {
    long established = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Peers peers = new Peers();
      var wire = new Hostile(new SplittableRandom(seed), lossPercent, corruptPercent);
      if (new HandshakeRun(peers, peers.client(peers.ticket()), wire).run().isPresent()) {
        established++;
      }
    }
    return established;
  }

  /** The resends that make up for one datagram are over within a second and a few round trips. */
  @ParameterizedTest(name = "of type {0}")
  @ValueSource(bytes = {Layout.HELLO, Layout.COOKIE, Layout.PROOF, Layout.ACCEPT})
  void oneDamagedDatagramIsMadeUpForWhicheverByteIsWrong(byte type) {
    int places = type == Layout.COOKIE ? Layout.COOKIE_MESSAGE_BYTES : Layout.ACCEPT_BYTES;
    for (int at = 0; at < places; at++) {
      Peers peers = new Peers();
      var wire = new DamageOnce(type, at, new boolean[1]);
      assertThat(new HandshakeRun(peers, peers.client(peers.ticket()), wire).run())
          .as("byte %d", at)
          .hasValueSatisfying(millis -> assertThat(millis).isLessThan(1_000));
      assertThat(wire.done[0]).isTrue();
    }
  }

  @Test
  void atTenPercentLossAndOnePercentDamageEveryHandshakeCompletesWithinTenSeconds() {
    assertThat(established(10, 1)).isEqualTo(SEEDS);
  }

  @Test
  void atThirtyPercentLossAndTenPercentDamageNineOfTenCompleteWithinTenSeconds() {
    assertThat(established(30, 10)).isGreaterThanOrEqualTo(SEEDS * 9 / 10);
  }

  @Test
  void aCookieThatGrewTooOldIsReplaced() {
    Peers peers = new Peers();
    Tickets.Issued issued = peers.ticket();
    ClientHandshake patient =
        new ClientHandshake(
            issued.sealed(),
            issued.ticket().key(),
            CipherSuite.ALL_BITS,
            SessionConfig.DEFAULTS,
            20_000,
            peers.random,
            0);
    long healedMillis = ServerHandshake.COOKIE_MAX_AGE_MILLIS + 1_000;
    HandshakeRun.Wire interrupted =
        (datagram, nowMillis) ->
            nowMillis < 100 && datagram[0] != Layout.PROOF || nowMillis > healedMillis
                ? Optional.of(datagram)
                : Optional.empty();
    assertThat(new HandshakeRun(peers, patient, interrupted).run())
        .hasValueSatisfying(
            millis -> assertThat(millis).isBetween(healedMillis, healedMillis + 3_000));
  }
}

package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.packet.FrameWriter;
import dev.skein.testkit.ExactlyOnceInOrder;
import dev.skein.testkit.relay.Hostility;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A client that changes its address, and others who pretend that it did. */
class DatagramSessionPathSimTest {
  private static final SessionConfig CONFIG =
      SessionConfig.DEFAULTS.withPackWindowMillis(0).withIdle(3_000, 20_000);

  private final ExactlyOnceInOrder up = new ExactlyOnceInOrder(1);
  private final ExactlyOnceInOrder down = new ExactlyOnceInOrder(2);

  private SimPair pair(Hostility hostility) {
    SimPair pair = new SimPair(CONFIG, hostility);
    pair.server.sink = (channel, buffer, offset, length) -> up.arrived(buffer, offset, length);
    pair.client.sink = (channel, buffer, offset, length) -> down.arrived(buffer, offset, length);
    return pair;
  }

  private void talk(SimPair pair, int rounds) {
    for (int i = 0; i < rounds; i++) {
      pair.client.send(Channel.ordered(0), up.next(40));
      pair.server.send(Channel.ordered(0), down.next(200));
      pair.runMillis(30);
    }
  }

  @Test
  void aClientWithANewSocketInMidStreamLosesAndRepeatsNothing() {
    for (int seed = 0; seed < 100; seed++) {
      SimPair pair = pair(new Hostility(seed % 25, 2, 5, 1, 25, 10, seed));
      talk(pair, 20);
      pair.client.moveTo(SimPair.CLIENT_MOVED, true);
      talk(pair, 20);
      pair.network.treat(SimPair.KIND_25_MILLIS);
      boolean complete =
          pair.clock.runUntil(
              () -> up.isComplete() && down.isComplete(), TimeUnit.SECONDS.toNanos(15));
      assertThat(complete)
          .as(
              "seed %d: %d/%d up, %d/%d down",
              seed, up.received(), up.sent(), down.received(), down.sent())
          .isTrue();
      assertThat(pair.server.session.path()).isEqualTo(SimPair.CLIENT_MOVED);
    }
  }

  @Test
  void anAddressThatChangesUnnoticedIsFollowedToo() {
    SimPair pair = pair(SimPair.KIND_25_MILLIS);
    talk(pair, 5);
    pair.client.moveTo(SimPair.CLIENT_MOVED, false);
    talk(pair, 20);
    pair.runMillis(1_000);
    assertThat(pair.server.session.path()).isEqualTo(SimPair.CLIENT_MOVED);
    assertThat(up.isComplete() && down.isComplete()).isTrue();
  }

  @Test
  void bothSidesGoOnAfterADetachWithoutLossOrRepetition() {
    SimPair pair = pair(SimPair.KIND_25_MILLIS);
    talk(pair, 20);
    pair.network.partition(SimPair.CLIENT, SimPair.SERVER);
    talk(pair, 20);
    pair.runMillis(10_000);
    assertThat(pair.server.session.state()).isEqualTo(Session.State.DETACHED);
    assertThat(pair.client.session.state()).isEqualTo(Session.State.DETACHED);
    pair.client.moveTo(SimPair.CLIENT_MOVED, true);
    pair.runMillis(1_000);
    assertThat(pair.server.states).containsExactly(Session.State.DETACHED, Session.State.OPEN);
    assertThat(pair.client.states).containsExactly(Session.State.DETACHED, Session.State.OPEN);
    talk(pair, 5);
    pair.runMillis(1_000);
    assertThat(up.isComplete() && down.isComplete()).isTrue();
  }

  // ---- spoofing ----

  private final DatagramSession server =
      new DatagramSession(
          Role.SERVER,
          42,
          SimPair.secrets(),
          CONFIG,
          SimPair.CLIENT,
          new DatagramSessionDistrustTest.SilentEvents(),
          new SplittableRandom(1),
          0);
  private final CraftingPeer peer = new CraftingPeer();
  private final byte[] out = new byte[SessionConfig.MAX_DATAGRAM_BYTES];

  @Test
  void anUnprovenAddressGetsAChallengeOfAtMostThreeTimesWhatItSentAndNothingElse() {
    int spoofed = 0;
    byte[] ping = peer.packet(FrameWriter::ping);
    spoofed += ping.length;
    CraftingPeer.give(server, ping, SimPair.CLIENT_MOVED, 0);
    server.send(Channel.ordered(0), new byte[1000], 0, 1000, 0);

    int toSpoofed = 0;
    int toClient = 0;
    for (int second = 0; second < 3; second++) {
      long now = TimeUnit.SECONDS.toNanos(second);
      server.onTimeout(now);
      for (int length = server.poll(out, 0, now); length > 0; length = server.poll(out, 0, now)) {
        if (server.pollPath().equals(SimPair.CLIENT_MOVED)) {
          toSpoofed += length;
        } else {
          toClient += length;
        }
      }
    }
    assertThat(toSpoofed).isBetween(1, 3 * spoofed);
    assertThat(toClient).isGreaterThan(1000);
    assertThat(server.path()).isEqualTo(SimPair.CLIENT);
  }

  @Test
  void anOldPacketFromElsewhereIsNotEvenChallenged() {
    byte[] old = peer.packet(FrameWriter::ping);
    CraftingPeer.give(server, peer.packet(FrameWriter::ping), SimPair.CLIENT, 0);
    CraftingPeer.give(server, old, SimPair.CLIENT_MOVED, 0);
    for (int length = server.poll(out, 0, 0); length > 0; length = server.poll(out, 0, 0)) {
      assertThat(server.pollPath()).isEqualTo(SimPair.CLIENT);
    }
  }

  @Test
  void aGuessedResponseMovesNothing() {
    CraftingPeer.give(server, peer.packet(FrameWriter::ping), SimPair.CLIENT_MOVED, 0);
    CraftingPeer.give(server, peer.packet(w -> w.pathResponse(12345)), SimPair.CLIENT_MOVED, 0);
    assertThat(server.path()).isEqualTo(SimPair.CLIENT);
  }

  @Test
  void theNewestPacketFromTheOldAddressWithdrawsTheChallenge() {
    CraftingPeer.give(server, peer.packet(FrameWriter::ping), SimPair.CLIENT_MOVED, 0);
    CraftingPeer.give(server, peer.packet(FrameWriter::ping), SimPair.CLIENT, 0);
    for (int length = server.poll(out, 0, 0); length > 0; length = server.poll(out, 0, 0)) {
      assertThat(server.pollPath()).isEqualTo(SimPair.CLIENT);
    }
  }
}

package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Messages over streams that are cut: each arrives once, in the order of its channel. */
class StreamResumeSimTest {
  private static final int SEEDS = 1500;
  private static final int STEPS = 400;
  private static final Channel[] RELIABLE = {
    Channel.ordered(0), Channel.ordered(3), Channel.ordered(15), Channel.RELIABLE
  };

  private static final SessionConfig CONFIG =
      SessionConfig.DEFAULTS.withPackWindowMillis(3).withIdle(10_000, 60_000);

  @Test
  void whateverIsCutAndWheneverEachReliableMessageArrivesOnceAndInOrder() {
    long repeated = 0;
    long moves = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      StreamPeers peers = new StreamPeers(new SplittableRandom(seed), CONFIG);
      for (int step = 0; step < STEPS; step++) {
        step(peers);
      }
      peers.settle();
      assertComplete("seed " + seed, peers);
      repeated += peers.client.stats().framesRetransmitted();
      repeated += peers.server.stats().framesRetransmitted();
      moves += peers.links.stream().filter(link -> link.answered != null).count();
    }
    assertThat(repeated).as("repeated messages").isGreaterThan(10L * SEEDS);
    assertThat(moves).as("streams resumed").isGreaterThan(2L * SEEDS);
  }

  private static void step(StreamPeers peers) {
    int roll = peers.random.nextInt(100);
    if (roll < 15) {
      peers.send(true, channel(peers), 4 + peers.random.nextInt(60));
    } else if (roll < 30) {
      peers.send(false, channel(peers), 4 + peers.random.nextInt(60));
    } else if (roll < 45) {
      peers.pollClient(100 + peers.random.nextInt(200));
    } else if (roll < 60) {
      peers.pollServer(100 + peers.random.nextInt(200));
    } else if (roll < 75) {
      peers.deliverToServer(peers.links.get(peers.random.nextInt(peers.links.size())));
    } else if (roll < 84) {
      peers.deliverToClient();
    } else if (roll < 90) {
      peers.passMillis(peers.random.nextInt(60));
    } else if (roll < 92) {
      peers.cutAtClient();
    } else if (roll < 93) {
      peers.cutAtServer();
    } else if (peers.client.state() == Session.State.DETACHED) {
      peers.resume();
    }
  }

  private static Channel channel(StreamPeers peers) {
    int kind = peers.random.nextInt(RELIABLE.length + 2);
    return kind < RELIABLE.length
        ? RELIABLE[kind]
        : kind == RELIABLE.length ? Channel.UNRELIABLE : Channel.sequenced(2);
  }

  private static void assertComplete(String run, StreamPeers peers) {
    for (Channel channel : RELIABLE) {
      assertReceived(run + " client to server", channel, peers.clientSide, peers.serverSide);
      assertReceived(run + " server to client", channel, peers.serverSide, peers.clientSide);
    }
    for (Channel channel : List.of(Channel.UNRELIABLE, Channel.sequenced(2))) {
      assertOrdered(run, channel, peers.serverSide);
      assertOrdered(run, channel, peers.clientSide);
    }
    assertThat(peers.client.queuedBytes()).as(run).isZero();
    assertThat(peers.server.queuedBytes()).as(run).isZero();
    assertThat(peers.client.state()).as(run).isEqualTo(Session.State.OPEN);
  }

  private static void assertReceived(
      String run, Channel channel, StreamPeers.Peer from, StreamPeers.Peer to) {
    int sent = from.sent.getOrDefault(channel, 0);
    assertThat(to.received.getOrDefault(channel, List.of()))
        .as("%s on %s", run, channel)
        .isEqualTo(IntStream.range(0, sent).boxed().toList());
  }

  private static void assertOrdered(String run, Channel channel, StreamPeers.Peer to) {
    assertThat(to.received.getOrDefault(channel, List.of()))
        .as("%s on %s", run, channel)
        .isSorted()
        .doesNotHaveDuplicates();
  }

  @Test
  void aCutAfterAnyRecordInEitherDirectionLosesAndDoublesNothing() {
    int deliveries = deliveriesWithCutAfter(Integer.MAX_VALUE, true);
    assertThat(deliveries).isGreaterThan(30);
    for (int cut = 0; cut <= deliveries; cut++) {
      deliveriesWithCutAfter(cut, true);
      deliveriesWithCutAfter(cut, false);
    }
  }

  /**
   * Plays one fixed talk, cutting the socket after so many deliveries; returns how many it took.
   */
  private static int deliveriesWithCutAfter(int cut, boolean inFlightIsLost) {
    StreamPeers peers = new StreamPeers(new SplittableRandom(5), CONFIG.withPackWindowMillis(0));
    int deliveries = 0;
    for (int turn = 0; turn < 20; turn++) {
      peers.send(true, Channel.ordered(turn % 2), 40);
      peers.send(false, Channel.ordered(turn % 2), 40);
      peers.pollClient(1000);
      peers.pollServer(1000);
      for (boolean toServer : new boolean[] {true, false}) {
        if (deliveries++ == cut) {
          if (inFlightIsLost) {
            peers.links.getFirst().toServer.clear();
          }
          peers.cutAtClient();
          peers.resume();
        }
        if (toServer) {
          peers.links.forEach(peers::deliverToServer);
        } else {
          peers.deliverToClient();
        }
      }
      peers.passMillis(20);
    }
    peers.settle();
    String run = "cut after " + cut + ", in flight lost " + inFlightIsLost;
    for (int channel = 0; channel < 2; channel++) {
      assertReceived(run, Channel.ordered(channel), peers.clientSide, peers.serverSide);
      assertReceived(run, Channel.ordered(channel), peers.serverSide, peers.clientSide);
    }
    return deliveries;
  }
}

package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Sessions over streams that are cut at any instant and move from node to node meanwhile. */
class StreamSessionMoveSimTest {
  private static final int SEEDS = 800;
  private static final int STEPS = 500;
  private static final Channel[] RELIABLE = {
    Channel.ordered(0), Channel.ordered(3), Channel.ordered(15), Channel.RELIABLE
  };
  private static final SessionConfig CONFIG =
      SessionConfig.DEFAULTS.withPackWindowMillis(3).withIdle(10_000, 60_000);

  @Test
  void wheneverItMovesEachReliableMessageArrivesOnceAndInOrder() {
    long moved = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      StreamPeers peers = new StreamPeers(new SplittableRandom(seed), CONFIG);
      try {
        for (int step = 0; step < STEPS; step++) {
          step(peers);
        }
        if (peers.isFrozen() && peers.next == null) {
          peers.stay();
        }
        peers.settle();
        assertComplete(peers);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
      moved += peers.moved;
    }
    assertThat(moved).isGreaterThan(SEEDS);
  }

  private static void step(StreamPeers peers) {
    int roll = peers.random.nextInt(100);
    if (roll < 14) {
      peers.send(true, channel(peers), 4 + peers.random.nextInt(60));
    } else if (roll < 28) {
      peers.send(false, channel(peers), 4 + peers.random.nextInt(60));
    } else if (roll < 42) {
      peers.pollClient(100 + peers.random.nextInt(200));
    } else if (roll < 56) {
      peers.pollServer(100 + peers.random.nextInt(200));
    } else if (roll < 70) {
      peers.deliverToServer(peers.links.get(peers.random.nextInt(peers.links.size())));
    } else if (roll < 80) {
      peers.deliverToClient();
    } else if (roll < 86) {
      peers.passMillis(peers.random.nextInt(60));
    } else if (roll < 87) {
      cutAtClient(peers);
    } else if (roll < 88) {
      peers.cutAtServer();
    } else if (roll < 93) {
      move(peers);
    } else if (peers.clientSide.toldToMove) {
      peers.arrive();
    } else if (peers.client.state() == Session.State.DETACHED) {
      peers.resume();
    }
  }

  /** A client that was told to move uses the former stream no more. */
  private static void cutAtClient(StreamPeers peers) {
    if (!peers.clientSide.toldToMove) {
      peers.cutAtClient();
    }
  }

  private static void move(StreamPeers peers) {
    if (!peers.isFrozen()) {
      peers.freeze();
    } else if (peers.next == null && peers.random.nextInt(3) == 0) {
      peers.stay();
    } else if (peers.next == null) {
      peers.go();
    }
  }

  private static Channel channel(StreamPeers peers) {
    int kind = peers.random.nextInt(RELIABLE.length + 1);
    return kind < RELIABLE.length ? RELIABLE[kind] : Channel.sequenced(2);
  }

  private static void assertComplete(StreamPeers peers) {
    for (Channel channel : RELIABLE) {
      assertReceived("client to server", channel, peers.clientSide, peers.serverSide);
      assertReceived("server to client", channel, peers.serverSide, peers.clientSide);
    }
    for (StreamPeers.Peer side : List.of(peers.clientSide, peers.serverSide)) {
      assertThat(side.received.getOrDefault(Channel.sequenced(2), List.of()))
          .isSorted()
          .doesNotHaveDuplicates();
    }
    assertThat(peers.client.queuedBytes()).isZero();
    assertThat(peers.server.queuedBytes()).isZero();
    assertThat(peers.client.state()).isEqualTo(Session.State.OPEN);
  }

  private static void assertReceived(
      String way, Channel channel, StreamPeers.Peer from, StreamPeers.Peer to) {
    int sent = from.sent.getOrDefault(channel, 0);
    assertThat(to.received.getOrDefault(channel, List.of()))
        .as("%s on %s", way, channel)
        .isEqualTo(IntStream.range(0, sent).boxed().toList());
  }
}

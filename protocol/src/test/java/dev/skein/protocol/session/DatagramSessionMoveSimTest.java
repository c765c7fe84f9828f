package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.crypto.CipherSuite;
import dev.skein.protocol.crypto.SessionSecrets;
import dev.skein.testkit.ExactlyOnce;
import dev.skein.testkit.ExactlyOnceInOrder;
import dev.skein.testkit.NewestOnly;
import dev.skein.testkit.SimNetwork;
import dev.skein.testkit.VirtualClock;
import dev.skein.testkit.relay.Hostility;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Sessions over datagrams that move from node to node at any instant, over a bad network. */
class DatagramSessionMoveSimTest {
  private static final int SEEDS = 250;
  private static final int MOVES = 5;
  private static final SessionConfig CONFIG = SessionConfig.DEFAULTS.withPackWindowMillis(3);
  private static final int ORDERED = 3;

  /** What one end sends to the other, checked there. */
  private static final class Traffic {
    final List<ExactlyOnceInOrder> ordered = new ArrayList<>();
    final ExactlyOnce unordered = new ExactlyOnce(90);
    final NewestOnly sequenced = new NewestOnly(91);

    Traffic() {
      for (int i = 0; i < ORDERED; i++) {
        ordered.add(new ExactlyOnceInOrder(i));
      }
    }

    void send(Session from, SplittableRandom random, long nowNanos) {
      int bytes = random.nextInt(20) == 0 ? 12 + random.nextInt(6_000) : 12 + random.nextInt(200);
      int choice = random.nextInt(ORDERED + 2);
      Channel channel;
      byte[] message;
      if (choice < ORDERED) {
        channel = Channel.ordered(choice * 5);
        message = ordered.get(choice).next(bytes);
      } else if (choice == ORDERED) {
        channel = Channel.RELIABLE;
        message = unordered.next(bytes);
      } else {
        channel = Channel.sequenced(2);
        message = sequenced.next(bytes);
      }
      from.send(channel, message, 0, message.length, nowNanos);
    }

    void arrived(Channel channel, byte[] buffer, int offset, int length) {
      switch (channel.kind()) {
        case ORDERED -> ordered.get(channel.id() / 5).arrived(buffer, offset, length);
        case RELIABLE -> unordered.arrived(buffer, offset, length);
        case SEQUENCED -> sequenced.arrived(buffer, offset, length);
        case UNRELIABLE -> throw new AssertionError("nothing was sent unreliably");
      }
    }

    boolean isComplete() {
      return unordered.isComplete() && ordered.stream().allMatch(ExactlyOnceInOrder::isComplete);
    }
  }

  /** A client, the node it is on, and the next one while it moves. */
  private static final class Run {
    final SplittableRandom random;
    final VirtualClock clock = new VirtualClock(1_000_000_000_000L);
    final SimNetwork network;
    final Traffic up = new Traffic();
    final Traffic down = new Traffic();
    SimEndpoint server;
    SimEndpoint client;

    /** Where the user is sent to at the server: the next node from its answer on. */
    SimEndpoint home;

    boolean moving;
    int moved;
    int stayed;

    Run(int seed) {
      random = new SplittableRandom(seed);
      network =
          new SimNetwork(
              clock, new Hostility(random.nextInt(15), 5, 10, 1, random.nextInt(40), 20, seed));
      server = end(Role.SERVER, 0);
      client = end(Role.CLIENT, 0);
      home = server;
    }

    private SimEndpoint end(Role role, int generation) {
      SocketAddress node = InetSocketAddress.createUnresolved("node" + generation, 7100);
      SocketAddress socket = InetSocketAddress.createUnresolved("client", 1 + generation);
      boolean isClient = role == Role.CLIENT;
      SimEndpoint end =
          new SimEndpoint(
              role,
              secrets(generation),
              CONFIG,
              isClient ? socket : node,
              isClient ? node : socket,
              clock,
              network);
      Traffic incoming = isClient ? down : up;
      end.sink = incoming::arrived;
      return end;
    }

    private static SessionSecrets secrets(int generation) {
      byte[] secret = new byte[32];
      secret[0] = (byte) generation;
      byte[] other = new byte[32];
      other[1] = (byte) (generation + 1);
      return new SessionSecrets(CipherSuite.AES_128_GCM, secret, other, secret);
    }

    void runMillis(long millis) {
      for (long i = 0; i < millis; i++) {
        clock.runFor(TimeUnit.MILLISECONDS.toNanos(1));
        if (random.nextInt(3) == 0) {
          up.send(client.session, random, clock.nanoTime());
          client.pump();
        }
        if (random.nextInt(3) == 0 && !(moving && home == server)) {
          down.send(home.session, random, clock.nanoTime());
          home.pump();
        }
      }
    }

    /** Freezes, offers, and moves or stays; the client arrives some time later. */
    void move() {
      moving = true;
      SessionState frozen = server.session.freeze();
      byte[] parcel = SessionStateCodec.encode(frozen);
      runMillis(random.nextInt(30));
      if (random.nextInt(4) == 0) {
        server.session.thaw(clock.nanoTime());
        server.pump();
        moving = false;
        stayed++;
        return;
      }
      moved++;
      SimEndpoint former = server;
      home = end(Role.SERVER, moved);
      home.session.restore(SessionStateCodec.decode(parcel, CONFIG).orElseThrow(), now());
      SocketAddress path = former.session.path();
      MoveOrder order =
          new MoveOrder(MoveOrder.Carrier.UDP, "node" + moved, 7100, new byte[9], new byte[32]);
      former.session.move(order, now());
      former.pump();
      while (client.moveOrder == null) {
        runMillis(1);
      }
      assertThat(client.moveOrder.host()).isEqualTo("node" + moved);
      client.frozen = true;
      network.close(path);
      // Its handshake takes a while, in which it goes on sending.
      runMillis(random.nextInt(60));
      SessionState carried = client.session.freeze();
      client = end(Role.CLIENT, moved);
      client.session.restore(carried, now());
      client.ping();
      former.close(1000, "moved");
      server = home;
      moving = false;
    }

    long now() {
      return clock.nanoTime();
    }
  }

  @Test
  void wheneverItMovesEachReliableMessageArrivesOnceAndInOrder() {
    int moved = 0;
    int stayed = 0;
    long messages = 0;
    for (int seed = 0; seed < SEEDS; seed++) {
      Run run = new Run(seed);
      try {
        for (int i = 0; i < MOVES; i++) {
          run.runMillis(run.random.nextInt(120));
          run.move();
        }
        run.clock.runUntil(
            () -> run.up.isComplete() && run.down.isComplete(),
            run.now() + TimeUnit.SECONDS.toNanos(60));
        assertThat(run.up.isComplete()).as("up").isTrue();
        assertThat(run.down.isComplete()).as("down").isTrue();
        assertThat(run.client.session.state()).isEqualTo(Session.State.OPEN);
        assertThat(run.server.session.state()).isEqualTo(Session.State.OPEN);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
      }
      moved += run.moved;
      stayed += run.stayed;
      messages += run.up.unordered.received() + run.down.unordered.received();
    }
    assertThat(moved).isGreaterThan(2 * SEEDS);
    assertThat(stayed).isGreaterThan(SEEDS / 2);
    assertThat(messages).isGreaterThan(10L * SEEDS);
  }

  @Test
  void aMoveThatIsLostIsSaidAgainUntilTheClientHears() {
    Run run = new Run(1);
    run.network.treat(Hostility.NONE);
    run.server.session.freeze();
    run.network.partition(
        InetSocketAddress.createUnresolved("node0", 7100),
        InetSocketAddress.createUnresolved("client", 1));
    run.server.session.move(
        new MoveOrder(MoveOrder.Carrier.UDP, "", 1, new byte[1], new byte[32]), run.now());
    run.server.pump();
    run.clock.runFor(TimeUnit.SECONDS.toNanos(2));
    assertThat(run.client.moveOrder).isNull();
    run.network.heal();
    run.clock.runFor(TimeUnit.MILLISECONDS.toNanos(1_500));
    assertThat(run.client.moveOrder).isNotNull();
  }

  @Test
  void aServerThatIsToldToMoveByItsClientEndsTheSession() {
    SimPair pair = new SimPair(CONFIG, SimPair.KIND_25_MILLIS);
    CraftingPeer crafting = new CraftingPeer();
    crafting.number = 1_000;
    byte[] order =
        new MoveOrder(MoveOrder.Carrier.UDP, "evil", 1, new byte[1], new byte[32]).toBytes();
    byte[] packet = crafting.packet(writer -> writer.move(order));
    CraftingPeer.give(pair.server.session, packet, SimPair.CLIENT, pair.clock.nanoTime());
    assertThat(pair.server.closeReason().code()).isEqualTo(1002);
  }

  @Test
  void aMoveThatIsNotSealedByTheServerIsIgnored() {
    SimPair pair = new SimPair(CONFIG, SimPair.KIND_25_MILLIS);
    Run other = new Run(3);
    other.server.session.freeze();
    other.server.session.move(
        new MoveOrder(MoveOrder.Carrier.UDP, "evil", 1, new byte[1], new byte[32]), other.now());
    byte[] packet = new byte[SessionConfig.MAX_DATAGRAM_BYTES];
    int length = other.server.session.poll(packet, 0, other.now());
    assertThat(
            pair.client.session.onDatagram(
                packet, 0, length, SimPair.SERVER, pair.clock.nanoTime()))
        .isEqualTo(Received.NOT_AUTHENTIC);
    assertThat(pair.client.moveOrder).isNull();
  }
}

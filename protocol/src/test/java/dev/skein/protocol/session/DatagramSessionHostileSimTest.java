package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.testkit.ExactlyOnce;
import dev.skein.testkit.ExactlyOnceInOrder;
import dev.skein.testkit.HighWater;
import dev.skein.testkit.NewestOnly;
import dev.skein.testkit.relay.Hostility;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Sessions in a thousand hostile networks. A failure names its seed; {@code -Dskein.seed=N} runs
 * that one alone.
 */
class DatagramSessionHostileSimTest {
  private static final int SEEDS = 1000;

  /** After the network heals everything queued arrives within this. */
  private static final long HEALED_WITHIN_NANOS = TimeUnit.SECONDS.toNanos(10);

  private static final int WINDOW_BYTES = 65_536;
  private static final int QUEUE_BYTES = 262_144;

  private static final SessionConfig CONFIG =
      new SessionConfig(
          60_000,
          30_000,
          WINDOW_BYTES,
          WINDOW_BYTES,
          100,
          8,
          5,
          QUEUE_BYTES,
          200,
          SessionConfig.Overflow.DROP_NEWEST,
          SessionConfig.Overflow.DROP_OLDEST);

  @Test
  void everyReliableMessageArrivesOnceAndInOrderWhateverTheNetworkDoes() {
    Integer only = Integer.getInteger("skein.seed");
    int from = only == null ? 0 : only;
    int to = only == null ? SEEDS : only + 1;
    for (int seed = from; seed < to; seed++) {
      try {
        new Run(seed).play();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + " fails; replay it with -Dskein.seed=" + seed, e);
      }
    }
  }

  /** One seed: three seconds of traffic in a hostile network, maybe cut off, then ten to heal. */
  private static final class Run {
    private static final int ORDERED_CHANNELS = 4;

    private final SplittableRandom random;
    private final SimPair pair;
    private final Traffic upstream;
    private final Traffic downstream;

    Run(int seed) {
      random = new SplittableRandom(seed);
      Hostility hostility =
          new Hostility(
              random.nextDouble(30),
              random.nextDouble(10),
              random.nextDouble(20),
              random.nextDouble(5),
              random.nextInt(1, 100),
              random.nextInt(0, 50),
              seed);
      pair = new SimPair(CONFIG, hostility);
      upstream = new Traffic(pair.client, pair.server);
      downstream = new Traffic(pair.server, pair.client);
    }

    void play() {
      long end = pair.clock.nanoTime() + TimeUnit.SECONDS.toNanos(3);
      boolean partitions = random.nextInt(3) == 0;
      while (pair.clock.nanoTime() < end) {
        upstream.sendSome();
        downstream.sendSome();
        if (partitions && random.nextInt(40) == 0) {
          pair.network.partition(SimPair.CLIENT, SimPair.SERVER);
        } else if (partitions && random.nextInt(10) == 0) {
          pair.network.heal();
        }
        pair.clock.runFor(random.nextLong(TimeUnit.MILLISECONDS.toNanos(60)));
        upstream.observe();
        downstream.observe();
      }
      pair.network.heal();
      pair.network.treat(SimPair.KIND_25_MILLIS);
      boolean complete =
          pair.clock.runUntil(
              () -> upstream.isComplete() && downstream.isComplete(), HEALED_WITHIN_NANOS);
      assertThat(complete).as("all delivered: %s / %s", upstream, downstream).isTrue();
      pair.runMillis(2000);
      upstream.assertNothingHeld();
      downstream.assertNothingHeld();
    }

    /** One direction's messages on every kind of channel. */
    private final class Traffic {
      private final SimEndpoint from;
      private final SimEndpoint to;
      private final ExactlyOnceInOrder[] ordered = new ExactlyOnceInOrder[ORDERED_CHANNELS];
      private final ExactlyOnce reliable = new ExactlyOnce(100);
      private final ExactlyOnce unreliable = new ExactlyOnce(101);
      private final NewestOnly sequenced = new NewestOnly(102);
      private final HighWater held =
          new HighWater("held bytes", WINDOW_BYTES + WINDOW_BYTES / 4 + 2 * 1200);
      private final HighWater queued = new HighWater("queued bytes", QUEUE_BYTES);

      Traffic(SimEndpoint from, SimEndpoint to) {
        this.from = from;
        this.to = to;
        for (int i = 0; i < ORDERED_CHANNELS; i++) {
          ordered[i] = new ExactlyOnceInOrder(i);
        }
        to.sink = this::arrived;
      }

      void sendSome() {
        int count = random.nextInt(4);
        for (int i = 0; i < count && from.session.queuedBytes() < QUEUE_BYTES / 2; i++) {
          int channel = random.nextInt(ORDERED_CHANNELS);
          accepted(Channel.ordered(channel), ordered[channel].next(size()));
        }
        if (random.nextInt(4) == 0) {
          accepted(Channel.RELIABLE, reliable.next(size()));
        }
        from.send(Channel.UNRELIABLE, unreliable.next(size()));
        from.send(Channel.sequenced(1), sequenced.next(size()));
      }

      private int size() {
        return random.nextInt(30) == 0 ? random.nextInt(12, 20_000) : random.nextInt(12, 300);
      }

      private void accepted(Channel channel, byte[] message) {
        assertThat(from.send(channel, message)).isEqualTo(Session.SendResult.ACCEPTED);
      }

      private void arrived(Channel channel, byte[] buffer, int offset, int length) {
        switch (channel.kind()) {
          case ORDERED -> ordered[channel.id()].arrived(buffer, offset, length);
          case RELIABLE -> reliable.arrived(buffer, offset, length);
          case UNRELIABLE -> unreliable.arrived(buffer, offset, length);
          case SEQUENCED -> sequenced.arrived(buffer, offset, length);
        }
      }

      void observe() {
        held.observe(to.session.heldBytes());
        queued.observe(from.session.queuedBytes());
      }

      boolean isComplete() {
        for (ExactlyOnceInOrder channel : ordered) {
          if (!channel.isComplete()) {
            return false;
          }
        }
        return reliable.isComplete();
      }

      void assertNothingHeld() {
        assertThat(from.session.queuedBytes()).as("queued after everything arrived").isZero();
        assertThat(from.closed).isNull();
        assertThat(unreliable.received()).as("unreliable messages").isPositive();
      }

      @Override
      public String toString() {
        StringBuilder text = new StringBuilder();
        for (ExactlyOnceInOrder channel : ordered) {
          text.append(channel.received()).append('/').append(channel.sent()).append(' ');
        }
        return text.append(reliable.received()).append('/').append(reliable.sent()).toString();
      }
    }
  }
}

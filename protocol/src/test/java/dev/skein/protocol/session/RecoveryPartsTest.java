package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.packet.Carrier;
import dev.skein.protocol.packet.Frame;
import dev.skein.protocol.packet.FrameReader;
import dev.skein.protocol.packet.FrameWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;

/** The parts of loss recovery, each on its own. */
class RecoveryPartsTest {
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  @Nested
  class RoundTripTime {
    private final RttEstimator rtt = new RttEstimator();

    @Test
    void theFirstSampleIsTakenWholeWithoutTheAckDelay() {
      rtt.sample(150 * MILLI, 100 * MILLI);
      assertThat(rtt.smoothedNanos()).isEqualTo(50 * MILLI);
    }

    @Test
    void laterSamplesCountAnEighth() {
      rtt.sample(80 * MILLI, 0);
      rtt.sample(160 * MILLI, 0);
      assertThat(rtt.smoothedNanos()).isEqualTo(90 * MILLI);
    }

    @Test
    void aClaimedDelayCannotPushTheEstimateBelowTheSmallestSample() {
      rtt.sample(50 * MILLI, 0);
      for (int i = 0; i < 100; i++) {
        rtt.sample(60 * MILLI, 100 * MILLI);
      }
      assertThat(rtt.smoothedNanos()).isBetween(50 * MILLI, 60 * MILLI);
    }

    @Test
    void aSteadyPathIsProbedFourMillisAfterARoundTrip() {
      for (int i = 0; i < 200; i++) {
        rtt.sample(50 * MILLI, 0);
      }
      assertThat(rtt.probeNanos()).isEqualTo(54 * MILLI);
      assertThat(rtt.lossDelayNanos()).isEqualTo(50 * MILLI * 9 / 8);
    }
  }

  @Nested
  class Congestion {
    private final CongestionController congestion = new CongestionController();

    private void fill() {
      congestion.onSent(congestion.windowBytes() - congestion.inFlightBytes());
    }

    @Test
    void aUsedWindowDoublesInARoundTripUntilTheFirstLoss() {
      fill();
      congestion.onAcked(12_000, 1, 12_000);
      assertThat(congestion.windowBytes()).isEqualTo(24_000);
    }

    @Test
    void anUnusedWindowDoesNotGrow() {
      congestion.onSent(1_000);
      congestion.onAcked(1_000, 1, 1_000);
      assertThat(congestion.windowBytes()).isEqualTo(12_000);
    }

    @Test
    void aRoundTripWithManyLossesHalvesTheWindowOnce() {
      fill();
      congestion.onLost(1_200, 5, 10);
      congestion.onLost(1_200, 6, 10);
      congestion.onLost(1_200, 10, 11);
      assertThat(congestion.windowBytes()).isEqualTo(6_000);
      congestion.onLost(1_200, 11, 20);
      assertThat(congestion.windowBytes()).isEqualTo(4_800);
      assertThat(congestion.inFlightBytes()).isEqualTo(12_000 - 4_800);
    }

    @Test
    void theWindowNeverFallsBelowFourDatagrams() {
      for (int i = 1; i < 20; i++) {
        congestion.onSent(1_200);
        congestion.onLost(1_200, 2L * i, 2L * i + 1);
      }
      assertThat(congestion.windowBytes()).isEqualTo(4_800);
    }

    @Test
    void afterALossTheWindowGrowsByADatagramARoundTrip() {
      fill();
      congestion.onLost(1_200, 5, 10);
      for (int i = 0; i < 5; i++) {
        congestion.onAcked(1_200, 11, 6_000);
      }
      assertThat(congestion.windowBytes()).isBetween(7_000, 7_250);
    }
  }

  @Nested
  class Pacing {
    @Test
    void aBurstOfTenDatagramsLeavesAtOnceAndTheNextWaitsItsTurn() {
      Pacer pacer = new Pacer(0);
      for (int i = 0; i < 10; i++) {
        assertThat(pacer.readyNanos(0, 12_000, 100 * MILLI)).isZero();
        pacer.onSent(1_200);
      }
      // 12,000 bytes and a quarter more in 100 ms: 1200 bytes take 8 ms.
      long ready = pacer.readyNanos(0, 12_000, 100 * MILLI);
      assertThat(ready).isBetween(8 * MILLI, 8 * MILLI + 1_000);
      assertThat(pacer.readyNanos(ready - 1_000, 12_000, 100 * MILLI)).isGreaterThan(ready - 1_000);
      assertThat(pacer.readyNanos(ready, 12_000, 100 * MILLI)).isLessThanOrEqualTo(ready);
    }

    @Test
    void askingAllTheTimeDoesNotLoseWhatWasEarned() {
      Pacer pacer = new Pacer(0);
      pacer.onSent(Pacer.BURST_BYTES);
      long now = 0;
      while (pacer.readyNanos(now, 12_000, 100 * MILLI) > now) {
        now += 100;
      }
      assertThat(now).isBetween(8 * MILLI - 1_000, 9 * MILLI);
    }
  }

  @Nested
  class Acks {
    private final ReceivedPackets received = new ReceivedPackets(100);
    private final byte[] out = new byte[1_200];
    private final FrameWriter writer = new FrameWriter();
    private final FrameReader reader = new FrameReader(Carrier.DATAGRAM, 1);

    private List<Long> acked(int roomBytes) {
      writer.reset(out, 0, roomBytes);
      received.write(writer, 0);
      reader.reset(out, 0, writer.written());
      List<Long> numbers = new ArrayList<>();
      assertThat(reader.next()).isEqualTo(Frame.ACK);
      while (reader.nextAckRange()) {
        for (long n = reader.ackRangeLargest(); n >= reader.ackRangeSmallest(); n--) {
          numbers.add(n);
        }
      }
      return numbers;
    }

    @Test
    void numbersInAnyOrderMakeTheRightRanges() {
      SplittableRandom random = new SplittableRandom(11);
      for (int round = 0; round < 2_000; round++) {
        ReceivedPackets fresh = new ReceivedPackets(100);
        TreeSet<Long> expected = new TreeSet<>();
        int count = random.nextInt(1, 40);
        for (int i = 0; i < count; i++) {
          long number = random.nextLong(60);
          if (expected.add(number)) {
            fresh.add(number, 0);
          }
        }
        writer.reset(out, 0, out.length);
        fresh.write(writer, 0);
        reader.reset(out, 0, writer.written());
        reader.next();
        TreeSet<Long> actual = new TreeSet<>();
        while (reader.nextAckRange()) {
          for (long n = reader.ackRangeSmallest(); n <= reader.ackRangeLargest(); n++) {
            actual.add(n);
          }
        }
        assertThat(actual).as("round %d", round).isEqualTo(expected);
      }
    }

    @Test
    void aRangeIsNamedFourTimesAndThenForgotten() {
      received.add(0, 0);
      received.add(5, 0);
      for (int i = 0; i < 4; i++) {
        assertThat(acked(1_200)).containsExactly(5L, 0L);
      }
      assertThat(acked(1_200)).containsExactly(5L);
    }

    @Test
    void rangesThatDoNotFitAreLeftForLater() {
      for (int i = 0; i < 10; i++) {
        received.add(10L * i, 0);
      }
      assertThat(acked(11)).hasSizeLessThan(10).startsWith(90L);
      assertThat(acked(1_200)).hasSize(10);
    }

    @Test
    void twoFullDatagramsOfUnreliableDataAreAcknowledgedAtOnce() {
      received.add(0, 0);
      received.owe(false, 1_200, 7);
      assertThat(received.dueNanos()).isEqualTo(7 + 100 * MILLI);
      received.add(1, 0);
      received.owe(false, 1_200, 9);
      assertThat(received.dueNanos()).isEqualTo(9);
    }
  }

  @Nested
  class InFlight {
    private final SentPackets sent = new SentPackets();

    @Test
    void theRingGrowsKeepsItsPacketsAndIsGivenBack() {
      for (int i = 0; i < 3_000; i++) {
        sent.add(100 + i % 7, null, i);
      }
      for (int i = 0; i < 3_000; i++) {
        assertThat(sent.isInFlight(i)).isTrue();
        assertThat(sent.bytes(i)).isEqualTo(100 + i % 7);
        assertThat(sent.sentNanos(i)).isEqualTo(i);
      }
      for (int i = 2_999; i >= 0; i--) {
        sent.remove(i);
      }
      assertThat(sent.first()).isEqualTo(sent.next()).isEqualTo(3_000);
      sent.add(1, null, 1);
      assertThat(sent.isInFlight(3_000)).isTrue();
    }

    @Test
    void packetsNobodyWaitsForTakeNoRoomWhenNothingElseIsInFlight() {
      for (int i = 0; i < 10_000; i++) {
        sent.skip();
      }
      assertThat(sent.first()).isEqualTo(sent.next()).isEqualTo(10_000);
      sent.add(9, null, 1);
      sent.skip();
      assertThat(sent.isInFlight(10_000)).isTrue();
      assertThat(sent.isInFlight(10_001)).isFalse();
      sent.remove(10_000);
      assertThat(sent.first()).isEqualTo(10_002);
    }
  }
}

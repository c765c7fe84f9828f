package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import dev.skein.testkit.relay.Hostility;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What arrives when, on the channels of one session. */
class DatagramSessionDeliverySimTest {
  private static final SessionConfig CONFIG = SessionConfig.DEFAULTS.withPackWindowMillis(0);

  private final SimPair pair = new SimPair(CONFIG, SimPair.KIND_25_MILLIS);
  private final List<String> arrived = new ArrayList<>();

  DatagramSessionDeliverySimTest() {
    pair.client.sink =
        (channel, buffer, offset, length) ->
            arrived.add(new String(buffer, offset, length, StandardCharsets.UTF_8));
  }

  private void send(Channel channel, String text) {
    assertThat(pair.server.send(channel, text.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(Session.SendResult.ACCEPTED);
  }

  private void sendIntoTheVoid(Channel channel, String text) {
    pair.network.cut(SimPair.SERVER, SimPair.CLIENT);
    send(channel, text);
    pair.network.heal();
  }

  @Test
  void aLossOnOneChannelDelaysNoOther() {
    sendIntoTheVoid(Channel.ordered(0), "lost");
    send(Channel.ordered(0), "behind it");
    send(Channel.ordered(1), "other channel");
    send(Channel.RELIABLE, "no order");
    send(Channel.sequenced(0), "sequenced");
    send(Channel.UNRELIABLE, "unreliable");
    pair.runMillis(25);
    assertThat(arrived).containsExactly("other channel", "no order", "sequenced", "unreliable");
    pair.runMillis(1_000);
    assertThat(arrived).endsWith("lost", "behind it").hasSize(6);
  }

  @Test
  void anUnorderedReliableMessageDoesNotWaitForALostOne() {
    sendIntoTheVoid(Channel.RELIABLE, "lost");
    send(Channel.RELIABLE, "later");
    pair.runMillis(25);
    assertThat(arrived).containsExactly("later");
    pair.runMillis(1_000);
    assertThat(arrived).containsExactly("later", "lost");
  }

  @Test
  void aBulkOnOneChannelDelaysAMessageOnAnotherByAboutARoundTripOnly() {
    byte[] bulk = new byte[65_536];
    for (int i = 0; i < 8; i++) {
      pair.server.send(Channel.ordered(0), bulk);
    }
    pair.runMillis(30);
    send(Channel.ordered(1), "quick");
    pair.runMillis(75);
    assertThat(arrived).contains("quick");
    assertThat(arrived).hasSizeLessThan(8);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 1_140, 1_141, 2_280, 2_281, 65_536})
  void messagesOfEverySizeArriveWholeOnEveryKindOfChannel(int length) {
    byte[] message = new byte[length];
    for (int i = 0; i < length; i++) {
      message[i] = (byte) (i * 31);
    }
    List<byte[]> got = new ArrayList<>();
    pair.client.sink =
        (channel, buffer, offset, bytes) -> {
          byte[] copy = new byte[bytes];
          System.arraycopy(buffer, offset, copy, 0, bytes);
          got.add(copy);
        };
    for (Channel channel :
        List.of(Channel.ordered(3), Channel.RELIABLE, Channel.sequenced(2), Channel.UNRELIABLE)) {
      pair.server.send(channel, message);
      pair.runMillis(2_000);
    }
    assertThat(got).hasSize(4).allMatch(copy -> Arrays.equals(copy, message));
  }

  @Test
  void aMessageOverTheLimitIsRefused() {
    assertThat(pair.server.send(Channel.ordered(0), new byte[65_537]))
        .isEqualTo(Session.SendResult.TOO_LARGE);
    assertThat(pair.server.session.queuedBytes()).isZero();
  }

  @Test
  void aCloseArrivesWithItsReasonAndEndsBothSides() {
    pair.server.close(Code.KICKED, "ä".repeat(200));
    pair.runMillis(25);
    assertThat(pair.client.closeReason().code()).isEqualTo(Code.KICKED);
    assertThat(pair.client.closeReason().text()).as("cut at 256 bytes").isEqualTo("ä".repeat(128));
    assertThat(pair.client.closeReason().byPeer()).isTrue();
    assertThat(pair.server.closeReason().byPeer()).isFalse();
    assertThat(pair.client.send(Channel.UNRELIABLE, new byte[1]))
        .isEqualTo(Session.SendResult.CLOSED);
    assertThat(pair.client.session.nextTimeoutNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(pair.client.session.nextSendNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aLostCloseIsSaidAgainWhenThePeerGoesOn() {
    pair.network.cut(SimPair.SERVER, SimPair.CLIENT);
    pair.server.close(Code.SHUTDOWN, "bye");
    pair.network.heal();
    pair.client.send(Channel.ordered(0), new byte[1]);
    pair.runMillis(50);
    assertThat(pair.client.closeReason().code()).isEqualTo(Code.SHUTDOWN);
  }

  @Test
  void aSlowReaderEndsTheSessionOnceTheQueueIsFull() {
    pair.network.partition(SimPair.CLIENT, SimPair.SERVER);
    Session.SendResult result = Session.SendResult.ACCEPTED;
    for (int i = 0; i < 20 && result == Session.SendResult.ACCEPTED; i++) {
      result = pair.server.send(Channel.ordered(0), new byte[65_000]);
      assertThat(pair.server.session.queuedBytes()).isLessThanOrEqualTo(1_048_576);
    }
    assertThat(result).isEqualTo(Session.SendResult.CLOSED);
    assertThat(pair.server.closeReason().code()).isEqualTo(Code.SLOW_CONSUMER);
    assertThat(pair.server.session.queuedBytes()).isZero();
  }

  @Test
  void aSteadyUnreliableStreamIsNotThrottledByLateAcks() {
    int sent = 0;
    for (int i = 0; i < 1_000; i++) {
      // 120 kB/s: with acks held back 100 ms, 18 kB in flight, more than the first window.
      pair.server.send(Channel.UNRELIABLE, new byte[1_100]);
      sent++;
      pair.runMillis(9);
    }
    pair.runMillis(200);
    assertThat(arrived).hasSize(sent);
    assertThat(pair.server.session.stats().packetsLost()).isZero();
  }

  @Test
  void aBulkTransferUsesItsWindowOnACleanPath() {
    long start = pair.clock.nanoTime();
    int messages = 0;
    while (messages < 100) {
      if (pair.server.session.queuedBytes() < 900_000) {
        pair.server.send(Channel.ordered(0), new byte[60_000]);
        messages++;
      } else {
        pair.runMillis(10);
      }
    }
    assertThat(
            pair.clock.runUntil(
                () -> pair.server.session.queuedBytes() == 0, TimeUnit.SECONDS.toNanos(60)))
        .isTrue();
    // 6 MB through a window of 256 KiB each 50 ms takes 1.2 s at best.
    assertThat(TimeUnit.NANOSECONDS.toMillis(pair.clock.nanoTime() - start)).isLessThan(3_000);
    assertThat(pair.server.session.stats().framesRetransmitted()).isZero();
  }

  @Test
  void aSmallMtuBelowTheDatagramSizeLetsSmallMessagesThrough() {
    SimPair narrow = new SimPair(CONFIG, Hostility.NONE);
    narrow.network.mtuBytes(600);
    narrow.server.send(Channel.ordered(0), new byte[500]);
    narrow.server.send(Channel.ordered(1), new byte[1_100]);
    narrow.runMillis(500);
    assertThat(narrow.client.messages).isEqualTo(1);
  }
}

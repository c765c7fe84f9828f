package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import dev.skein.testkit.relay.Hostility;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Every timer in a pair: what holds just inside it and what just outside. */
class DatagramSessionTimersTest {
  private static final SessionConfig CONFIG =
      SessionConfig.DEFAULTS.withPackWindowMillis(0).withIdle(9_000, 20_000);
  private static final Hostility AT_ONCE = Hostility.NONE;
  private static final byte[] MESSAGE = new byte[100];
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);

  private static SimPair pair(SessionConfig config, Hostility hostility) {
    return new SimPair(config, hostility);
  }

  private static void cutOff(SimPair pair) {
    pair.network.partition(SimPair.CLIENT, SimPair.SERVER);
  }

  // ---- idle and resume ----

  @Test
  void aServerStaysOpenUntilTheIdleTimeoutAndIsDetachedAtIt() {
    SimPair pair = pair(CONFIG, AT_ONCE);
    cutOff(pair);
    pair.clock.runFor(9_000 * MILLI - 1);
    assertThat(pair.server.session.state()).isEqualTo(Session.State.OPEN);
    pair.clock.runFor(1);
    assertThat(pair.server.session.state()).isEqualTo(Session.State.DETACHED);
    assertThat(pair.server.states).containsExactly(Session.State.DETACHED);
  }

  @Test
  void aDetachedServerComesBackJustBeforeTheResumeTtlAndIsClosedAtIt() {
    SimPair pair = pair(CONFIG, AT_ONCE);
    cutOff(pair);
    pair.clock.runFor(29_000 * MILLI - 1);
    assertThat(pair.server.session.state()).isEqualTo(Session.State.DETACHED);
    pair.network.heal();
    pair.client.ping();
    pair.clock.runFor(0);
    assertThat(pair.server.states).containsExactly(Session.State.DETACHED, Session.State.OPEN);

    SimPair late = pair(CONFIG, AT_ONCE);
    cutOff(late);
    late.clock.runFor(29_000 * MILLI);
    assertThat(late.server.session.state()).isEqualTo(Session.State.CLOSED);
    assertThat(late.server.session.closeReason().orElseThrow().code()).isEqualTo(Code.IDLE);
    assertThat(late.client.session.closeReason().orElseThrow().code()).isEqualTo(Code.IDLE);
  }

  @Test
  void aServerIsSilentWhileDetached() {
    SimPair pair = pair(CONFIG, AT_ONCE);
    cutOff(pair);
    pair.runMillis(9_000);
    int before = pair.server.datagrams;
    assertThat(pair.server.send(Channel.ordered(0), MESSAGE))
        .isEqualTo(Session.SendResult.ACCEPTED);
    assertThat(pair.server.send(Channel.UNRELIABLE, MESSAGE)).isEqualTo(Session.SendResult.DROPPED);
    pair.runMillis(5_000);
    assertThat(pair.server.datagrams).isEqualTo(before);
  }

  @Test
  void aSilentClientSendsItsKeepAliveAtAThirdOfTheIdleTimeoutAndNotBefore() {
    SimPair pair = pair(CONFIG, AT_ONCE);
    pair.clock.runFor(3_000 * MILLI - 1);
    assertThat(pair.server.pings).isZero();
    pair.clock.runFor(1);
    assertThat(pair.server.pings).isEqualTo(1);
  }

  @Test
  void aQuietSessionStaysOpenByKeepAlivesAlone() {
    SimPair pair = pair(CONFIG, AT_ONCE);
    pair.runMillis(60_000);
    assertThat(pair.server.session.state()).isEqualTo(Session.State.OPEN);
    assertThat(pair.client.session.state()).isEqualTo(Session.State.OPEN);
    assertThat(pair.server.pings).isEqualTo(20);
    assertThat(pair.client.states).isEmpty();
  }

  // ---- unreliable ttl ----

  @Test
  void anUnreliableMessageIsSentAtItsTtlAndDroppedAfterIt() {
    assertThat(deliveredAfterFreezing(200 * MILLI)).isEqualTo(1);
    assertThat(deliveredAfterFreezing(200 * MILLI + 1)).isZero();
  }

  private static int deliveredAfterFreezing(long nanos) {
    SimPair pair = pair(CONFIG, AT_ONCE);
    pair.server.frozen = true;
    pair.server.send(Channel.UNRELIABLE, MESSAGE);
    pair.clock.runFor(nanos);
    pair.server.frozen = false;
    pair.server.pump();
    pair.clock.runFor(0);
    assertThat(pair.server.session.stats().messagesExpired()).isEqualTo(1 - pair.client.messages);
    assertThat(pair.server.session.queuedBytes()).isZero();
    return pair.client.messages;
  }

  // ---- ack delay ----

  @Test
  void unreliableDataIsAcknowledgedAtTheAckDelayAndNotBefore() {
    SimPair pair = pair(CONFIG, AT_ONCE);
    pair.server.send(Channel.UNRELIABLE, MESSAGE);
    pair.clock.runFor(100 * MILLI - 1);
    assertThat(pair.client.datagrams).isZero();
    pair.clock.runFor(1);
    assertThat(pair.client.datagrams).isEqualTo(1);
  }

  @Test
  void reliableDataIsAcknowledgedAtOnce() {
    SimPair pair = pair(CONFIG, AT_ONCE);
    pair.server.send(Channel.ordered(0), MESSAGE);
    pair.clock.runFor(0);
    assertThat(pair.client.datagrams).isEqualTo(1);
    assertThat(pair.server.session.queuedBytes()).isZero();
  }

  @Test
  void anOwedAckRidesOnDataThatLeavesAnyway() {
    SimPair pair = pair(CONFIG, AT_ONCE);
    pair.server.send(Channel.UNRELIABLE, MESSAGE);
    pair.runMillis(99);
    pair.client.send(Channel.UNRELIABLE, MESSAGE);
    pair.runMillis(99);
    assertThat(pair.client.datagrams).isEqualTo(1);
  }

  // ---- probe timeout ----

  @Test
  void aLostReliableMessageIsSentAgainAtTheProbeTimeoutAndNotBefore() {
    SimPair pair = pair(CONFIG, AT_ONCE);
    cutOff(pair);
    pair.server.send(Channel.ordered(0), MESSAGE);
    // No sample yet: 100 ms assumed, and four times half of it for jitter.
    pair.clock.runFor(300 * MILLI - 1);
    assertThat(pair.server.datagrams).isEqualTo(1);
    pair.clock.runFor(1);
    assertThat(pair.server.datagrams).isEqualTo(2);
  }

  @Test
  void probesBackOffButNeverBeyondASecond() {
    SimPair pair = pair(CONFIG.withIdle(60_000, 0), AT_ONCE);
    cutOff(pair);
    pair.server.send(Channel.ordered(0), MESSAGE);
    pair.runMillis(300 + 600 + 1_000 - 1);
    assertThat(pair.server.datagrams).isEqualTo(3);
    pair.runMillis(1 + 10_000);
    assertThat(pair.server.datagrams).isEqualTo(14);
  }

  @Test
  void aKnownPathIsProbedAfterARoundTripAndFourMillis() {
    SimPair pair = pair(CONFIG, SimPair.KIND_25_MILLIS);
    for (int i = 0; i < 100; i++) {
      pair.server.send(Channel.ordered(0), MESSAGE);
      pair.runMillis(100);
    }
    int before = pair.server.datagrams;
    cutOff(pair);
    pair.server.send(Channel.ordered(0), MESSAGE);
    pair.clock.runFor(54 * MILLI - MILLI / 10);
    assertThat(pair.server.datagrams).isEqualTo(before + 1);
    pair.clock.runFor(MILLI / 5);
    assertThat(pair.server.datagrams).isEqualTo(before + 2);
  }

  // ---- pack window ----

  @Test
  void messagesLeaveTogetherAtTheEndOfTheWindowTheFirstOneOpened() {
    SimPair pair = pair(CONFIG.withPackWindowMillis(20), AT_ONCE);
    pair.server.send(Channel.UNRELIABLE, MESSAGE);
    pair.runMillis(15);
    pair.server.send(Channel.ordered(1), MESSAGE);
    pair.clock.runFor(5 * MILLI - 1);
    assertThat(pair.server.datagrams).isZero();
    pair.clock.runFor(1);
    assertThat(pair.server.datagrams).isEqualTo(1);
    assertThat(pair.client.messages).isEqualTo(2);
  }

  @Test
  void aMessageAfterTheWindowOpensTheNext() {
    SimPair pair = pair(CONFIG.withPackWindowMillis(20), AT_ONCE);
    pair.server.send(Channel.UNRELIABLE, MESSAGE);
    pair.runMillis(30);
    pair.server.send(Channel.UNRELIABLE, MESSAGE);
    pair.clock.runFor(20 * MILLI - 1);
    assertThat(pair.server.datagrams).isEqualTo(1);
    pair.clock.runFor(1);
    assertThat(pair.server.datagrams).isEqualTo(2);
  }

  @Test
  void aFullDatagramDoesNotWaitForTheWindow() {
    SimPair pair = pair(CONFIG.withPackWindowMillis(20), AT_ONCE);
    for (int i = 0; i < 8; i++) {
      pair.server.send(Channel.UNRELIABLE, MESSAGE);
    }
    assertThat(pair.server.datagrams).isZero();
    pair.server.send(Channel.UNRELIABLE, MESSAGE);
    assertThat(pair.server.datagrams).isEqualTo(1);
  }

  @Test
  void withoutAWindowEveryMessageLeavesAtOnce() {
    SimPair pair = pair(CONFIG, AT_ONCE);
    pair.server.send(Channel.UNRELIABLE, MESSAGE);
    pair.server.send(Channel.UNRELIABLE, MESSAGE);
    assertThat(pair.server.datagrams).isEqualTo(2);
  }

  @Test
  void anAckThatIsDueTakesWaitingMessagesAlong() {
    SimPair pair = pair(CONFIG.withPackWindowMillis(50), AT_ONCE);
    pair.server.send(Channel.UNRELIABLE, MESSAGE);
    pair.client.ping();
    pair.clock.runFor(0);
    assertThat(pair.client.messages).as("went with the ack of the ping").isEqualTo(1);
    assertThat(pair.server.datagrams).isEqualTo(1);
  }

  @Test
  void aClientsMessageAfterAPauseLeavesAtOnceAndTheNextWaitsForTheWindow() {
    SimPair pair = pair(CONFIG.withPackWindowMillis(20), AT_ONCE);
    pair.client.send(Channel.UNRELIABLE, MESSAGE);
    assertThat(pair.client.datagrams).isEqualTo(1);
    pair.client.send(Channel.UNRELIABLE, MESSAGE);
    pair.clock.runFor(20 * MILLI - 1);
    assertThat(pair.client.datagrams).isEqualTo(1);
    pair.clock.runFor(1);
    assertThat(pair.client.datagrams).isEqualTo(2);
  }

  @Test
  void aReliableMessageAfterAPauseOfAWindowLeavesAtOnceAndOneJustBeforeItWaits() {
    SimPair pair = pair(CONFIG.withPackWindowMillis(20), AT_ONCE);
    pair.server.send(Channel.ordered(0), MESSAGE);
    assertThat(pair.server.datagrams).isEqualTo(1);
    pair.clock.runFor(20 * MILLI);
    pair.server.send(Channel.ordered(0), MESSAGE);
    assertThat(pair.server.datagrams).isEqualTo(2);
    pair.clock.runFor(20 * MILLI - 1);
    pair.server.send(Channel.ordered(0), MESSAGE);
    assertThat(pair.server.datagrams).isEqualTo(2);
    pair.clock.runFor(20 * MILLI);
    assertThat(pair.server.datagrams).isEqualTo(3);
  }
}

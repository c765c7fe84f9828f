package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.packet.FrameWriter;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a server does with a peer that has the keys and breaks the rules, and with one that has not.
 */
class DatagramSessionDistrustTest {
  private static final SessionConfig CONFIG =
      new SessionConfig(
          10_000,
          30_000,
          16_384,
          16_384,
          100,
          4,
          0,
          65_536,
          200,
          SessionConfig.Overflow.DISCONNECT,
          SessionConfig.Overflow.DROP_OLDEST);

  private final SilentEvents events = new SilentEvents();
  private final DatagramSession session =
      new DatagramSession(
          Role.SERVER,
          42,
          SimPair.secrets(),
          CONFIG,
          SimPair.CLIENT,
          events,
          new SplittableRandom(1),
          0);
  private final CraftingPeer peer = new CraftingPeer();

  private Received give(Consumer<FrameWriter> frames) {
    return CraftingPeer.give(session, peer.packet(frames), SimPair.CLIENT, 0);
  }

  private void assertClosed(int code) {
    assertThat(session.state()).isEqualTo(Session.State.CLOSED);
    assertThat(session.closeReason().map(CloseReason::code)).contains(code);
    assertThat(session.heldBytes()).isZero();
    assertThat(session.poll(new byte[1200], 0, 0)).as("the CLOSE").isPositive();
    assertThat(session.poll(new byte[1200], 0, 0)).isZero();
  }

  private void assertOpen() {
    assertThat(session.state()).isEqualTo(Session.State.OPEN);
  }

  // ---- acks ----

  @Test
  void anAckOfTheNewestPacketSentIsFineAndOneBeyondClosesTheSession() {
    session.send(Channel.UNRELIABLE, new byte[10], 0, 10, 0);
    assertThat(session.poll(new byte[1200], 0, 0)).isPositive();
    give(w -> w.ack(0, 0, 0));
    assertOpen();
    assertThat(give(w -> w.ack(1, 1, 0))).isEqualTo(Received.MALFORMED);
    assertClosed(Code.MALFORMED);
  }

  @Test
  void anAckBeforeAnythingWasSentClosesTheSession() {
    give(w -> w.ack(0, 0, 0));
    assertClosed(Code.MALFORMED);
  }

  // ---- windows ----

  @ParameterizedTest
  @ValueSource(ints = {2, 3})
  void anIdAtTheEndOfTheWindowIsHeldAndOneBeyondClosesTheSession(int kind) {
    Channel channel = Channel.of(kind, 0);
    give(w -> w.message(channel, 1023, new byte[1], 0, 1, false));
    assertOpen();
    assertThat(give(w -> w.message(channel, 1024, new byte[1], 0, 1, false)))
        .isEqualTo(Received.MALFORMED);
    assertClosed(Code.TOO_LARGE);
  }

  @Test
  void theWindowMovesWithDelivery() {
    give(w -> w.message(Channel.ordered(0), 0, new byte[1], 0, 1, false));
    give(w -> w.message(Channel.ordered(0), 1024, new byte[1], 0, 1, false));
    assertOpen();
  }

  @Test
  void heldBytesUpToTheWindowAreKeptAndMoreCloseTheSession() {
    // 16 messages of 994 + 32 bytes are 16,416, the window of 16,384 and the overhead of one.
    for (int id = 1; id <= 16; id++) {
      int early = id;
      give(w -> w.message(Channel.ordered(0), early, new byte[994], 0, 994, false));
    }
    assertOpen();
    assertThat(session.heldBytes()).isEqualTo(16_416);
    give(w -> w.message(Channel.ordered(1), 1, new byte[0], 0, 0, false));
    assertClosed(Code.TOO_LARGE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void fragmentsBeyondTheLargestMessageCloseTheSession(int kind) {
    Channel channel = Channel.of(kind, 0);
    for (int i = 0; i < 16; i++) {
      int index = i;
      give(w -> w.fragment(channel, 0, index, 64, new byte[1024], 0, 1024, false));
    }
    assertOpen();
    give(w -> w.fragment(channel, 0, 16, 64, new byte[1024], 0, 1024, false));
    assertClosed(Code.TOO_LARGE);
  }

  @Test
  void incompleteUnreliableMessagesShareASmallBufferWhoseOldestGivesWay() {
    for (int id = 0; id < 1000; id++) {
      int next = id;
      give(w -> w.fragment(Channel.UNRELIABLE, next, 0, 2, new byte[1000], 0, 1000, false));
      assertThat(session.heldBytes()).isLessThanOrEqualTo(CONFIG.receiveWindowBytes() / 4);
    }
    assertOpen();
    assertThat(session.drops().messagesIncomplete()).isGreaterThan(990);

    give(w -> w.fragment(Channel.UNRELIABLE, 999, 1, 2, new byte[7], 0, 7, false));
    assertThat(events.messages).as("the newest was still whole").isEqualTo(1);
  }

  // ---- fragments that contradict each other ----

  @Test
  void aFragmentOfAnotherCountClosesTheSession() {
    give(w -> w.fragment(Channel.ordered(0), 0, 0, 3, new byte[600], 0, 600, false));
    give(w -> w.fragment(Channel.ordered(0), 0, 1, 4, new byte[600], 0, 600, false));
    assertClosed(Code.MALFORMED);
  }

  @Test
  void aFragmentOfAnotherLengthClosesTheSession() {
    give(w -> w.fragment(Channel.ordered(0), 0, 0, 3, new byte[600], 0, 600, false));
    give(w -> w.fragment(Channel.ordered(0), 0, 1, 3, new byte[601], 0, 601, false));
    assertClosed(Code.MALFORMED);
  }

  @Test
  void aLastFragmentLongerThanTheOthersClosesTheSession() {
    give(w -> w.fragment(Channel.ordered(0), 0, 2, 3, new byte[601], 0, 601, false));
    give(w -> w.fragment(Channel.ordered(0), 0, 0, 3, new byte[600], 0, 600, false));
    assertClosed(Code.MALFORMED);
  }

  @Test
  void aWholeMessageInPlaceOfItsFragmentsClosesTheSession() {
    give(w -> w.fragment(Channel.ordered(0), 0, 0, 3, new byte[600], 0, 600, false));
    give(w -> w.message(Channel.ordered(0), 0, new byte[600], 0, 600, false));
    assertClosed(Code.MALFORMED);
  }

  @Test
  void aRepeatedFragmentAndARepeatedMessageChangeNothing() {
    for (int i = 0; i < 2; i++) {
      give(w -> w.fragment(Channel.ordered(0), 0, 0, 2, new byte[600], 0, 600, false));
    }
    for (int i = 0; i < 2; i++) {
      give(w -> w.fragment(Channel.ordered(0), 0, 1, 2, new byte[5], 0, 5, false));
    }
    for (int i = 0; i < 2; i++) {
      give(w -> w.message(Channel.RELIABLE, 3, new byte[5], 0, 5, false));
    }
    assertOpen();
    assertThat(events.messages).isEqualTo(2);
    assertThat(session.heldBytes()).isZero();
  }

  @Test
  void framesOfStreamsAndChannelsThatDoNotExistCloseTheSession() {
    assertThat(give(w -> w.message(Channel.ordered(4), 0, new byte[1], 0, 1, false)))
        .isEqualTo(Received.MALFORMED);
    assertClosed(Code.MALFORMED);
  }

  @Test
  void framesBehindOneThatClosesAreNotRead() {
    give(w -> {
      w.pong();
      w.message(Channel.UNRELIABLE, 0, new byte[1], 0, 1, false);
    });
    assertClosed(Code.MALFORMED);
    assertThat(events.messages).isZero();
  }

  // ---- packets ----

  @Test
  void whatDoesNotOpenIsCountedByReasonAndChangesNothing() {
    byte[] good = peer.packet(FrameWriter::ping);
    byte[] forged = good.clone();
    forged[forged.length - 1] ^= 1;
    assertThat(CraftingPeer.give(session, forged, SimPair.CLIENT, 0))
        .isEqualTo(Received.NOT_AUTHENTIC);
    assertThat(CraftingPeer.give(session, good, SimPair.CLIENT, 0)).isEqualTo(Received.ACCEPTED);
    assertThat(CraftingPeer.give(session, good, SimPair.CLIENT, 0)).isEqualTo(Received.DUPLICATE);
    assertThat(CraftingPeer.give(session, new byte[0], SimPair.CLIENT, 0))
        .isEqualTo(Received.MALFORMED);
    assertThat(CraftingPeer.give(session, Arrays.copyOf(good, 26), SimPair.CLIENT, 0))
        .as("no room for a frame")
        .isEqualTo(Received.MALFORMED);
    good[0] &= ~0x20;
    assertThat(CraftingPeer.give(session, good, SimPair.CLIENT, 0))
        .as("a packet of a server")
        .isEqualTo(Received.MALFORMED);
    assertThat(session.drops().packetsNotAuthentic()).isEqualTo(1);
    assertThat(session.drops().packetsDuplicate()).isEqualTo(1);
    assertThat(session.drops().packetsMalformed()).isEqualTo(3);
    assertThat(session.stats().packetsDropped()).isEqualTo(5);
    assertOpen();
  }

  @Test
  void aRecordedSessionReplayedByteForByteChangesNothing() {
    byte[][] recorded = new byte[2000][];
    for (int i = 0; i < recorded.length; i++) {
      int id = i;
      recorded[i] = peer.packet(w -> w.message(Channel.ordered(0), id, new byte[9], 0, 9, false));
      CraftingPeer.give(session, recorded[i], SimPair.CLIENT, 0);
    }
    assertThat(events.messages).isEqualTo(recorded.length);
    for (byte[] packet : recorded) {
      // A short number far behind the window may be taken for a later one, which does not open.
      assertThat(CraftingPeer.give(session, packet, SimPair.CLIENT_MOVED, 0))
          .isIn(Received.DUPLICATE, Received.NOT_AUTHENTIC);
    }
    assertThat(events.messages).isEqualTo(recorded.length);
    assertThat(session.path()).isEqualTo(SimPair.CLIENT);
    assertOpen();
  }

  @Test
  void aNumberOneKeyEpochAheadOpensAndOneFurtherDoesNot() {
    CraftingPeer tooFar = new CraftingPeer();
    tooFar.number = 1L << 24;
    assertThat(CraftingPeer.give(session, tooFar.packet(FrameWriter::ping), SimPair.CLIENT, 0))
        .isEqualTo(Received.NOT_AUTHENTIC);
    CraftingPeer far = new CraftingPeer();
    far.number = (1L << 24) - 1;
    assertThat(CraftingPeer.give(session, far.packet(FrameWriter::ping), SimPair.CLIENT, 0))
        .isEqualTo(Received.ACCEPTED);
    assertThat(CraftingPeer.give(session, far.packet(FrameWriter::ping), SimPair.CLIENT, 0))
        .as("the first packet of the next epoch")
        .isEqualTo(Received.ACCEPTED);
    assertThat(events.pings).isEqualTo(2);
  }

  @Test
  void aClosedSessionSaysSoAgainWhenThePeerGoesOnButNotForEver() {
    session.close(Code.KICKED, "out", 0);
    assertThat(session.poll(new byte[1200], 0, 0)).isPositive();
    int answers = 0;
    for (int i = 0; i < 100; i++) {
      assertThat(give(FrameWriter::ping)).isEqualTo(Received.CLOSED);
      answers += session.poll(new byte[1200], 0, 0) > 0 ? 1 : 0;
    }
    assertThat(answers).isEqualTo(3);
    assertThat(events.pings).isZero();
  }

  /** Counts. */
  static final class SilentEvents implements SessionEvents {
    int messages;
    int pings;

    @Override
    public void onMessage(Session from, Channel channel, byte[] buffer, int offset, int length) {
      messages++;
    }

    @Override
    public void onPing(Session from) {
      pings++;
    }

    @Override
    public void onClosed(Session from, CloseReason reason) {}
  }
}

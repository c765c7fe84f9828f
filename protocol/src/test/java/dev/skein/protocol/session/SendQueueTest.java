package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.packet.Carrier;
import dev.skein.protocol.packet.Frame;
import dev.skein.protocol.packet.FrameReader;
import dev.skein.protocol.packet.FrameWriter;
import dev.skein.protocol.session.SendQueue.Repeat;
import dev.skein.protocol.session.Session.SendResult;
import dev.skein.protocol.session.SessionConfig.Overflow;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SendQueueTest {
  private static final int ROOM_BYTES = 1160;

  private final Counters counters = new Counters();
  private final byte[] out = new byte[ROOM_BYTES];
  private final FrameWriter writer = new FrameWriter();
  private final FrameReader reader = new FrameReader(Carrier.DATAGRAM, 16);
  private @Nullable SentFrame sent;

  private static SessionConfig config(int queueBytes, Overflow reliable, Overflow unreliable) {
    return new SessionConfig(
        10_000, 30_000, 4_096, 4_096, 100, 16, 10, queueBytes, 200, reliable, unreliable);
  }

  private SendQueue queue() {
    return new SendQueue(
        Role.SERVER, config(65_536, Overflow.DISCONNECT, Overflow.DROP_OLDEST), counters);
  }

  private static SendResult offer(SendQueue queue, Channel channel, int tag, int length) {
    byte[] message = new byte[length];
    message[0] = (byte) tag;
    return queue.offer(channel, 0, message, 0, length, 0);
  }

  /** Fills one datagram and tells the tags of the messages in it. */
  private List<Integer> datagram(SendQueue queue, Repeat repeat) {
    writer.reset(out, 0, ROOM_BYTES);
    sent = queue.write(writer, repeat, 0);
    reader.reset(out, 0, writer.written());
    List<Integer> tags = new ArrayList<>();
    while (reader.next() == Frame.MESSAGE) {
      tags.add((int) reader.buffer()[reader.dataOffset()]);
    }
    return tags;
  }

  @Test
  void channelsTakeTurnsSoThatNoneWaitsForAnothersBacklog() {
    SendQueue queue = queue();
    for (int i = 0; i < 5; i++) {
      offer(queue, Channel.ordered(0), 10 + i, 20);
    }
    offer(queue, Channel.ordered(1), 20, 20);
    offer(queue, Channel.RELIABLE, 30, 20);
    offer(queue, Channel.UNRELIABLE, 40, 20);

    assertThat(datagram(queue, Repeat.NOTHING).subList(0, 4))
        .containsExactlyInAnyOrder(10, 20, 30, 40);
  }

  @Test
  void aMessageTooLongForTheRoomLeftLetsShorterOnesOfOtherChannelsGoFirst() {
    SendQueue queue = queue();
    offer(queue, Channel.ordered(0), 1, 700);
    offer(queue, Channel.ordered(1), 2, 700);
    offer(queue, Channel.ordered(2), 3, 100);

    assertThat(datagram(queue, Repeat.NOTHING)).containsExactly(1, 3);
    assertThat(datagram(queue, Repeat.NOTHING)).containsExactly(2);
  }

  @Test
  void aChannelWithinItsOwnWindowGoesOnWhileAnotherHasUsedUpItsOwn() {
    SendQueue queue = queue();
    for (int i = 0; i < 1025; i++) {
      assertThat(queue.offer(Channel.ordered(0), 0, new byte[1], 0, 0, 0))
          .isEqualTo(SendResult.ACCEPTED);
    }
    while (queue.hasSendable()) {
      datagram(queue, Repeat.NOTHING);
    }
    // 128 empty messages of 32 bytes fill the window of 4096, and one more its overhead.
    assertThat(counters.messagesSent).isEqualTo(129);
    assertThat(queue.hasSendable()).as("the window is used up").isFalse();
    offer(queue, Channel.UNRELIABLE, 7, 10);
    assertThat(queue.hasSendable()).isTrue();
    assertThat(datagram(queue, Repeat.NOTHING)).containsExactly(7);
  }

  @Test
  void theByteWindowOpensWithTheAckOfTheOldest() {
    SendQueue queue = queue();
    for (int i = 0; i < 6; i++) {
      offer(queue, Channel.ordered(0), i, 1000);
    }
    List<SentFrame> flights = new ArrayList<>();
    while (queue.hasSendable()) {
      datagram(queue, Repeat.NOTHING);
      if (sent != null) {
        flights.add(sent);
      }
    }
    assertThat(flights).as("messages of 1032 in a window of 4096 + 32").hasSize(4);
    queue.onAcked(flights.get(1));
    assertThat(queue.hasSendable()).as("the oldest still holds the window").isTrue();
    assertThat(datagram(queue, Repeat.NOTHING)).isEmpty();
    queue.onAcked(flights.get(0));
    assertThat(datagram(queue, Repeat.NOTHING)).containsExactly(4);
    assertThat(datagram(queue, Repeat.NOTHING)).containsExactly(5);
  }

  @Test
  void aLostFrameGoesOutBeforeNewOnesAndIsRepeatedOnceInSpareRoom() {
    SendQueue queue = queue();
    offer(queue, Channel.ordered(0), 1, 50);
    assertThat(datagram(queue, Repeat.RESENDS)).containsExactly(1);
    queue.onLost(sent);
    offer(queue, Channel.ordered(0), 2, 50);
    assertThat(datagram(queue, Repeat.RESENDS)).containsExactly(1, 2);
    assertThat(datagram(queue, Repeat.RESENDS)).as("spare room needs a datagram").isEmpty();
    offer(queue, Channel.ordered(0), 3, 50);
    assertThat(datagram(queue, Repeat.RESENDS)).containsExactly(3, 1);
    offer(queue, Channel.ordered(0), 4, 50);
    assertThat(datagram(queue, Repeat.RESENDS)).containsExactly(4);
    assertThat(counters.framesRetransmitted).isEqualTo(2);
  }

  @Test
  void newFramesAreRepeatedOnLossyPathsWithinABudget() {
    SendQueue queue = queue();
    int repeated = 0;
    for (int i = 0; i < 100; i++) {
      offer(queue, Channel.ordered(0), 1, 10);
      repeated += datagram(queue, Repeat.EVERYTHING).size() - 1;
      queue.onAcked(sent);
      assertThat(queue.bytes()).isZero();
    }
    assertThat(repeated).as("every frame was acknowledged before its turn").isZero();

    for (int i = 0; i < 40; i++) {
      offer(queue, Channel.ordered(0), 1, 50);
      repeated += datagram(queue, Repeat.EVERYTHING).size() - 1;
    }
    assertThat(repeated).as("28 % of 40").isBetween(8, 20);
  }

  @Test
  void anAcknowledgedFrameIsNotRepeated() {
    SendQueue queue = queue();
    offer(queue, Channel.ordered(0), 1, 50);
    datagram(queue, Repeat.RESENDS);
    queue.onLost(sent);
    datagram(queue, Repeat.RESENDS);
    queue.onAcked(sent);
    offer(queue, Channel.ordered(0), 2, 50);
    assertThat(datagram(queue, Repeat.RESENDS)).containsExactly(2);
  }

  @Test
  void aFrameLostInOnePacketWaitsForItsCopyInAnother() {
    SendQueue queue = queue();
    offer(queue, Channel.ordered(0), 1, 50);
    datagram(queue, Repeat.NOTHING);
    SentFrame first = sent;
    queue.probe(first);
    datagram(queue, Repeat.NOTHING);
    SentFrame second = sent;
    queue.onLost(first);
    assertThat(queue.hasResends()).isFalse();
    queue.onLost(second);
    assertThat(queue.hasResends()).isTrue();
  }

  @Test
  void aNewerMessageOfTheSameKeyTakesThePlaceOfTheUnsentOne() {
    SendQueue queue = queue();
    queue.offer(Channel.UNRELIABLE, 5, new byte[] {1}, 0, 1, 0);
    queue.offer(Channel.UNRELIABLE, 6, new byte[] {2}, 0, 1, 0);
    queue.offer(Channel.UNRELIABLE, 5, new byte[] {3}, 0, 1, 0);
    assertThat(datagram(queue, Repeat.NOTHING)).containsExactly(3, 2);
    assertThat(counters.messagesConflated).isEqualTo(1);
    queue.offer(Channel.UNRELIABLE, 5, new byte[] {4}, 0, 1, 0);
    assertThat(datagram(queue, Repeat.NOTHING)).as("the one before has left").containsExactly(4);
    assertThat(queue.bytes()).isZero();
  }

  // ---- overflow ----

  @Test
  void aFullQueueDropsItsOldestUnreliableMessage() {
    SendQueue queue =
        new SendQueue(
            Role.SERVER, config(4_096, Overflow.DROP_OLDEST, Overflow.DROP_OLDEST), counters);
    for (int i = 1; i <= 8; i++) {
      assertThat(offer(queue, Channel.UNRELIABLE, i, 480)).isEqualTo(SendResult.ACCEPTED);
    }
    assertThat(queue.bytes()).as("8 times 480 + 32").isEqualTo(4096);
    assertThat(counters.messagesDropped).isZero();
    assertThat(offer(queue, Channel.UNRELIABLE, 9, 1)).isEqualTo(SendResult.ACCEPTED);
    assertThat(counters.messagesDropped).isEqualTo(1);
    assertThat(offer(queue, Channel.ordered(0), 10, 480)).isEqualTo(SendResult.ACCEPTED);
    assertThat(counters.messagesDropped).isEqualTo(2);
    assertThat(datagram(queue, Repeat.NOTHING)).startsWith(3);
  }

  @Test
  void aQueueFullOfReliableMessagesRefusesMoreOfEitherKind() {
    SendQueue queue =
        new SendQueue(
            Role.SERVER, config(4_096, Overflow.DROP_OLDEST, Overflow.DROP_OLDEST), counters);
    assertThat(offer(queue, Channel.ordered(0), 1, 4_064)).isEqualTo(SendResult.ACCEPTED);
    assertThat(offer(queue, Channel.ordered(0), 2, 1)).isEqualTo(SendResult.DROPPED);
    assertThat(offer(queue, Channel.UNRELIABLE, 3, 1)).isEqualTo(SendResult.DROPPED);
    assertThat(counters.messagesDropped).isEqualTo(2);
  }

  @Test
  void dropNewestKeepsWhatIsQueued() {
    SendQueue queue =
        new SendQueue(
            Role.SERVER, config(4_096, Overflow.DROP_NEWEST, Overflow.DROP_NEWEST), counters);
    assertThat(offer(queue, Channel.UNRELIABLE, 1, 1_000)).isEqualTo(SendResult.ACCEPTED);
    assertThat(offer(queue, Channel.ordered(0), 2, 3_033)).isEqualTo(SendResult.DROPPED);
    assertThat(offer(queue, Channel.ordered(0), 3, 3_032)).isEqualTo(SendResult.ACCEPTED);
  }

  @Test
  void disconnectAsksForTheEndOfTheSession() {
    SendQueue queue =
        new SendQueue(
            Role.SERVER, config(4_096, Overflow.DISCONNECT, Overflow.DISCONNECT), counters);
    assertThat(offer(queue, Channel.ordered(0), 1, 4_064)).isEqualTo(SendResult.ACCEPTED);
    assertThat(offer(queue, Channel.ordered(0), 2, 1)).isEqualTo(SendResult.CLOSED);
    assertThat(offer(queue, Channel.UNRELIABLE, 2, 1)).isEqualTo(SendResult.CLOSED);
  }

  @Test
  void aBatchLeavesAtOnceInOneDatagramWithWhatWaitedBefore() {
    SendQueue queue = queue();
    offer(queue, Channel.UNRELIABLE, 1, 20);
    assertThat(queue.readyNanos(0)).isPositive();
    FrameBatch batch = batch(2, 3, 4);
    assertThat(queue.offer(batch, 0)).isEqualTo(SendResult.ACCEPTED);
    assertThat(queue.readyNanos(0)).isZero();
    assertThat(datagram(queue, Repeat.NOTHING)).containsExactly(1, 2, 3, 4);
    assertThat(counters.messagesSent).isEqualTo(4);
  }

  @Test
  void aBatchThatIsDroppedOrExpiresCountsEachOfItsMessages() {
    SendQueue small =
        new SendQueue(
            Role.SERVER, config(4_096, Overflow.DROP_NEWEST, Overflow.DROP_NEWEST), counters);
    while (small.offer(batch(1, 2), 0) == SendResult.ACCEPTED) {
      assertThat(small.bytes()).isLessThanOrEqualTo(4_096);
    }
    assertThat(counters.messagesDropped).isEqualTo(2);
    long later = TimeUnit.SECONDS.toNanos(1);
    small.offer(Channel.UNRELIABLE, 0, new byte[1], 0, 1, later);
    assertThat(counters.messagesExpired).isPositive().isEven();
  }

  @Test
  void aBatchHoldsWhatFitsAndGivesItBack() {
    FrameBatch batch = batch(1, 2, 3);
    assertThat(batch.count()).isEqualTo(3);
    assertThat(batch.offer(new byte[FrameBatch.MAX_BYTES])).isFalse();
    List<Integer> tags = new ArrayList<>();
    batch.only(place -> place != 1).forEach(message -> tags.add((int) message[0]));
    assertThat(tags).containsExactly(1, 3);
    assertThat(FrameBatch.canHold(FrameBatch.MAX_BYTES)).isFalse();
    assertThat(batch.only(place -> false).isEmpty()).isTrue();
  }

  private static FrameBatch batch(int... tags) {
    FrameBatch batch = new FrameBatch();
    for (int tag : tags) {
      assertThat(batch.offer(new byte[] {(byte) tag, 0, 0, 0})).isTrue();
    }
    return batch;
  }
}

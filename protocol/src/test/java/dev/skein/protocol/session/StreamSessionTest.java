package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class StreamSessionTest {
  private static final Channel ORDERED = Channel.ordered(0);
  private static final long MILLI = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int ROOM = 70_000;

  private final SessionConfig config = SessionConfig.DEFAULTS;
  private final StreamPeers peers = new StreamPeers(new SplittableRandom(1), config);
  private final StreamSession client = peers.client;
  private final StreamSession server = peers.server;

  private static StreamPeers peers(
      int queueMaxBytes, SessionConfig.Overflow reliable, SessionConfig.Overflow unreliable) {
    return new StreamPeers(
        new SplittableRandom(2),
        new SessionConfig(
            10_000, 30_000, 1_200, 1_200, 100, 16, 0, queueMaxBytes, 200, reliable, unreliable));
  }

  private static void carry(StreamPeers peers) {
    while (peers.pollClient(ROOM)) {
      peers.deliverToServer(peers.links.getLast());
    }
    while (peers.pollServer(ROOM)) {
      peers.deliverToClient();
    }
  }

  @Test
  void theFirstMessageLeavesAtOnceAndTheRestShareARecordAtTheEndOfTheWindow() {
    long start = peers.nowNanos;
    peers.send(true, ORDERED, 10);
    assertThat(client.nextSendNanos()).isEqualTo(start);
    assertThat(peers.pollClient(ROOM)).isTrue();

    peers.send(true, ORDERED, 10);
    peers.send(true, ORDERED, 10);
    long end = start + config.packWindowNanos();
    assertThat(client.nextSendNanos()).isEqualTo(end);
    peers.nowNanos = end - 1;
    assertThat(peers.pollClient(ROOM)).isFalse();
    peers.nowNanos = end;
    assertThat(peers.pollClient(ROOM)).isTrue();
    assertThat(peers.pollClient(ROOM)).isFalse();

    InFlight.deliverToServer(peers);
    assertThat(peers.serverSide.received.get(ORDERED)).containsExactly(0, 1, 2);
    assertThat(server.stats().packetsReceived()).isEqualTo(2);
  }

  /** Delivers what is in flight to the server. */
  private static final class InFlight {
    static void deliverToServer(StreamPeers peers) {
      StreamPeers.Link link = peers.links.getLast();
      while (!link.toServer.isEmpty()) {
        peers.deliverToServer(link);
      }
    }
  }

  @Test
  void muchUnsentDataDoesNotWaitForTheWindow() {
    peers.send(true, ORDERED, 10);
    peers.pollClient(ROOM);
    peers.send(true, ORDERED, 20_000);
    assertThat(client.nextSendNanos()).isEqualTo(peers.nowNanos);
  }

  @Test
  void anUnreliableMessageIsSentUpToItsTtlAndNotAfter() {
    long ttl = config.unreliableTtlMillis() * MILLI;
    peers.send(true, Channel.UNRELIABLE, 10);
    peers.nowNanos += ttl;
    assertThat(peers.pollClient(ROOM)).isTrue();
    peers.nowNanos += TimeUnit.SECONDS.toNanos(1);
    peers.send(true, Channel.UNRELIABLE, 10);
    peers.nowNanos += ttl + 1;
    assertThat(peers.pollClient(ROOM)).isFalse();
    assertThat(client.stats().messagesExpired()).isEqualTo(1);
    assertThat(client.queuedBytes()).isZero();
    assertThat(client.nextSendNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aNewerMessageWithTheSameKeyTakesThePlaceOfTheUnsentOne() {
    Channel channel = Channel.sequenced(1);
    byte[] old = {0, 0, 0, 1};
    byte[] young = {0, 0, 0, 2, 9, 9};
    client.sendConflated(channel, 77, old, 0, 4, peers.nowNanos);
    client.sendConflated(channel, 78, old, 0, 4, peers.nowNanos);
    client.sendConflated(channel, 77, young, 0, 6, peers.nowNanos);
    carry(peers);
    assertThat(peers.serverSide.received.get(channel)).containsExactly(2, 1);

    client.sendConflated(channel, 77, old, 0, 4, peers.nowNanos);
    peers.nowNanos += TimeUnit.SECONDS.toNanos(1);
    client.sendConflated(Channel.UNRELIABLE, 77, young, 0, 6, peers.nowNanos);
    carry(peers);
    assertThat(peers.serverSide.received.get(Channel.UNRELIABLE)).containsExactly(2);
    assertThat(client.queuedBytes()).isZero();
  }

  @Test
  void aReliableMessageIsNeverConflated() {
    byte[] message = {0, 0, 0, 1};
    client.sendConflated(ORDERED, 5, message, 0, 4, peers.nowNanos);
    client.sendConflated(ORDERED, 5, message, 0, 4, peers.nowNanos);
    carry(peers);
    assertThat(peers.serverSide.received.get(ORDERED)).hasSize(2);
  }

  @Test
  void aFullQueueDropsTheOldestUnreliableButNeverAReliableMessage() {
    StreamPeers full =
        peers(5_000, SessionConfig.Overflow.DROP_OLDEST, SessionConfig.Overflow.DROP_OLDEST);
    full.send(true, ORDERED, 1_000);
    for (int i = 0; i < 10; i++) {
      assertThat(full.send(true, Channel.UNRELIABLE, 1_000)).isEqualTo(Session.SendResult.ACCEPTED);
    }
    assertThat(full.client.queuedBytes()).isLessThanOrEqualTo(5_000);
    assertThat(full.client.stats().messagesDropped()).isEqualTo(7);
    carry(full);
    assertThat(full.serverSide.received.get(ORDERED)).containsExactly(0);
    assertThat(full.serverSide.received.get(Channel.UNRELIABLE)).containsExactly(7, 8, 9);

    int accepted = 0;
    full.cutAtServer();
    full.cutAtClient();
    while (full.send(true, ORDERED, 1_000) == Session.SendResult.ACCEPTED) {
      accepted++;
    }
    assertThat(accepted).isEqualTo(3);
    assertThat(full.client.state()).isNotEqualTo(Session.State.CLOSED);
  }

  @Test
  void aFullQueueRefusesTheNewestOrEndsTheSessionAsConfigured() {
    StreamPeers full =
        peers(5_000, SessionConfig.Overflow.DISCONNECT, SessionConfig.Overflow.DROP_NEWEST);
    for (int i = 0; i < 4; i++) {
      full.send(true, Channel.UNRELIABLE, 1_200);
    }
    assertThat(full.send(true, Channel.UNRELIABLE, 1_200)).isEqualTo(Session.SendResult.DROPPED);
    assertThat(full.client.state()).isEqualTo(Session.State.OPEN);
    assertThat(full.send(true, ORDERED, 1_200)).isEqualTo(Session.SendResult.CLOSED);
    assertThat(full.clientSide.closed.orElseThrow().code()).isEqualTo(Code.SLOW_CONSUMER);
    carry(full);
    assertThat(full.serverSide.closed)
        .contains(new CloseReason(Code.SLOW_CONSUMER, "the peer reads too slowly", true));
  }

  @Test
  void emptyMessagesFillTheQueueToo() {
    StreamPeers full =
        peers(3_200, SessionConfig.Overflow.DROP_NEWEST, SessionConfig.Overflow.DROP_NEWEST);
    byte[] empty = {};
    int accepted = 0;
    while (full.client.send(ORDERED, empty, 0, 0, 0) == Session.SendResult.ACCEPTED) {
      accepted++;
    }
    assertThat(accepted).isEqualTo(100);
  }

  @Test
  void reliableMessagesAreHeldUntilTheyAreCounted() {
    peers.send(true, ORDERED, 100);
    peers.pollClient(ROOM);
    InFlight.deliverToServer(peers);
    assertThat(client.queuedBytes()).isEqualTo(132);
    assertThat(server.nextSendNanos()).isEqualTo(peers.nowNanos + 100 * MILLI);
    peers.nowNanos += 100 * MILLI - 1;
    assertThat(peers.pollServer(ROOM)).isFalse();
    peers.nowNanos++;
    assertThat(peers.pollServer(ROOM)).isTrue();
    peers.deliverToClient();
    assertThat(client.queuedBytes()).isZero();
  }

  @Test
  void sixtyFourReliableMessagesAreCountedAtOnce() {
    for (int i = 0; i < 63; i++) {
      peers.send(true, ORDERED, 4);
    }
    peers.pollClient(ROOM);
    InFlight.deliverToServer(peers);
    assertThat(server.nextSendNanos()).isGreaterThan(peers.nowNanos);
    peers.nowNanos += config.packWindowNanos();
    peers.send(true, ORDERED, 4);
    peers.pollClient(ROOM);
    InFlight.deliverToServer(peers);
    assertThat(server.nextSendNanos()).isEqualTo(peers.nowNanos);
  }

  @Test
  void aQuietClientPingsAndThePongMeasuresTheRoundTrip() {
    long start = peers.nowNanos;
    long third = config.idleTimeoutMillis() * MILLI / 3;
    assertThat(client.nextTimeoutNanos()).isEqualTo(start + third);
    peers.nowNanos = start + third - 1;
    client.onTimeout(peers.nowNanos);
    assertThat(peers.pollClient(ROOM)).isFalse();
    peers.nowNanos = start + third;
    client.onTimeout(peers.nowNanos);
    assertThat(peers.pollClient(ROOM)).isTrue();
    peers.nowNanos += 30 * MILLI;
    InFlight.deliverToServer(peers);
    assertThat(peers.serverSide.pings).isEqualTo(1);
    assertThat(peers.pollServer(ROOM)).isTrue();
    peers.nowNanos += 20 * MILLI;
    peers.deliverToClient();
    assertThat(client.stats().smoothedRttNanos()).isEqualTo(50 * MILLI);
  }

  @Test
  void aTalkingClientThatHearsNothingPingsToo() {
    for (int i = 0; i < 40; i++) {
      peers.passMillis(100);
      peers.send(true, Channel.UNRELIABLE, 10);
      carry(peers);
    }
    assertThat(peers.serverSide.pings).isEqualTo(1);
    assertThat(client.state()).isEqualTo(Session.State.OPEN);
  }

  @Test
  void silenceDetachesAtTheIdleTimeoutAndEndsTheSessionAtTheResumeTtl() {
    long idle = peers.nowNanos + config.idleTimeoutMillis() * MILLI;
    server.onTimeout(idle - 1);
    assertThat(server.state()).isEqualTo(Session.State.OPEN);
    assertThat(server.nextTimeoutNanos()).isEqualTo(idle);
    server.onTimeout(idle);
    assertThat(server.state()).isEqualTo(Session.State.DETACHED);

    long expiry = idle + config.resumeTtlMillis() * MILLI;
    assertThat(server.nextTimeoutNanos()).isEqualTo(expiry);
    server.onTimeout(expiry - 1);
    assertThat(server.state()).isEqualTo(Session.State.DETACHED);
    server.onTimeout(expiry);
    assertThat(peers.serverSide.closed)
        .contains(new CloseReason(Code.IDLE, "not resumed in time", false));
    assertThat(server.nextTimeoutNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(server.send(ORDERED, new byte[4], 0, 4, expiry))
        .isEqualTo(Session.SendResult.CLOSED);
  }

  @Test
  void aResumeJustWithinTheTtlSucceedsAndOneJustAfterFindsNoSession() {
    peers.cutAtClient();
    peers.cutAtServer();
    peers.nowNanos += config.resumeTtlMillis() * MILLI - 1;
    server.onTimeout(peers.nowNanos);
    peers.resume();
    peers.deliverToServer(peers.links.getLast());
    peers.deliverToClient();
    peers.pollClient(ROOM);
    peers.deliverToServer(peers.links.getLast());
    assertThat(server.state()).isEqualTo(Session.State.OPEN);
    assertThat(peers.serverSide.states).containsExactly(Session.State.DETACHED, Session.State.OPEN);

    peers.cutAtClient();
    peers.cutAtServer();
    StreamResume.Asked late = client.resume(peers.bytes(16), peers.nowNanos);
    server.onTimeout(peers.nowNanos + config.resumeTtlMillis() * MILLI);
    byte[] request = late.message();
    assertThat(server.onResume(request, 0, request.length, peers.bytes(16))).isEmpty();
  }

  @Test
  void theLastMessagesArriveBeforeTheGoodbye() {
    peers.send(false, ORDERED, 2_000);
    peers.send(false, ORDERED, 2_000);
    server.close(Code.KICKED, "gone", peers.nowNanos);
    assertThat(server.state()).isEqualTo(Session.State.CLOSED);
    while (peers.pollServer(2_100)) {
      peers.deliverToClient();
    }
    assertThat(peers.clientSide.received.get(ORDERED)).containsExactly(0, 1);
    assertThat(peers.clientSide.closed).contains(new CloseReason(Code.KICKED, "gone", true));
    assertThat(server.queuedBytes()).isZero();
    assertThat(server.nextSendNanos()).isEqualTo(Long.MAX_VALUE);
  }

  @Test
  void aLongTextIsCutBetweenCharacters() {
    client.close(Code.NONE, "x" + "ü".repeat(200), peers.nowNanos);
    carry(peers);
    assertThat(peers.serverSide.closed.orElseThrow().text()).isEqualTo("x" + "ü".repeat(127));
  }

  @Test
  void aMessageOfTheGreatestSizeTravelsAndOneByteMoreIsRefused() {
    assertThat(peers.send(true, ORDERED, config.maxMessageBytes()))
        .isEqualTo(Session.SendResult.ACCEPTED);
    assertThat(peers.send(true, ORDERED, config.maxMessageBytes() + 1))
        .isEqualTo(Session.SendResult.TOO_LARGE);
    assertThatIllegalArgumentException().isThrownBy(() -> peers.pollClient(1_000));
    carry(peers);
    assertThat(peers.serverSide.received.get(ORDERED)).containsExactly(0);
  }

  @Test
  void aChannelTheSessionDoesNotHaveIsTheCallersMistake() {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> peers.send(true, Channel.ordered(config.channels()), 4));
  }

  @Test
  void aRecordThatDoesNotOpenEndsTheStreamAndNotTheSession() {
    peers.send(true, ORDERED, 4);
    peers.pollClient(ROOM);
    byte[] record = peers.links.getLast().toServer.remove();
    byte[] forged = record.clone();
    forged[0] ^= 1;
    assertThat(server.onRecord(forged, 0, forged.length, peers.nowNanos))
        .isEqualTo(Received.NOT_AUTHENTIC);
    assertThat(server.onRecord(new byte[3], 0, 3, peers.nowNanos))
        .isEqualTo(Received.NOT_AUTHENTIC);
    assertThat(server.state()).isEqualTo(Session.State.OPEN);
    byte[] again = record.clone();
    assertThat(server.onRecord(record, 0, record.length, peers.nowNanos))
        .isEqualTo(Received.ACCEPTED);
    assertThat(server.onRecord(again, 0, again.length, peers.nowNanos))
        .as("the same record again")
        .isEqualTo(Received.NOT_AUTHENTIC);
  }

  @Test
  void aRecordedResumeChangesNothing() {
    peers.cutAtClient();
    byte[] request = client.resume(peers.bytes(16), peers.nowNanos).message();
    List<StreamResume.Answered> attempts = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      attempts.add(server.onResume(request, 0, request.length, peers.bytes(16)).orElseThrow());
    }
    byte[] noise = peers.bytes(40);
    for (StreamResume.Answered attempt : attempts) {
      assertThat(server.onFirstRecord(attempt, noise.clone(), 0, 40, peers.nowNanos))
          .isEqualTo(Received.NOT_AUTHENTIC);
    }
    assertThat(server.state()).isEqualTo(Session.State.OPEN);
    assertThat(peers.serverSide.states).isEmpty();

    peers.resume();
    peers.settle();
    assertThat(client.state()).isEqualTo(Session.State.OPEN);
    assertThat(server.onFirstRecord(attempts.getFirst(), noise, 0, 40, peers.nowNanos))
        .as("an attempt from before the session moved")
        .isEqualTo(Received.NOT_AUTHENTIC);
  }

  @Test
  void aChangedResumeIsNotAnswered() {
    peers.cutAtClient();
    byte[] request = client.resume(peers.bytes(16), peers.nowNanos).message();
    for (int at = 0; at < request.length; at++) {
      byte[] changed = request.clone();
      changed[at] ^= 1;
      assertThat(server.onResume(changed, 0, changed.length, peers.bytes(16))).isEmpty();
    }
    assertThat(server.onResume(request, 0, request.length - 1, peers.bytes(16))).isEmpty();
  }

  @Test
  void theSecretBeforeIsAcceptedUntilTheClientHasHeardOfTheNext() {
    peers.cutAtClient();
    peers.resume();
    StreamPeers.Link link = peers.links.getLast();
    peers.deliverToServer(link);
    peers.deliverToClient();
    peers.pollClient(ROOM);
    peers.deliverToServer(link);
    assertThat(peers.serverLink).as("the server has moved").isSameAs(link);

    peers.cutAtClient();
    peers.resume();
    peers.settle();
    assertThat(client.state()).isEqualTo(Session.State.OPEN);
    assertThat(peers.serverLink).isSameAs(peers.clientLink);
  }
}

package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.api.FuzzedDataProvider;
import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.skein.protocol.Channel;
import dev.skein.protocol.session.DatagramSessionDistrustTest.SilentEvents;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;

/** Anything a peer, with or without the keys, may throw at an open session. */
class DatagramSessionFuzzTest {
  private static final SessionConfig CONFIG = SessionConfig.DEFAULTS.withPackWindowMillis(0);

  private final byte[] out = new byte[SessionConfig.MAX_DATAGRAM_BYTES];

  private static DatagramSession server() {
    return new DatagramSession(
        Role.SERVER,
        42,
        SimPair.secrets(),
        CONFIG,
        SimPair.CLIENT,
        new SilentEvents(),
        new SplittableRandom(1),
        0);
  }

  @FuzzTest(maxDuration = "10s")
  void datagramsFromAStrangerChangeNothing(byte[] datagram) {
    DatagramSession session = server();
    Received received =
        session.onDatagram(datagram.clone(), 0, datagram.length, SimPair.CLIENT_MOVED, 1);
    assertThat(received).isIn(Received.MALFORMED, Received.NOT_AUTHENTIC);
    assertThat(session.state()).isEqualTo(Session.State.OPEN);
    assertThat(session.nextSendNanos()).isEqualTo(Long.MAX_VALUE);
    assertThat(session.path()).isEqualTo(SimPair.CLIENT);
  }

  @FuzzTest(maxDuration = "10s")
  void sequencesOfFramesLeaveTheSessionOpenAndBoundedOrCloseIt(FuzzedDataProvider input) {
    DatagramSession session = server();
    CraftingPeer peer = new CraftingPeer();
    long now = 0;
    for (int step = 0; step < 64 && input.remainingBytes() > 0; step++) {
      now += TimeUnit.MILLISECONDS.toNanos(input.consumeInt(0, 200));
      if (input.consumeBoolean()) {
        byte[] message = new byte[input.consumeInt(0, 3000)];
        session.send(Channel.of(input.consumeInt(0, 3), 0), message, 0, message.length, now);
      }
      session.onTimeout(now);
      drain(session, now);
      byte[] frames = input.consumeBytes(input.consumeInt(1, 1100));
      if (frames.length > 0) {
        CraftingPeer.give(session, peer.packet(frames), SimPair.CLIENT, now);
      }
      assertBounded(session);
    }
  }

  private void drain(DatagramSession session, long now) {
    int datagrams = 0;
    while (session.poll(out, 0, now) > 0) {
      assertThat(++datagrams).isLessThan(100);
    }
    assertThat(session.nextSendNanos()).isGreaterThan(now);
  }

  private static void assertBounded(DatagramSession session) {
    assertThat(session.heldBytes())
        .isLessThanOrEqualTo(CONFIG.receiveWindowBytes() + CONFIG.receiveWindowBytes() / 4 + 1200);
    assertThat(session.queuedBytes()).isLessThanOrEqualTo(CONFIG.sendQueueMaxBytes());
    if (session.state() == Session.State.CLOSED) {
      assertThat(session.heldBytes()).isZero();
      assertThat(session.queuedBytes()).isZero();
    }
  }
}

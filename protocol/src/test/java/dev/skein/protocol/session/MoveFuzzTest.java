package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.skein.protocol.Channel;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** Parcels of other nodes and orders to move, of any bytes. */
class MoveFuzzTest {
  private static final SessionConfig CONFIG = SessionConfig.DEFAULTS;

  @FuzzTest
  void anyBytesAsAnOrderAreReadOrNot(byte[] bytes) {
    Optional<MoveOrder> order = MoveOrder.parse(bytes, 0, bytes.length);
    order.ifPresent(read -> assertThat(read.toBytes()).isEqualTo(bytes));
  }

  @FuzzTest
  void anyBytesAsASessionAreRestoredOrRefused(byte[] bytes) {
    restore(bytes);
  }

  @Test
  void aDamagedParcelIsRestoredOrRefused() {
    SplittableRandom random = new SplittableRandom(5);
    byte[] parcel = SessionStateCodec.encode(busySession());
    assertThat(SessionStateCodec.decode(parcel, CONFIG)).isPresent();
    for (int i = 0; i < 3_000; i++) {
      byte[] damaged = parcel.clone();
      for (int flips = 1 + random.nextInt(3); flips > 0; flips--) {
        damaged[random.nextInt(Math.min(damaged.length, 400))] = (byte) random.nextInt();
      }
      restore(damaged);
    }
    for (int length = 0; length < Math.min(parcel.length, 500); length++) {
      assertThat(SessionStateCodec.decode(java.util.Arrays.copyOf(parcel, length), CONFIG))
          .isEmpty();
    }
  }

  private static void restore(byte[] bytes) {
    Optional<SessionState> state = SessionStateCodec.decode(bytes, CONFIG);
    if (state.isEmpty()) {
      return;
    }
    byte[] out = new byte[StreamSession.RECORD_MAX_BYTES];
    DatagramSession datagrams =
        new DatagramSession(
            Role.SERVER,
            1,
            SimPair.secrets(),
            CONFIG,
            SimPair.CLIENT,
            new StreamPeers.Peer(),
            new SplittableRandom(1),
            0);
    datagrams.restore(state.get(), 0);
    datagrams.send(Channel.ordered(0), new byte[4], 0, 4, 0);
    datagrams.poll(out, 0, 0);
    datagrams.freeze();
    StreamSession stream =
        new StreamSession(Role.SERVER, 1, SimPair.secrets(), CONFIG, new StreamPeers.Peer(), 0);
    stream.restore(state.get(), 0);
    stream.send(Channel.ordered(0), new byte[4], 0, 4, 0);
    stream.poll(out, 0, out.length, 0);
    stream.freeze();
  }

  /** One with messages of all kinds, unacknowledged, and others that came early. */
  private static SessionState busySession() {
    SimPair pair = new SimPair(CONFIG, SimPair.KIND_25_MILLIS);
    for (int i = 0; i < 5; i++) {
      pair.server.send(Channel.ordered(i), new byte[20 + i]);
      pair.server.send(Channel.RELIABLE, new byte[3_000]);
    }
    pair.network.cut(SimPair.CLIENT, SimPair.SERVER);
    pair.client.send(Channel.ordered(1), new byte[2_000]);
    pair.client.send(Channel.RELIABLE, new byte[10]);
    pair.network.heal();
    pair.client.send(Channel.ordered(1), new byte[5_000]);
    pair.client.send(Channel.RELIABLE, new byte[10]);
    pair.runMillis(26);
    return pair.server.session.freeze();
  }
}

package dev.skein.protocol.handshake;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.packet.BigEndian;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HelloFloodTest {
  private static final int HELLOS = 1_000_000;
  private static final int WARM_UP = 20_000;
  private static final long TOLERATED_BYTES = 2_000_000;

  private final Peers peers = new Peers();
  private final SplittableRandom random = new SplittableRandom(9);
  private final byte[] hello = Peers.datagram(peers.client(peers.ticket()), 0);

  private void flood(int hellos) throws UnknownHostException {
    byte[] address = new byte[4];
    for (int i = 0; i < hellos; i++) {
      random.nextBytes(address);
      BigEndian.putLong(hello, Layout.CLIENT_RANDOM_AT, i);
      HandshakeResult result =
          peers.server.onDatagram(
              hello,
              0,
              hello.length,
              new InetSocketAddress(InetAddress.getByAddress(address), 1 + random.nextInt(65_535)),
              peers.admission,
              Peers.START_MILLIS + i / 1_000);
      assertThat(result.outcome() == HandshakeOutcome.COOKIE_SENT).isTrue();
    }
  }

  private static long usedHeapBytes() {
    Runtime runtime = Runtime.getRuntime();
    long least = Long.MAX_VALUE;
    for (int i = 0; i < 4; i++) {
      System.gc();
      least = Math.min(least, runtime.totalMemory() - runtime.freeMemory());
    }
    return least;
  }

  @Test
  void aMillionHellosFromRandomAddressesLeaveNothingBehind() throws UnknownHostException {
    flood(WARM_UP);
    long before = usedHeapBytes();
    flood(HELLOS);
    long after = usedHeapBytes();
    assertThat(after - before).as("bytes kept after a million hellos").isLessThan(TOLERATED_BYTES);
    assertThat(peers.gate.usedTickets()).isZero();
  }
}

package dev.skein.protocol.session;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.testkit.relay.Hostility;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * How late the messages of a thin reliable stream are: 30 a second of 100 bytes, 50 ms round trip,
 * loss both ways, the far end silent but for acks. In virtual time, so the figures are the same on
 * every machine; they are printed.
 */
class ThinStreamSimTest {
  private static final int MESSAGES = 30_000;
  private static final int IP_AND_UDP_HEADER_BYTES = 28;
  private static final long INTERVAL_NANOS = TimeUnit.SECONDS.toNanos(1) / 30;
  private static final long[] LATENCY_NANOS = new long[MESSAGES];

  /**
   * The bounds: the one-way delay without loss; with loss what one probe needs (25 ms + 50 ms + 4
   * ms of margin for jitter), and at 10 %, where one in a hundred is lost twice, the repeat in the
   * next datagram 12 ms later. At 1 % a quarter of the messages is repeated on the chance, so that
   * fewer than one in a hundred wait for a probe.
   */
  @ParameterizedTest
  @CsvSource({
    "0, 0, 26, 26, 216",
    "1, 0, 59, 81, 250",
    "5, 0, 81, 115, 255",
    "10, 0, 97, 140, 270",
    "0, 4, 30, 34, 222",
    "10, 4, 110, 150, 280"
  })
  void aLostMessageOfAThinStreamIsHardlyLaterThanARoundTrip(
      int lossPercent,
      int jitterMillis,
      double p99MaxMillis,
      double p999MaxMillis,
      double wireMaxBytes) {
    SimPair pair =
        new SimPair(
            SessionConfig.DEFAULTS.withPackWindowMillis(0),
            new Hostility(lossPercent, 0, 0, 0, 25, jitterMillis, 99));
    int[] received = new int[1];
    pair.client.sink =
        (channel, buffer, offset, length) ->
            LATENCY_NANOS[received[0]++] =
                pair.clock.nanoTime() - ByteBuffer.wrap(buffer, offset, length).getLong();
    for (int i = 0; i < MESSAGES; i++) {
      byte[] message = new byte[100];
      ByteBuffer.wrap(message).putLong(pair.clock.nanoTime());
      pair.server.send(Channel.ordered(0), message);
      pair.clock.runFor(INTERVAL_NANOS);
    }
    pair.runMillis(2_000);

    assertThat(received[0]).isEqualTo(MESSAGES);
    Arrays.sort(LATENCY_NANOS);
    double wireBytes =
        (pair.network.bytesSent() + (double) IP_AND_UDP_HEADER_BYTES * pair.network.datagramsSent())
            / MESSAGES;
    System.out.printf(
        "thin stream, loss %2d %%, jitter %d ms: p50 %5.1f  p99 %5.1f  p99.9 %5.1f  max %5.1f ms,"
            + " %5.1f wire bytes a message, %d datagrams, %d frames again%n",
        lossPercent,
        jitterMillis,
        percentileMillis(50),
        percentileMillis(99),
        percentileMillis(99.9),
        percentileMillis(100),
        wireBytes,
        pair.network.datagramsSent(),
        pair.server.session.stats().framesRetransmitted());
    assertThat(percentileMillis(99)).isLessThan(p99MaxMillis);
    assertThat(percentileMillis(99.9)).isLessThan(p999MaxMillis);
    assertThat(wireBytes).isLessThan(wireMaxBytes);
  }

  private static double percentileMillis(double percent) {
    int index = (int) Math.ceil(percent / 100 * MESSAGES) - 1;
    return LATENCY_NANOS[index] / 1e6;
  }
}

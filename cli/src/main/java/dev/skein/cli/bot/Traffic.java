package dev.skein.cli.bot;

/**
 * What sessions moved: on UDP datagrams, on TCP and WebSocket records.
 *
 * @param bytesIn bytes received
 * @param bytesOut bytes sent
 * @param datagramsIn datagrams or records received
 * @param datagramsOut datagrams or records sent
 * @param retransmitted frames sent again
 */
public record Traffic(
    long bytesIn, long bytesOut, long datagramsIn, long datagramsOut, long retransmitted) {
  static final Traffic NONE = new Traffic(0, 0, 0, 0, 0);

  Traffic plus(Traffic other) {
    return new Traffic(
        bytesIn + other.bytesIn,
        bytesOut + other.bytesOut,
        datagramsIn + other.datagramsIn,
        datagramsOut + other.datagramsOut,
        retransmitted + other.retransmitted);
  }
}

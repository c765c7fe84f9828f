package dev.skein.bench.rudp;

/**
 * One protocol at one loss rate.
 *
 * @param wire what entered the wire during the measured time, headers of IP and UDP or TCP included
 */
record Outcome(
    Protocol protocol,
    double lossPercent,
    int messageBytes,
    long sent,
    Arrivals.Summary arrived,
    LossyWire.Volume wire) {

  long lost() {
    return sent - arrived.received();
  }

  double wireBytesPerByte() {
    return arrived.received() == 0
        ? Double.NaN
        : (double) wire.bytes() / (arrived.received() * (double) messageBytes);
  }

  String json() {
    return ("{\"protocol\":\"%s\",\"encrypted\":%b,\"lossPercent\":%s,\"sent\":%d,\"received\":%d,"
            + "\"lost\":%d,\"duplicated\":%d,\"outOfOrder\":%d,\"p50Millis\":%.3f,\"p99Millis\":%.3f,"
            + "\"p999Millis\":%.3f,\"maxMillis\":%.3f,\"wirePackets\":%d,\"wireBytes\":%d,"
            + "\"wireBytesPerByte\":%.3f}")
        .formatted(
            protocol.label(),
            protocol.encrypted(),
            trimmed(lossPercent),
            sent,
            arrived.received(),
            lost(),
            arrived.duplicated(),
            arrived.outOfOrder(),
            arrived.p50Millis(),
            arrived.p99Millis(),
            arrived.p999Millis(),
            arrived.maxMillis(),
            wire.packets(),
            wire.bytes(),
            wireBytesPerByte());
  }

  /** The line of the table under {@link #TITLE}. */
  String row() {
    return ROW.formatted(
        trimmed(lossPercent) + " %",
        protocol.label(),
        arrived.p50Millis(),
        arrived.p99Millis(),
        arrived.p999Millis(),
        arrived.maxMillis(),
        wireBytesPerByte(),
        lost());
  }

  private static final String ROW = "%6s  %-17s %8.1f %8.1f %8.1f %8.1f %10.2f %8d";

  static final String TITLE =
      "  loss  protocol            p50 ms   p99 ms p99.9 ms   max ms  wire/byte     lost";

  private static String trimmed(double percent) {
    return percent == Math.rint(percent) ? Long.toString((long) percent) : Double.toString(percent);
  }
}

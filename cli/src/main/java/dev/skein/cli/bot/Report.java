package dev.skein.cli.bot;

import java.util.concurrent.TimeUnit;
import org.HdrHistogram.Histogram;

/**
 * What a run came to; its components are the fields of {@code --json}.
 *
 * @param bots wanted
 * @param connected still connected at the end
 * @param moved times a bot's session went on at another node, as nodes were drained
 * @param reconnected times a bot had to log in anew because its session was lost
 * @param returned times a bot came back into its room by itself after that ({@code bot room
 *     --check}, rooms with backups)
 * @param backMaxMillis the longest from the last a bot had heard in its room to its return
 * @param silenceMaxMillis the longest that a bot heard nothing in its room ({@code bot room
 *     --check}), returned or not
 * @param sent messages said
 * @param expected deliveries that should follow: for echo and direct messages one each, in a room
 *     one for every other member (the speaker's own is not relayed, so not counted), in a group or
 *     session one for every member
 * @param received deliveries, each message once per listener
 * @param lost expected and not received when the wait for stragglers was over
 * @param duplicated deliveries beyond the first
 * @param outOfOrder deliveries after a later message of the same speaker
 * @param orderViolations deliveries in another order than other members had, which only reliable
 *     messages of groups, sessions and checked rooms can be; in storages, reads older than a
 *     finished write
 * @param changes changes of properties that rooms acknowledged ({@code bot room --check})
 * @param changesLost those that were not there in the end
 * @param changesDoubled changes that were there twice
 * @param p50Millis percentiles of delivery latency, counted from the time a message was due
 * @param bytesIn and the rest: what the bots' sessions moved from connect to the end
 * @param seconds how long the bots spoke
 */
public record Report(
    int bots,
    int connected,
    long moved,
    long reconnected,
    long returned,
    double backMaxMillis,
    double silenceMaxMillis,
    long sent,
    long expected,
    long received,
    long lost,
    long duplicated,
    long outOfOrder,
    long orderViolations,
    long changes,
    long changesLost,
    long changesDoubled,
    double p50Millis,
    double p90Millis,
    double p99Millis,
    double p999Millis,
    double maxMillis,
    long bytesIn,
    long bytesOut,
    long datagramsIn,
    long datagramsOut,
    long retransmitted,
    double seconds) {

  /** The report of a tally. */
  static Report of(
      int bots,
      int connected,
      long moved,
      long reconnected,
      Tally tally,
      Traffic traffic,
      long spokenNanos) {
    Histogram latency = tally.latency();
    long received = tally.received();
    return new Report(
        bots,
        connected,
        moved,
        reconnected,
        tally.returned(),
        millis(tally.backMaxNanos()),
        millis(tally.silenceMaxNanos()),
        tally.sent(),
        tally.expected(),
        received,
        Math.max(0, tally.expected() - received),
        tally.duplicated(),
        tally.outOfOrder(),
        tally.orderViolations(),
        tally.changes(),
        tally.changesLost(),
        tally.changesDoubled(),
        millisAt(latency, 50),
        millisAt(latency, 90),
        millisAt(latency, 99),
        millisAt(latency, 99.9),
        millis(latency.getMaxValue()),
        traffic.bytesIn(),
        traffic.bytesOut(),
        traffic.datagramsIn(),
        traffic.datagramsOut(),
        traffic.retransmitted(),
        Math.round(spokenNanos / 1e6) / 1e3);
  }

  /** True if every delivery came once and in order. */
  public boolean flawless() {
    return connected == bots
        && lost == 0
        && duplicated == 0
        && outOfOrder == 0
        && orderViolations == 0
        && changesLost == 0
        && changesDoubled == 0;
  }

  /** A percentile in milliseconds, to the microsecond; 0 of nothing. */
  public static double millisAt(Histogram latencyNanos, double percentile) {
    return millis(latencyNanos.getValueAtPercentile(percentile));
  }

  private static double millis(long nanos) {
    return TimeUnit.NANOSECONDS.toMicros(nanos) / 1e3;
  }
}

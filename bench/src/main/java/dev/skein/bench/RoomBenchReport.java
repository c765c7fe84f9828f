package dev.skein.bench;

import java.io.PrintStream;
import java.util.Locale;

/**
 * What {@code bench room} came to; its components are the fields of {@code --json}.
 *
 * @param phases how the players' times follow each other
 * @param seconds measured, after the warm-up
 * @param cpuSecondsPerMillionDeliveries of the whole server process, user and system
 * @param deliveriesPerSecond messages that reached another member
 * @param p50Millis latency of a delivery from the time its message was due, and so on
 * @param serverCpuPercent of one core
 * @param playersCpuPercent of one core; spinning loops always use all of theirs
 * @param othersCpuPercent of one core, what everything else on the machine used meanwhile; -1 where
 *     the system does not tell
 * @param heapKilobytesPerIdleConnection growth of the server's heap, after a full collection, by
 *     1000 bytes and silent connection
 * @param heapKilobytesPerLoadedConnection the same after the run, rooms included
 * @param expected deliveries of the whole run, warm-up included, as are all below
 */
record RoomBenchReport(
    String transport,
    int bots,
    int roomSize,
    double rate,
    int size,
    int windowMillis,
    boolean reliable,
    String phases,
    double seconds,
    double cpuSecondsPerMillionDeliveries,
    double deliveriesPerSecond,
    double p50Millis,
    double p99Millis,
    double p999Millis,
    double maxMillis,
    double serverCpuPercent,
    double playersCpuPercent,
    double othersCpuPercent,
    double heapKilobytesPerIdleConnection,
    double heapKilobytesPerLoadedConnection,
    long expected,
    long received,
    long lost,
    long duplicated,
    long outOfOrder) {

  void print(PrintStream out) {
    out.printf(
        Locale.ROOT,
        "%,d players over %s in rooms of %d, %.0f Hz %s, %d B, %s, window %d ms, %.0f s%n",
        bots,
        transport,
        roomSize,
        rate,
        phases,
        size,
        reliable ? "reliable" : "unreliable",
        windowMillis,
        seconds);
    row(out, "server CPU", "%.2f s per million deliveries", cpuSecondsPerMillionDeliveries);
    row(
        out,
        "load",
        "%,.0f deliveries/s; server %.0f %%, players %.0f %%, others %.0f %% of a core",
        deliveriesPerSecond,
        serverCpuPercent,
        playersCpuPercent,
        othersCpuPercent);
    row(
        out,
        "latency",
        "p50 %.2f, p99 %.2f, p99.9 %.2f, max %.2f ms",
        p50Millis,
        p99Millis,
        p999Millis,
        maxMillis);
    row(
        out,
        "heap",
        "%.2f KB per silent connection, %.2f KB per playing one",
        heapKilobytesPerIdleConnection,
        heapKilobytesPerLoadedConnection);
    row(
        out,
        "deliveries",
        "%,d of %,d, %,d lost, %,d duplicated, %,d out of order",
        received,
        expected,
        lost,
        duplicated,
        outOfOrder);
  }

  private static void row(PrintStream out, String name, String format, Object... values) {
    out.println(
        String.format(Locale.ROOT, "  %-11s", name) + String.format(Locale.ROOT, format, values));
  }
}

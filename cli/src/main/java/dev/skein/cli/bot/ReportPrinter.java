package dev.skein.cli.bot;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.PrintStream;
import java.util.Locale;

/** Writes a report for people or for programs. */
public final class ReportPrinter {
  private static final ObjectMapper JSON = new ObjectMapper();

  private ReportPrinter() {}

  /** One JSON object on one line. */
  public static void json(Object report, PrintStream out) {
    try {
      out.println(JSON.writeValueAsString(report));
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a report is always writable", e);
    }
  }

  /** A table. */
  public static void table(String title, Report report, PrintStream out) {
    out.println(title);
    row(
        out,
        "bots",
        "%,d of %,d connected, %,d moves between nodes",
        report.connected(),
        report.bots(),
        report.moved());
    row(out, "spoke", "%,.1f s, %,d messages", report.seconds(), report.sent());
    row(out, "heard", "%,d of %,d deliveries", report.received(), report.expected());
    row(
        out,
        "wrong",
        "%,d lost, %,d duplicated, %,d out of order, %,d order violations",
        report.lost(),
        report.duplicated(),
        report.outOfOrder(),
        report.orderViolations());
    if (report.reconnected() > 0) {
      row(
          out,
          "lost",
          "%,d sessions, %,d returns into rooms, the longest after %.1f s, silence up to %.1f s",
          report.reconnected(),
          report.returned(),
          report.backMaxMillis() / 1e3,
          report.silenceMaxMillis() / 1e3);
    }
    if (report.changes() > 0) {
      row(
          out,
          "changes",
          "%,d acknowledged, %,d lost, %,d doubled",
          report.changes(),
          report.changesLost(),
          report.changesDoubled());
    }
    row(
        out,
        "latency",
        "p50 %.2f, p90 %.2f, p99 %.2f, p99.9 %.2f, max %.2f ms",
        report.p50Millis(),
        report.p90Millis(),
        report.p99Millis(),
        report.p999Millis(),
        report.maxMillis());
    row(
        out,
        "traffic",
        "in %,d B in %,d datagrams, out %,d B in %,d, %,d frames sent again",
        report.bytesIn(),
        report.datagramsIn(),
        report.bytesOut(),
        report.datagramsOut(),
        report.retransmitted());
  }

  private static void row(PrintStream out, String name, String format, Object... values) {
    out.printf(Locale.ROOT, "  %-8s " + format + "%n", prepend(name, values));
  }

  private static Object[] prepend(String name, Object[] values) {
    Object[] all = new Object[values.length + 1];
    all[0] = name;
    System.arraycopy(values, 0, all, 1, values.length);
    return all;
  }
}

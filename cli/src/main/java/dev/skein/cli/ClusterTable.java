package dev.skein.cli;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The nodes of a cluster as a table for people. */
final class ClusterTable {
  private static final List<String> TITLES =
      List.of("NODE", "ROLES", "TYPE", "STATE", "USERS", "VERSION", "UPTIME", "RTT");

  private ClusterTable() {}

  /** The lines of {@code {"nodes":[…]}}; columns are as wide as their widest cell. */
  static String of(JsonNode cluster) {
    List<List<String>> rows = new ArrayList<>();
    rows.add(TITLES);
    cluster.path("nodes").forEach(node -> rows.add(row(node)));
    int[] widths =
        IntStream.range(0, TITLES.size())
            .map(column -> rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0))
            .toArray();
    return rows.stream().map(row -> line(row, widths)).collect(Collectors.joining("\n"));
  }

  private static List<String> row(JsonNode node) {
    List<String> roles = new ArrayList<>();
    node.path("roles").forEach(role -> roles.add(role.asText().toLowerCase(Locale.ROOT)));
    return List.of(
        text(node, "node"),
        String.join(",", roles),
        text(node, "type"),
        text(node, "state"),
        text(node, "ccu"),
        text(node, "version"),
        node.has("uptimeMillis")
            ? duration(Duration.ofMillis(node.path("uptimeMillis").asLong()))
            : "-",
        node.has("meshRttMicros")
            ? String.format(Locale.ROOT, "%.1f ms", node.path("meshRttMicros").asDouble() / 1_000)
            : "no answer");
  }

  private static String text(JsonNode node, String field) {
    String value = node.path(field).asText();
    return value.isEmpty() ? "-" : value;
  }

  /** {@code 3d 4h}, {@code 4h 5m}, {@code 5m 6s} or {@code 6s}. */
  private static String duration(Duration time) {
    if (time.toDays() > 0) {
      return time.toDays() + "d " + time.toHoursPart() + "h";
    }
    if (time.toHours() > 0) {
      return time.toHours() + "h " + time.toMinutesPart() + "m";
    }
    return time.toMinutes() > 0
        ? time.toMinutes() + "m " + time.toSecondsPart() + "s"
        : time.toSeconds() + "s";
  }

  private static String line(List<String> row, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < row.size(); column++) {
      line.append(row.get(column)).repeat(' ', widths[column] - row.get(column).length() + 2);
    }
    return line.toString().stripTrailing();
  }
}

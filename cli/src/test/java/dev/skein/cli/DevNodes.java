package dev.skein.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The nodes of a {@code skein dev --nodes}, each a process, and what they know of each other. */
final class DevNodes implements AutoCloseable {
  /** Generous: what operators may rely on is in docs/OPERATIONS.md, for machines with time. */
  static final Duration NOTICE_LIMIT = Duration.ofSeconds(30);

  private static final ObjectMapper JSON = new ObjectMapper();

  private final SkeinProcess dev;
  private final JsonNode ready;

  private DevNodes(SkeinProcess dev, JsonNode ready) {
    this.dev = dev;
    this.ready = ready;
  }

  /** Starts so many, node-1 with HTTP, and waits until they see each other. */
  static DevNodes start(int count, Map<String, String> environment)
      throws IOException, InterruptedException {
    SkeinProcess dev =
        SkeinProcess.start(
            environment,
            "dev",
            "--nodes=" + count,
            "--http-port=0",
            "--udp-port=0",
            "--tcp-port=0",
            "--ws-port=0");
    String line = dev.nextLine();
    assertThat(line).startsWith(Node.READY);
    return new DevNodes(dev, JSON.readTree(line.substring(Node.READY.length())));
  }

  SkeinProcess process() {
    return dev;
  }

  /** What READY says. */
  JsonNode ready() {
    return ready;
  }

  String http() {
    return texts("http").getFirst();
  }

  /** The addresses of a role. */
  List<String> texts(String role) {
    List<String> texts = new ArrayList<>();
    ready.get(role).forEach(each -> texts.add(each.asText()));
    return texts;
  }

  void awaitNodes(String... names) {
    await("node-1 to see " + String.join(", ", names))
        .atMost(NOTICE_LIMIT)
        .until(() -> namesSeenBy(http()).equals(Set.of(names)));
  }

  void awaitGone(String name) {
    await("node-1 to miss " + name)
        .atMost(NOTICE_LIMIT)
        .until(() -> !namesSeenBy(http()).contains(name));
  }

  Set<String> namesSeenBy(String entry) throws InterruptedException {
    Set<String> names = new TreeSet<>();
    cluster(entry).get("nodes").forEach(node -> names.add(node.get("node").asText()));
    return names;
  }

  /** How many users each node has, as node-1 knows. */
  Map<String, Integer> users() throws InterruptedException {
    Map<String, Integer> users = new TreeMap<>();
    cluster(http())
        .get("nodes")
        .forEach(node -> users.put(node.get("node").asText(), node.get("ccu").asInt()));
    return users;
  }

  int usersOf(String name) throws InterruptedException {
    return users().getOrDefault(name, 0);
  }

  private static JsonNode cluster(String entry) throws InterruptedException {
    try (NodeHttp node = new NodeHttp(Addresses.http(entry), "")) {
      return node.cluster();
    }
  }

  /** A metric of all nodes together; what a node does not answer counts as nothing. */
  double sum(String metric) throws InterruptedException {
    List<String> entries = new ArrayList<>(texts("http"));
    entries.addAll(texts("admin"));
    double sum = 0;
    for (String entry : entries) {
      sum +=
          metrics(entry)
              .lines()
              .filter(line -> line.startsWith(metric + " "))
              .mapToDouble(line -> Double.parseDouble(line.substring(metric.length())))
              .sum();
    }
    return sum;
  }

  private static String metrics(String entry) throws InterruptedException {
    try (HttpClient http = HttpClient.newHttpClient()) {
      URI address = Addresses.http(entry).resolve("/metrics");
      return http.send(HttpRequest.newBuilder(address).build(), BodyHandlers.ofString()).body();
    } catch (IOException dead) {
      return "";
    }
  }

  /** Sends a node's process a signal, such as KILL. */
  void signal(String name, String node) throws IOException, InterruptedException {
    for (JsonNode each : ready.get("nodes")) {
      if (each.get("name").asText().equals(node)) {
        String pid = each.get("pid").asText();
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
      }
    }
  }

  @Override
  public void close() {
    dev.close();
  }
}

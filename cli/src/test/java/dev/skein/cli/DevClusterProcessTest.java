package dev.skein.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.skein.cli.bot.BotPlan;
import dev.skein.cli.bot.Crowd;
import dev.skein.cli.bot.Gathering;
import dev.skein.cli.bot.Report;
import dev.skein.client.Transport;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Three nodes as processes, bots on them, and what becomes of the others when one is paused,
 * drained and killed: in this order, as starting them costs the most.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(180)
class DevClusterProcessTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Generous: what operators may rely on is in docs/OPERATIONS.md, for machines with time. */
  private static final Duration NOTICE_LIMIT = Duration.ofSeconds(30);

  private static final int BOTS = 20;

  private SkeinProcess dev;
  private JsonNode ready;

  @BeforeAll
  void startDev() throws Exception {
    dev =
        SkeinProcess.start(
            "dev", "--nodes=3", "--http-port=0", "--udp-port=0", "--tcp-port=0", "--ws-port=0");
    String line = dev.nextLine();
    assertThat(line).startsWith(Node.READY);
    ready = JSON.readTree(line.substring(Node.READY.length()));
  }

  @AfterAll
  void stopDev() {
    dev.close();
  }

  @Test
  @Order(1)
  void readyNamesThePortsAndProcessesOfAllNodes() {
    assertThat(ready.get("http")).hasSize(1);
    for (String role : List.of("udp", "tcp", "ws", "admin")) {
      assertThat(texts(role)).as(role).hasSize(2).doesNotHaveDuplicates();
    }
    assertThat(ready.get("nodes")).hasSize(3);
  }

  @Test
  @Order(2)
  void everyNodeListsAllNodes() throws Exception {
    List<String> entries = new ArrayList<>(texts("http"));
    entries.addAll(texts("admin"));
    for (String entry : entries) {
      assertThat(nodesSeenBy(entry)).as(entry).isEqualTo(Set.of("node-1", "node-2", "node-3"));
    }
    try (SkeinProcess status =
        SkeinProcess.start("cluster", "status", "--json", "--http", entries.getFirst())) {
      assertThat(status.exitCode()).isZero();
      JsonNode nodes = JSON.readTree(status.stdoutLines().getLast()).get("nodes");
      assertThat(nodes)
          .allSatisfy(node -> {
            assertThat(node.get("state").asText()).isEqualTo("ONLINE");
            assertThat(node.get("ready").asBoolean()).isTrue();
            assertThat(node.get("meshRttMicros").isNumber()).isTrue();
          });
    }
  }

  @ParameterizedTest
  @EnumSource(BotPlan.Scene.class)
  @Order(3)
  void botsOnBothNodesHearEverythingOnceAndInOneOrder(BotPlan.Scene scene) throws Exception {
    List<Transport> transports = List.of(Transport.UDP, Transport.TCP, Transport.WS);
    BotPlan plan =
        new BotPlan(scene, Addresses.http(http()).toString(), transports, BOTS, 5, 5, 64, 2, true);
    try (Crowd crowd = Gathering.of(plan).gather()) {
      await("bots on both nodes")
          .atMost(NOTICE_LIMIT)
          .until(() -> usersOf("node-2") > 0 && usersOf("node-2") + usersOf("node-3") >= BOTS);
      assertThat(usersOf("node-3")).isPositive();
      crowd.speak();
      await("all to be said").atMost(NOTICE_LIMIT).until(() -> !crowd.isSpeaking());
      crowd.awaitStragglers(NOTICE_LIMIT);
      Report report = crowd.report();
      assertThat(report.flawless()).as(report::toString).isTrue();
    }
  }

  @Test
  @Order(4)
  void aPausedNodeIsDroppedAndComesBack() throws Exception {
    signal("STOP", "node-3");
    awaitNodes("node-1", "node-2");
    signal("CONT", "node-3");
    awaitNodes("node-1", "node-2", "node-3");
  }

  @Test
  @Order(5)
  void roomsAndPlayersOfANodeThatIsDrainedPlayOnElsewhere() throws Exception {
    BotPlan plan =
        new BotPlan(
            BotPlan.Scene.ROOM_CHECK,
            Addresses.http(http()).toString(),
            List.of(Transport.UDP),
            BOTS,
            4,
            10,
            64,
            10,
            true);
    try (Crowd crowd = Gathering.of(plan).gather()) {
      await("bots on the node to be drained")
          .atMost(NOTICE_LIMIT)
          .until(() -> usersOf("node-3") > 0 && usersOf("node-2") + usersOf("node-3") >= BOTS);
      crowd.speak();
      signal("TERM", "node-3");
      await("all to be said").atMost(NOTICE_LIMIT).until(() -> !crowd.isSpeaking());
      crowd.awaitStragglers(NOTICE_LIMIT);
      Report report = crowd.report();
      assertThat(report.flawless()).as(report::toString).isTrue();
      assertThat(report.moved()).as(report::toString).isPositive();
    }
    awaitNodes("node-1", "node-2");
  }

  @Test
  @Order(6)
  void aKilledNodeIsDroppedAndTheRestEndsWell() throws Exception {
    signal("KILL", "node-2");
    awaitNodes("node-1");
    // The others notice long before the process is reaped; one that ends itself says no more of it.
    await("the death to be reported")
        .atMost(NOTICE_LIMIT)
        .until(() -> dev.stderrSoFar().contains("node-2 | has ended with exit code 137"));
    dev.terminate();
    assertThat(dev.exitCode()).isZero();
    assertThat(dev.stderrText()).contains("node-3 | has ended with exit code 0");
    assertThat(dev.stdoutLines()).hasSize(1);
  }

  private String http() {
    return texts("http").getFirst();
  }

  private List<String> texts(String role) {
    List<String> texts = new ArrayList<>();
    ready.get(role).forEach(each -> texts.add(each.asText()));
    return texts;
  }

  private void awaitNodes(String... names) {
    await("node-1 to see " + String.join(", ", names))
        .atMost(NOTICE_LIMIT)
        .until(() -> nodesSeenBy(http()).equals(Set.of(names)));
  }

  private static Set<String> nodesSeenBy(String entry) throws InterruptedException {
    Set<String> names = new TreeSet<>();
    cluster(entry).get("nodes").forEach(node -> names.add(node.get("node").asText()));
    return names;
  }

  private int usersOf(String name) throws InterruptedException {
    for (JsonNode node : cluster(http()).get("nodes")) {
      if (node.get("node").asText().equals(name)) {
        return node.get("ccu").asInt();
      }
    }
    return 0;
  }

  private static JsonNode cluster(String entry) throws InterruptedException {
    try (NodeHttp node = new NodeHttp(Addresses.http(entry), "")) {
      return node.cluster();
    }
  }

  private void signal(String name, String node) throws Exception {
    for (JsonNode each : ready.get("nodes")) {
      if (each.get("name").asText().equals(node)) {
        String pid = each.get("pid").asText();
        assertThat(new ProcessBuilder("kill", "-" + name, pid).start().waitFor()).isZero();
      }
    }
  }
}

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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
  private static final int BOTS = 20;

  private DevNodes nodes;

  @BeforeAll
  void startDev() throws Exception {
    nodes = DevNodes.start(3, Map.of());
  }

  @AfterAll
  void stopDev() {
    nodes.close();
  }

  @Test
  @Order(1)
  void readyNamesThePortsAndProcessesOfAllNodes() {
    assertThat(nodes.ready().get("http")).hasSize(1);
    for (String role : List.of("udp", "tcp", "ws", "admin")) {
      assertThat(nodes.texts(role)).as(role).hasSize(2).doesNotHaveDuplicates();
    }
    assertThat(nodes.ready().get("nodes")).hasSize(3);
  }

  @Test
  @Order(2)
  void everyNodeListsAllNodes() throws Exception {
    List<String> entries = new ArrayList<>(nodes.texts("http"));
    entries.addAll(nodes.texts("admin"));
    for (String entry : entries) {
      assertThat(nodes.namesSeenBy(entry))
          .as(entry)
          .isEqualTo(Set.of("node-1", "node-2", "node-3"));
    }
    try (SkeinProcess status =
        SkeinProcess.start("cluster", "status", "--json", "--http", entries.getFirst())) {
      assertThat(status.exitCode()).isZero();
      JsonNode listed = JSON.readTree(status.stdoutLines().getLast()).get("nodes");
      assertThat(listed)
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
        new BotPlan(
            scene, Addresses.http(nodes.http()).toString(), transports, BOTS, 5, 10, 64, 1, true);
    try (Crowd crowd = Gathering.of(plan).gather()) {
      await("bots on both nodes")
          .atMost(DevNodes.NOTICE_LIMIT)
          .until(() ->
              nodes.usersOf("node-2") > 0
                  && nodes.usersOf("node-2") + nodes.usersOf("node-3") >= BOTS);
      assertThat(nodes.usersOf("node-3")).isPositive();
      crowd.speak();
      await("all to be said").atMost(DevNodes.NOTICE_LIMIT).until(() -> !crowd.isSpeaking());
      crowd.awaitStragglers(DevNodes.NOTICE_LIMIT);
      Report report = crowd.report();
      assertThat(report.flawless()).as(report::toString).isTrue();
    }
  }

  @Test
  @Order(4)
  void aPausedNodeIsDroppedAndComesBack() throws Exception {
    nodes.signal("STOP", "node-3");
    nodes.awaitNodes("node-1", "node-2");
    nodes.signal("CONT", "node-3");
    nodes.awaitNodes("node-1", "node-2", "node-3");
  }

  @Test
  @Order(5)
  void roomsAndPlayersOfANodeThatIsDrainedPlayOnElsewhere() throws Exception {
    BotPlan plan =
        new BotPlan(
            BotPlan.Scene.ROOM_CHECK,
            Addresses.http(nodes.http()).toString(),
            List.of(Transport.UDP),
            BOTS,
            4,
            10,
            64,
            10,
            true);
    try (Crowd crowd = Gathering.of(plan).gather()) {
      await("bots on the node to be drained")
          .atMost(DevNodes.NOTICE_LIMIT)
          .until(() ->
              nodes.usersOf("node-3") > 0
                  && nodes.usersOf("node-2") + nodes.usersOf("node-3") >= BOTS);
      crowd.speak();
      nodes.signal("TERM", "node-3");
      await("all to be said").atMost(DevNodes.NOTICE_LIMIT).until(() -> !crowd.isSpeaking());
      crowd.awaitStragglers(DevNodes.NOTICE_LIMIT);
      Report report = crowd.report();
      assertThat(report.flawless()).as(report::toString).isTrue();
      assertThat(report.moved()).as(report::toString).isPositive();
    }
    nodes.awaitNodes("node-1", "node-2");
  }

  @Test
  @Order(6)
  void aKilledNodeIsDroppedAndTheRestEndsWell() throws Exception {
    nodes.signal("KILL", "node-2");
    nodes.awaitNodes("node-1");
    // The others notice long before the process is reaped; one that ends itself says no more of it.
    await("the death to be reported")
        .atMost(DevNodes.NOTICE_LIMIT)
        .until(
            () -> nodes.process().stderrSoFar().contains("node-2 | has ended with exit code 137"));
    SkeinProcess dev = nodes.process();
    dev.terminate();
    assertThat(dev.exitCode()).isZero();
    assertThat(dev.stderrText()).contains("node-3 | has ended with exit code 0");
    assertThat(dev.stdoutLines()).hasSize(1);
  }
}

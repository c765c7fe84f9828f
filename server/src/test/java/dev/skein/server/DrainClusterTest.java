package dev.skein.server;

import static dev.skein.server.ClusterOfServers.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.skein.client.Client;
import dev.skein.client.ReconnectPolicy;
import dev.skein.mesh.NodeState;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.server.config.ConfigException;
import dev.skein.server.config.Settings;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class DrainClusterTest {
  private final ClusterOfServers cluster = new ClusterOfServers();

  @AfterEach
  void stop() {
    cluster.close();
  }

  /** Notes the order of what happens to it. */
  private static final class Drained implements Module {
    final List<String> seen = new ArrayList<>();

    @Override
    public String name() {
      return "drained";
    }

    @Override
    public void install(ModuleContext context) {
      context.onUserDiscard((user, reason) -> seen.add("discard"));
    }

    @Override
    public CompletionStage<Void> drain() {
      seen.add("drain");
      return CompletableFuture.completedFuture(null);
    }

    @Override
    public void stop() {
      seen.add("stop");
    }
  }

  @Test
  void theUsersOfANodeThatStopsGoOnElsewhereWithTheSameSession() throws Exception {
    cluster.start(UnaryOperator.identity(), "stays");
    Drained module = new Drained();
    Server leaving =
        cluster.add(
            "leaves",
            builder ->
                builder
                    .listen(Port.udp(0), Port.tcp(0))
                    .with(module)
                    .set(Settings.SERVER_DRAIN_MOVES_MAX_COUNT, 2));
    until(() -> cluster.server("entry").mesh().nodesByRole("UDP").size() == 2);
    BlockingQueue<CloseReason> ends = new LinkedBlockingQueue<>();
    List<Client> clients = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      Client client = cluster.connect("u" + i, "leaves");
      client.onDisconnected(ends::add);
      clients.add(client);
    }
    List<String> sids = clients.stream().map(Client::sid).toList();
    leaving.stop();
    assertThat(leaving.state()).isEqualTo(NodeState.OFFLINE);
    until(() -> cluster.server("stays").ccu() == 6);
    assertThat(ends).isEmpty();
    assertThat(clients.stream().map(Client::sid).toList()).isEqualTo(sids);
    assertThat(module.seen).containsExactly("drain", "stop");
    for (Client client : clients) {
      assertThat(client.call(0, 1, new byte[] {7}).get(30, TimeUnit.SECONDS)).containsExactly(7);
      assertThat(
              cluster
                  .server("entry")
                  .directory()
                  .locate(client.uid())
                  .toCompletableFuture()
                  .get(30, TimeUnit.SECONDS)
                  .orElseThrow()
                  .node())
          .isEqualTo("stays");
    }
  }

  @Test
  void whoCannotMoveIsToldToLogInAgainAndDoes() throws Exception {
    cluster.start(UnaryOperator.identity(), "leaves");
    // The other node's sessions are smaller, so it takes in nobody else's.
    cluster.add(
        "stays",
        builder ->
            builder
                .listen(Port.udp(0))
                .set(Settings.SESSION_SEND_QUEUE_MAX_BYTES, 65_536)
                .set(Settings.SESSION_CHANNELS_COUNT, 1));
    until(() -> cluster.server("entry").mesh().nodesByRole("UDP").size() == 2);
    BlockingQueue<CloseReason> ends = new LinkedBlockingQueue<>();
    Client alice = cluster.login("alice", "leaves", new ReconnectPolicy(50, 1_000, 0.5, 20)).join();
    alice.onDisconnected(ends::add);
    until(() -> cluster.server("leaves").user("alice").isPresent());
    cluster.server("leaves").stop();
    CloseReason end = ends.poll(30, TimeUnit.SECONDS);
    assertThat(end).isNotNull().extracting(CloseReason::code).isEqualTo(Code.DRAINING);
    until(() -> cluster.server("stays").user("alice").isPresent());
  }

  @Test
  void theUsersOfTheLastNodeAreToldThatItGoesDownWithoutAWait() throws Exception {
    cluster.start(UnaryOperator.identity(), "one");
    BlockingQueue<CloseReason> ends = new LinkedBlockingQueue<>();
    cluster.connect("alice", "one").onDisconnected(ends::add);
    cluster.server("one").stop();
    CloseReason end = ends.poll(30, TimeUnit.SECONDS);
    assertThat(end).isNotNull().extracting(CloseReason::code).isEqualTo(Code.SHUTDOWN);
  }

  @Test
  void operatorsSeeTheClusterAndDrainANodeOfIt() throws Exception {
    cluster.start(UnaryOperator.identity(), "one", "two");
    cluster.connect("alice", "one");
    until(() -> cluster.server("entry").clusterCcu() == 1);
    JsonNode status = new ObjectMapper().readTree(cluster.call("GET", "/cluster", null).body());
    assertThat(status.get("node").asText()).isEqualTo("entry");
    assertThat(status.get("ccu").asInt()).isEqualTo(1);
    assertThat(status.get("nodes").findValuesAsText("node")).containsExactly("entry", "one", "two");
    JsonNode one = status.get("nodes").get(1);
    assertThat(one.get("roles").toString()).isEqualTo("[\"TCP\",\"UDP\"]");
    assertThat(one.get("state").asText()).isEqualTo("ONLINE");
    assertThat(one.get("ready").asBoolean()).isTrue();
    assertThat(one.get("uptimeMillis").asLong()).isNotNegative();
    assertThat(one.get("meshRttMicros").asLong()).isPositive();
    assertThat(status.get("nodes").get(0).get("roles").toString()).isEqualTo("[\"HTTP\"]");

    assertThat(cluster.call("POST", "/cluster/drain/nowhere", null).statusCode()).isEqualTo(404);
    for (String wrong : List.of("0", "-1", "3600001", "soon")) {
      String path = "/cluster/drain/one?deadlineMillis=" + wrong;
      assertThat(cluster.call("POST", path, null).statusCode()).isEqualTo(400);
    }
    HttpResponse<String> draining = cluster.call("POST", "/cluster/drain/one", null);
    assertThat(draining.statusCode()).isEqualTo(202);
    assertThat(draining.body()).isEqualTo("{\"node\":\"one\",\"ccu\":1}");
    cluster.server("one").await();
    until(() -> cluster.server("two").user("alice").isPresent());
    assertThat(cluster.server("entry").mesh().node("one")).isEmpty();
  }

  /** Drains only when it is too late. */
  private static final class Endless implements Module {
    @Override
    public String name() {
      return "endless";
    }

    @Override
    public void install(ModuleContext context) {}

    @Override
    public CompletionStage<Void> drain() {
      return new CompletableFuture<>();
    }
  }

  @Test
  void theDeadlineOfADrainOverridesThatOfTheNode() throws Exception {
    cluster.start(UnaryOperator.identity(), "stays");
    Server leaving =
        cluster.add(
            "leaves",
            builder ->
                builder
                    .listen(Port.udp(0))
                    .with(new Endless())
                    .set(Settings.SERVER_SHUTDOWN_TIMEOUT_MILLIS, 3_600_000));
    until(() -> cluster.server("entry").mesh().nodesByRole("UDP").size() == 2);
    cluster.connect("alice", "leaves");
    String path = "/cluster/drain/leaves?deadlineMillis=400";
    assertThat(cluster.call("POST", path, null).statusCode()).isEqualTo(202);
    assertThat(leaving.await(ClusterOfServers.LIMIT)).isTrue();
  }

  @Test
  void onlyTheTokenOpensTheCallsOfOperators() throws Exception {
    cluster.start(builder -> builder.set(Settings.HTTP_ADMIN_TOKEN, "sesame"), "one");
    for (String wrong : List.of("", "sesam", "sesame2")) {
      assertThat(cluster.call("GET", "/cluster", wrong).statusCode()).isEqualTo(401);
      assertThat(cluster.call("POST", "/cluster/drain/one", wrong).statusCode()).isEqualTo(401);
    }
    assertThat(cluster.call("GET", "/cluster", "sesame").statusCode()).isEqualTo(200);
    assertThat(cluster.server("one").state()).isEqualTo(NodeState.ONLINE);
  }

  @Test
  void withoutATokenTheCallsOfOperatorsAreClosedWhereLoginsAreChecked() throws Exception {
    cluster.start(builder -> builder.authenticator(login -> {}), "one");
    assertThat(cluster.call("GET", "/cluster", null).statusCode()).isEqualTo(403);
  }

  @Test
  void aNodeWhoseTicketsTheOthersCouldNotOpenDoesNotStart() {
    cluster.start(UnaryOperator.identity(), "one");
    assertThatThrownBy(() ->
            cluster.add(
                "stranger",
                builder ->
                    builder
                        .listen(Port.udp(0))
                        .set(Settings.MESH_SECRET, "the secret of other people")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("server.masterKey")
        .hasMessageNotContaining("other people");
    until(() -> cluster.server("entry").mesh().nodes().size() == 2);
  }

  @Test
  void aNodeIsNotReadyBeforeItHasSeenAsManyOthersAsItShould() throws Exception {
    Server first =
        cluster.add(
            "entry", builder -> builder.listen(Port.http(0)).set(Settings.MESH_NODES_MIN_COUNT, 2));
    assertThat(cluster.call("GET", "/health/ready", null).statusCode()).isEqualTo(503);
    Server second = cluster.add("two", UnaryOperator.identity());
    until(first::isReady);
    second.stop();
    until(() -> first.mesh().nodes().size() == 1);
    assertThat(cluster.call("GET", "/health/ready", null).statusCode()).isEqualTo(200);
  }
}

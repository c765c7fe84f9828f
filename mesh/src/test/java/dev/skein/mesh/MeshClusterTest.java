package dev.skein.mesh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.skein.mesh.engine.Engine;
import dev.skein.mesh.engine.EngineException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Three nodes of two roles and two types, in one JVM: one of HTTP, two of UDP. */
@Timeout(30)
class MeshClusterTest {
  private static final Duration PATIENCE = Duration.ofSeconds(20);

  private static final int COMMAND = Mesh.RESERVED_MAX_ID + 1;

  private final LinkedNodes links = new LinkedNodes();
  private final List<MeshNode> nodes = new ArrayList<>();
  private final BlockingQueue<String> heard = new LinkedBlockingQueue<>();
  private final CountDownLatch gate = new CountDownLatch(1);
  private final MeshNode entry = node("entry", "web", "HTTP");
  private final MeshNode game = node("game", "game", "UDP");
  private final MeshNode battle = node("battle", "game", "UDP");

  @AfterEach
  void close() {
    gate.countDown();
    nodes.forEach(MeshNode::close);
    links.close();
  }

  private MeshNode node(String address, String type, String role) {
    MeshNode node =
        new MeshNode(
            links.node(address),
            new NodeInfo(
                address,
                nodes.size(),
                type,
                NodeState.ONLINE,
                Map.of(role, "public." + address + ":7000"),
                0,
                "1",
                Map.of("zone", "east")),
            MeshSettings.DEFAULTS.withRequestTimeoutMillis(2_000),
            MeshRuntime.ofJdk());
    nodes.add(node);
    return node;
  }

  private void start() {
    for (MeshNode node : nodes) {
      node.start();
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .until(() -> nodes.stream().allMatch(node -> node.nodes().size() == nodes.size()));
  }

  @Test
  void nodesAreFoundByRoleByTypeAndByAddressAllOrOneAtRandom() {
    start();
    assertThat(addresses(entry.nodesByRole("UDP"))).containsExactly("battle", "game");
    assertThat(addresses(game.nodesByRole("HTTP"))).containsExactly("entry");
    assertThat(addresses(entry.nodesByType("game"))).containsExactly("battle", "game");
    assertThat(game.nodesByType("nothing")).isEmpty();
    Set<String> drawn = new HashSet<>();
    for (int i = 0; i < 200; i++) {
      drawn.add(entry.anyNodeByRole("UDP").orElseThrow().address());
      drawn.add(entry.anyNodeByType("game").orElseThrow().address());
    }
    assertThat(drawn).containsExactlyInAnyOrder("battle", "game");
    assertThat(entry.anyNodeByRole("WS")).isEmpty();
    assertThat(entry.anyNodeByType("nothing")).isEmpty();
  }

  @Test
  void aNodesRoleTypeEndpointStateAndOwnValuesAreKnownByItsAddressEverywhere() {
    start();
    NodeInfo seen = entry.node("battle").orElseThrow();
    assertThat(seen.hasRole("UDP")).isTrue();
    assertThat(seen.hasRole("HTTP")).isFalse();
    assertThat(seen.type()).isEqualTo("game");
    assertThat(seen.endpoints()).containsEntry("UDP", "public.battle:7000");
    assertThat(seen.state()).isEqualTo(NodeState.ONLINE);
    assertThat(seen.custom()).containsEntry("zone", "east");
    assertThat(entry.node("nobody")).isEmpty();
    assertThat(battle.self()).isEqualTo(seen);
  }

  @Test
  void takenAndOfflineAreSeenByAllOthers() {
    start();
    for (NodeState state : List.of(NodeState.TAKEN, NodeState.OFFLINE, NodeState.ONLINE)) {
      battle.update(self -> self.withState(state));
      await()
          .atMost(PATIENCE)
          .until(() ->
              entry.node("battle").orElseThrow().state() == state
                  && game.node("battle").orElseThrow().state() == state);
    }
  }

  @Test
  void aNodeThatLeavesIsTakenOffTheListAndListenersHearOfIt() {
    entry.onNodes(
        new NodeListener() {
          @Override
          public void onJoin(NodeInfo node) {
            heard.add("+" + node.address());
          }

          @Override
          public void onChange(NodeInfo before, NodeInfo after) {
            heard.add(after.address() + " " + after.ccu());
          }

          @Override
          public void onLeave(NodeInfo node) {
            heard.add("-" + node.address());
          }
        });
    start();
    battle.update(self -> self.withCcu(5));
    await().atMost(PATIENCE).until(() -> heard.contains("battle 5"));
    battle.close();
    await().atMost(PATIENCE).until(() -> heard.contains("-battle"));
    assertThat(heard).contains("+game", "+battle");
    assertThat(entry.node("battle")).isEmpty();
  }

  @Test
  void aCommandReachesEachAddresseeOnceReliableOrNot() throws InterruptedException {
    nodes.forEach(node ->
        node.onRequest(
            COMMAND,
            (sender, data) -> {
              heard.add(node.self().address() + " from " + sender + ": " + data.get("text"));
              return null;
            }));
    start();
    game.send(COMMAND, List.of("entry", "battle", "battle"), Map.of("text", "sure"), true);
    game.send(COMMAND, List.of("game"), Map.of("text", "maybe"), false);
    List<String> got = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      got.add(String.valueOf(heard.poll(30, TimeUnit.SECONDS)));
    }
    assertThat(got)
        .containsExactlyInAnyOrder(
            "entry from game: sure", "battle from game: sure", "game from game: maybe");
    assertThat(heard).isEmpty();
  }

  record Score(String uid, int points) {}

  @Test
  void aRequestWithAMapOrARecordIsAnsweredWithAMap() {
    battle.onRequest(
        COMMAND,
        (sender, data) ->
            Map.of("sender", sender, "double", 2 * (Integer) data.getOrDefault("points", 0)));
    start();
    assertThat(join(entry.request(COMMAND, "battle", Map.of("points", 4))))
        .isEqualTo(Map.of("sender", "entry", "double", 8));
    assertThat(join(game.request(COMMAND, "battle", new Score("alice", 5))))
        .isEqualTo(Map.of("sender", "game", "double", 10));
  }

  @Test
  void anRpcCarriesBytesThereAndBack() {
    battle.onRpc(COMMAND, (sender, data) -> (sender + data.length).getBytes(UTF_8));
    start();
    assertThat(new String(join(entry.rpc(COMMAND, "battle", new byte[100_000])), UTF_8))
        .isEqualTo("entry100000");
  }

  @Test
  void handlersErrorNetworksErrorAndWrongDataAreThreeDifferentExceptions() {
    battle.onRequest(
        COMMAND,
        (sender, data) -> {
          throw new IllegalStateException("no such player");
        });
    start();
    assertFails(
        entry.request(COMMAND, "battle", Map.of()),
        MeshException.HandlerFailed.class,
        "no such player");
    assertFails(
        entry.request(COMMAND, "nobody", Map.of()),
        MeshException.NetworkFailed.class,
        "no node nobody");
    assertFails(
        entry.request(COMMAND, "game", Map.of()), MeshException.NetworkFailed.class, "no handler");
    assertThatThrownBy(() -> entry.request(COMMAND, "battle", Map.of("who", new Object())))
        .isInstanceOf(IllegalArgumentException.class);
    byte[] tooLong = new byte[MeshSettings.DEFAULTS.messageMaxBytes() + 1];
    assertThatThrownBy(() -> entry.rpc(COMMAND, "battle", tooLong))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("above 4194304");
  }

  @Test
  void aHandlerThatIsTooSlowIsANetworksErrorAndOneThatDiesMeanwhileAtOnce() {
    for (MeshNode node : List.of(game, battle)) {
      node.onRpc(
          COMMAND,
          (sender, data) -> {
            gate.await();
            return data;
          });
    }
    start();
    CompletionStage<byte[]> slow = entry.rpc(COMMAND, "game", new byte[0]);
    CompletionStage<byte[]> dying = entry.rpc(COMMAND, "battle", new byte[0]);
    battle.close();
    assertFails(dying, MeshException.NetworkFailed.class, "battle left");
    assertFails(slow, MeshException.NetworkFailed.class, "within 2000 ms");
  }

  @Test
  void sharedDataIsTheSameEverywhereAndCallbacksComeAndGo() {
    SharedData.UpdateListener updates = (key, value) -> heard.add(key + "=" + value);
    Consumer<String> removals = heard::add;
    battle.sharedData().onUpdate(updates);
    battle.sharedData().onRemove(removals);
    entry.sharedData().set("early", (short) 3);
    start();
    awaitShared("early", 3);
    game.sharedData().set("level", (short) -4);
    awaitShared("level", -4);
    await().atMost(PATIENCE).until(() -> heard.contains("level=-4"));
    battle.sharedData().removeOnUpdate(updates);
    entry.sharedData().set("level", (short) 9);
    awaitShared("level", 9);
    entry.sharedData().remove("level");
    await().atMost(PATIENCE).until(() -> heard.contains("level"));
    assertThat(battle.sharedData().get("level")).isEmpty();
    battle.sharedData().removeOnRemove(removals);
    game.sharedData().remove("early");
    await().atMost(PATIENCE).until(() -> battle.sharedData().get("early").isEmpty());
    assertThat(heard).doesNotContain("level=9", "early");
  }

  @Test
  void aNodeOfAnotherVersionIsRefusedAndTheNewcomerIsToldWhy() {
    start();
    Engine stranger = links.node("stranger");
    stranger.start(
        new Engine.Listener() {
          @Override
          public void onView(List<String> addresses) {}

          @Override
          public void onFrame(String sender, byte[] frame) {}
        });
    NodeInfo info = entry.self().withAddress("stranger");
    stranger.send("entry", new Frame.Node(9, 8, true, info).encode(), true);
    stranger.send("entry", new byte[] {77}, true);
    await().atMost(PATIENCE).until(() -> entry.stats().malformed() == 1);
    assertThat(entry.node("stranger")).isEmpty();
    // The established nodes go on; a newcomer that meets the stranger's version does not join.
    assertThat(entry.isReady()).isTrue();
    MeshNode late = node("late", "game", "UDP");
    late.start();
    stranger.send("late", new Frame.Node(9, 8, false, info).encode(), true);
    assertThatThrownBy(() -> late.joined().toCompletableFuture().join())
        .cause()
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("stranger")
        .hasMessageContaining("version 9");
    assertThat(late.isReady()).isFalse();
  }

  @Test
  void twoNodesOfOneNameCannotBothJoin() {
    start();
    MeshNode twin = node("game", "game", "UDP");
    assertThatThrownBy(twin::start)
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("named game");
  }

  @Test
  void handlersTopicsAndStoresAreSetOnceAndBeforeStart() {
    Topic.Handler handler = new IgnoringHandler();
    game.onRequest(COMMAND, (sender, data) -> null);
    game.topic("room", handler);
    assertThatThrownBy(() -> game.onRequest(COMMAND, (sender, data) -> null))
        .hasMessage("mesh command 10001 has a handler already");
    assertThatThrownBy(() -> game.onRpc(1, (sender, data) -> data))
        .hasMessage("mesh RPC 1 is not within 10001..65535");
    assertThatThrownBy(() -> game.topic("room", handler)).hasMessage("topic room is open already");
    start();
    assertThatThrownBy(() -> game.topic("late", handler))
        .hasMessage("topic late is opened after start");
    assertThatThrownBy(() -> game.onRpc(COMMAND, (sender, data) -> data))
        .hasMessage("mesh RPC 10001 is set after start");
    assertThatThrownBy(() ->
            game.store(
                StoreOptions.named("late"),
                (current, operation, now) -> {
                  throw new AssertionError();
                }))
        .hasMessage("store late is opened after start");
  }

  private static final class IgnoringHandler implements Topic.Handler {
    @Override
    public void onMessage(String sender, byte[] message) {}

    @Override
    public CompletionStage<byte[]> onAsk(String sender, byte[] question) {
      return CompletableFuture.completedFuture(question);
    }
  }

  private void awaitShared(String key, int value) {
    await()
        .atMost(PATIENCE)
        .until(() ->
            nodes.stream()
                .allMatch(node -> node.sharedData().get(key).orElse(Integer.MIN_VALUE) == value));
  }

  private static List<String> addresses(List<NodeInfo> found) {
    return found.stream().map(NodeInfo::address).toList();
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private static void assertFails(
      CompletionStage<?> stage, Class<? extends MeshException> how, String because) {
    assertThatThrownBy(() -> join(stage))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(how)
        .hasMessageContaining(because);
  }
}

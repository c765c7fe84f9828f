package dev.skein.mesh.clustered;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.MeshNode;
import dev.skein.mesh.MeshRuntime;
import dev.skein.mesh.MeshSettings;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeState;
import dev.skein.mesh.Store;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;

/** A whole mesh node over the engine, with a store of counters, that does what others ask for. */
final class MeshedNode implements AutoCloseable {
  private static final int SET = Mesh.RESERVED_MAX_ID + 1;
  private static final int GET = SET + 1;
  private static final int NOTHING = -1;
  private static final long LIMIT_SECONDS = 20;

  final InfinispanEngine engine;
  final MeshNode mesh;
  private final Store counters;

  private MeshedNode(ClusterConfig config) {
    engine = new InfinispanEngine(config, ClusterConfig.PROTOCOL_VERSION);
    mesh =
        new MeshNode(
            engine,
            new NodeInfo(
                config.name(),
                ThreadLocalRandom.current().nextLong(),
                "",
                NodeState.ONLINE,
                Map.of(),
                0,
                "1",
                Map.of()),
            MeshSettings.DEFAULTS,
            MeshRuntime.ofJdk());
    counters = mesh.store(TestNode.COUNTERS, TestNode::add);
    mesh.onRequest(
        SET,
        (sender, data) -> {
          data.forEach((key, value) -> mesh.sharedData().set(key, ((Integer) value).shortValue()));
          return Map.of();
        });
    mesh.onRequest(
        GET,
        (sender, data) ->
            Map.of(
                "value", mesh.sharedData().get(String.valueOf(data.get("key"))).orElse(NOTHING)));
  }

  static MeshedNode start(ClusterConfig.Builder config) {
    MeshedNode node = new MeshedNode(config.build());
    node.mesh.start();
    return node;
  }

  /** Has another node, or this one, change what all share. */
  void haveSet(String node, String key, int value) throws Exception {
    answer(mesh.request(SET, node, Map.of(key, value)));
  }

  /** What another node, or this one, has under a key of what all share; -1: nothing. */
  int sharedAt(String node, String key) throws Exception {
    Map<String, Object> answer = answer(mesh.request(GET, node, Map.of("key", key)));
    return (Integer) answer.getOrDefault("value", NOTHING);
  }

  void add(String key, long step) throws Exception {
    answer(counters.apply(key, TestNode.bytes(step)));
  }

  long get(String key) throws Exception {
    return answer(counters.get(key)).map(value -> ByteBuffer.wrap(value).getLong()).orElse(-1L);
  }

  boolean seesJust(List<String> names) {
    return mesh.nodes().stream().map(NodeInfo::address).toList().equals(names);
  }

  private static <T> T answer(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  @Override
  public void close() {
    mesh.close();
  }
}

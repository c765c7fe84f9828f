package dev.skein.mesh.clustered;

import static org.awaitility.Awaitility.await;

import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import dev.skein.mesh.engine.Engine;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An engine that notes what it hears, with a store of counters. */
final class TestNode implements Engine.Listener, AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(20);
  static final StoreOptions COUNTERS = StoreOptions.named("counters");

  final InfinispanEngine engine;
  final Store counters;
  final List<List<String>> views = new CopyOnWriteArrayList<>();
  final List<String> heard = new CopyOnWriteArrayList<>();

  private TestNode(
      ClusterConfig config, int protocolVersion, StoreOptions options, Store.Operator operator) {
    engine = new InfinispanEngine(config, protocolVersion);
    counters = engine.store(options, operator);
  }

  /** Adds the number in the operation; 0 removes, a negative sum is refused. */
  static Store.Outcome add(byte @Nullable [] current, byte[] operation, long nowMillis) {
    long step = ByteBuffer.wrap(operation).getLong();
    long sum = step + (current == null ? 0 : ByteBuffer.wrap(current).getLong());
    if (sum < 0) {
      throw new IllegalArgumentException("below zero");
    }
    byte[] value = bytes(sum);
    return new Store.Outcome(step == 0 ? null : value, 0, value);
  }

  static byte[] bytes(long number) {
    return ByteBuffer.allocate(Long.BYTES).putLong(number).array();
  }

  static TestNode start(ClusterConfig.Builder config) {
    return start(config, ClusterConfig.PROTOCOL_VERSION, COUNTERS);
  }

  static TestNode start(ClusterConfig.Builder config, int protocolVersion, StoreOptions options) {
    return start(new TestNode(config.build(), protocolVersion, options, TestNode::add));
  }

  /** With a store that is no counter. */
  static TestNode start(ClusterConfig.Builder config, Store.Operator operator) {
    return start(new TestNode(config.build(), ClusterConfig.PROTOCOL_VERSION, COUNTERS, operator));
  }

  private static TestNode start(TestNode node) {
    node.engine.start(node);
    return node;
  }

  /** Starts nodes of these names, one after the other, and waits until all are ready. */
  static List<TestNode> cluster(ClusterConfig.Builder config, String... names) {
    List<TestNode> nodes = new ArrayList<>();
    for (String name : names) {
      nodes.add(start(config.name(name)));
    }
    awaitWhole(nodes);
    return nodes;
  }

  static void awaitWhole(List<TestNode> nodes) {
    Set<String> names = Set.copyOf(nodes.stream().map(node -> node.engine.address()).toList());
    await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(20))
        .until(() ->
            nodes.stream()
                .allMatch(node ->
                    node.engine.isWhole()
                        && node.engine.members().size() == names.size()
                        && names.containsAll(node.engine.members())));
  }

  long add(String key, long step) throws Exception {
    return ByteBuffer.wrap(
            counters
                .apply(key, bytes(step))
                .toCompletableFuture()
                .get(LIMIT.toSeconds(), TimeUnit.SECONDS))
        .getLong();
  }

  long get(String key) throws Exception {
    return counters
        .get(key)
        .toCompletableFuture()
        .get(LIMIT.toSeconds(), TimeUnit.SECONDS)
        .map(value -> ByteBuffer.wrap(value).getLong())
        .orElse(-1L);
  }

  boolean say(String to, String text) {
    return engine.send(to, text.getBytes(StandardCharsets.UTF_8), true);
  }

  /** The same for what may wait for company. */
  boolean mention(String to, String text) {
    return engine.sendGathered(to, text.getBytes(StandardCharsets.UTF_8));
  }

  @Override
  public void onView(List<String> addresses) {
    views.add(addresses);
  }

  @Override
  public void onFrame(String sender, byte[] frame) {
    heard.add(sender + ": " + new String(frame, StandardCharsets.UTF_8));
  }

  @Override
  public void close() {
    engine.close();
  }
}

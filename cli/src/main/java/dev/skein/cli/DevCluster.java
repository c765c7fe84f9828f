package dev.skein.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.skein.mesh.clustered.MeshPorts;
import dev.skein.server.Role;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Setting;
import dev.skein.server.config.Settings;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.ToIntFunction;
import java.util.stream.Collectors;

/**
 * Several meshed nodes on this desk, each a process of its own: the first has the HTTP role, the
 * others UDP, TCP and WebSocket. One thread runs it; a signal stops it.
 */
final class DevCluster {
  static final int NODES_MAX_COUNT = 16;

  private static final int MASTER_KEY_BYTES = 32;
  private static final Duration READY_LIMIT = Duration.ofMinutes(1);
  private static final Duration STOP_MARGIN = Duration.ofSeconds(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final List<Map<String, String>> environments;
  private final Duration stopLimit;
  private final List<ChildNode> nodes = new ArrayList<>();
  private final AtomicBoolean over = new AtomicBoolean();

  private DevCluster(List<Map<String, String>> environments, Duration stopLimit) {
    this.environments = environments;
    this.stopLimit = stopLimit;
  }

  /**
   * Plans the nodes.
   *
   * @param count 2 to {@value #NODES_MAX_COUNT}
   * @param ports the first port of each role; 0: any free ones
   * @throws Refusal if there are too many nodes, or ports run out of range
   */
  static DevCluster of(int count, NodeConfig config, ToIntFunction<Role> ports) {
    if (count < 2 || count > NODES_MAX_COUNT) {
      throw new Refusal("--nodes " + count + " is not within 1.." + NODES_MAX_COUNT);
    }
    List<Integer> meshPorts = MeshPorts.free(count);
    String seeds =
        meshPorts.stream().map(port -> "127.0.0.1:" + port).collect(Collectors.joining(","));
    String masterKey = masterKey(config);
    List<Map<String, String>> environments = new ArrayList<>();
    for (int number = 0; number < count; number++) {
      Map<String, String> environment = new TreeMap<>();
      listeners(number, ports)
          .forEach((role, port) -> put(environment, ListenOptions.setting(role), port));
      put(environment, Settings.ADMIN_PORT, number == 0 ? -1 : 0);
      put(environment, Settings.SERVER_MASTER_KEY, masterKey);
      put(environment, Settings.MESH_PORT, meshPorts.get(number));
      put(environment, Settings.MESH_SEEDS, seeds);
      put(environment, Settings.MESH_NODE_NAME, name(number));
      put(environment, Settings.MESH_NODES_MIN_COUNT, count);
      environments.add(environment);
    }
    int shutdownMillis = config.get(Settings.SERVER_SHUTDOWN_TIMEOUT_MILLIS);
    return new DevCluster(environments, Duration.ofMillis(shutdownMillis).plus(STOP_MARGIN));
  }

  /** Starts the nodes, says READY and waits; the exit code. */
  int run() throws IOException, InterruptedException {
    Runtime.getRuntime().addShutdownHook(new Thread(this::onSignal, "stop"));
    List<String> command = nodeCommand();
    for (int number = 0; number < environments.size(); number++) {
      ChildNode node = ChildNode.start(name(number), command, environments.get(number));
      nodes.add(node);
      System.err.println(node.name() + " | process " + node.pid());
    }
    try {
      System.out.println(awaitReady());
      System.out.flush();
    } catch (ExecutionException | TimeoutException e) {
      return giveUp();
    }
    List<CompletableFuture<Void>> ends = nodes.stream().map(this::reportEnd).toList();
    CompletableFuture.allOf(ends.toArray(CompletableFuture[]::new)).join();
    return endAs(1, "every node has ended");
  }

  /** One line with the addresses of all nodes, when the last of them sees all the others. */
  private String awaitReady() throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<Void> allReady =
        CompletableFuture.allOf(
            nodes.stream().map(ChildNode::ready).toArray(CompletableFuture[]::new));
    for (ChildNode node : nodes) {
      node.ready()
          .whenComplete((addresses, ended) -> {
            if (ended != null) {
              // The others would wait for it.
              allReady.completeExceptionally(ended);
            }
          });
    }
    allReady.get(READY_LIMIT.toMillis(), TimeUnit.MILLISECONDS);
    ObjectNode line = JSON.createObjectNode();
    for (Role role : Role.values()) {
      line.putArray(role.name().toLowerCase(Locale.ROOT));
    }
    line.putArray("admin");
    for (ChildNode node : nodes) {
      JsonNode addresses = node.ready().join();
      addresses.properties().forEach(each -> line.withArray(each.getKey()).add(each.getValue()));
      line.withArray("nodes").addObject().put("name", node.name()).put("pid", node.pid());
    }
    return Node.READY + line;
  }

  private CompletableFuture<Void> reportEnd(ChildNode node) {
    return node.ended()
        .thenAccept(exitCode -> {
          if (!over.get()) {
            System.err.println(node.name() + " | has ended with exit code " + exitCode);
          }
        });
  }

  /** Before READY: what a node could not start with, the cluster cannot either. */
  private int giveUp() {
    ChildNode culprit =
        nodes.stream().filter(node -> !node.isAlive()).findFirst().orElse(nodes.getFirst());
    String reason =
        culprit.isAlive()
            ? "the nodes did not find each other within " + READY_LIMIT.toSeconds() + " s"
            : culprit.name() + " ended before it was ready; its words are above";
    int exitCode = culprit.isAlive() ? 1 : culprit.ended().join();
    return endAs(exitCode == 0 ? 1 : exitCode, reason);
  }

  private int endAs(int exitCode, String reason) {
    if (!over.compareAndSet(false, true)) {
      return exitCode; // a signal came first: its thread halts the process
    }
    System.err.println("skein dev: " + reason);
    stopNodes();
    return exitCode;
  }

  /** A JVM that ends by a signal would report the signal's number; here it is the good end. */
  private void onSignal() {
    if (over.compareAndSet(false, true)) {
      stopNodes();
      System.err.flush();
      Runtime.getRuntime().halt(0);
    }
  }

  private void stopNodes() {
    nodes.forEach(ChildNode::terminate);
    for (ChildNode node : nodes) {
      node.awaitEnd(stopLimit);
    }
  }

  // --- What the nodes are made of ---

  /**
   * The ports of a node's roles; -1 for those it lacks, whatever this process's environment says.
   */
  private static Map<Role, Integer> listeners(int number, ToIntFunction<Role> firstPorts) {
    Map<Role, Integer> listeners = new EnumMap<>(Role.class);
    for (Role role : Role.values()) {
      boolean offered = (role == Role.HTTP) == (number == 0);
      int first = firstPorts.applyAsInt(role);
      int port = first == 0 ? 0 : first + Math.max(0, number - 1);
      listeners.put(role, offered ? port : -1);
    }
    return listeners;
  }

  /** Tickets that one node seals are opened by another, so all need one key. */
  private static String masterKey(NodeConfig config) {
    String configured = config.get(Settings.SERVER_MASTER_KEY);
    if (!configured.isEmpty()) {
      return configured;
    }
    byte[] key = new byte[MASTER_KEY_BYTES];
    new SecureRandom().nextBytes(key);
    return Base64.getEncoder().encodeToString(key);
  }

  private static void put(Map<String, String> environment, Setting<?> setting, Object value) {
    environment.put(setting.environmentVariable(), value.toString());
  }

  /** This JVM again, as a server that its environment configures. */
  private static List<String> nodeCommand() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(ManagementFactory.getRuntimeMXBean().getInputArguments());
    command.addAll(List.of("-cp", System.getProperty("java.class.path"), Skein.class.getName()));
    command.addAll(List.of("server", "--modules", "all", "--until-stdin-ends"));
    return command;
  }

  private static String name(int number) {
    return "node-" + (number + 1);
  }
}

package dev.skein.simulation;

import dev.skein.mesh.MeshNode;
import dev.skein.mesh.MeshSettings;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeState;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.server.Module;
import dev.skein.testkit.VirtualClock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * A cluster in virtual time: real mesh nodes and modules on simulated processes, shards, network
 * and stores. The same seed gives the same run. Confined to one thread; time moves only in {@link
 * #run}, {@link #runUntil}, {@link #await} and {@link #settle}.
 *
 * <pre>{@code
 * SimCluster cluster = SimCluster.builder(seed).nodes(3).with(Groups::module).start();
 * SimClient alice = cluster.node(0).connect("alice");
 * SimAnswer joined = cluster.await(alice.send(GroupCmd.JOIN, payload));
 * cluster.partition(List.of(0, 1), List.of(2));
 * cluster.run(Duration.ofSeconds(10));
 * cluster.heal();
 * cluster.settle();
 * }</pre>
 */
public final class SimCluster {
  private static final Duration LIMIT = Duration.ofSeconds(60);
  private static final Duration SETTLE_STEP = Duration.ofMillis(1);

  private final long seed;
  private final VirtualClock clock = new VirtualClock();
  private final SplittableRandom random;
  private final SimNet net;
  private final SimStores stores;
  private final SimShard.Turn turn = new SimShard.Turn();
  private final Builder recipe;
  private final Map<Integer, SimNode> nodes = new TreeMap<>();
  private final Map<String, SimClient> clients = new LinkedHashMap<>();
  private int nextIndex;
  private long starts;
  private long sessions;

  private SimCluster(Builder recipe) {
    this.recipe = recipe;
    this.seed = recipe.seed;
    this.random = new SplittableRandom(seed);
    this.net = new SimNet(clock, random.split());
    this.stores = new SimStores(net);
  }

  /** A cluster of nodes without modules, whole. */
  public static SimCluster of(long seed, int nodes) {
    return builder(seed).nodes(nodes).start();
  }

  /** A cluster to be described. */
  public static Builder builder(long seed) {
    return new Builder(seed);
  }

  /** What every node of a cluster is made of. */
  public static final class Builder {
    private final long seed;
    private final List<Installed> modules = new ArrayList<>();
    private int nodeCount = 3;
    private int shardsPerNode = 2;
    private MeshSettings settings = MeshSettings.DEFAULTS;
    private UnaryOperator<NodeInfo> description = info -> info;
    private Consumer<SimNode> beforeStart = node -> {};

    private Builder(long seed) {
      this.seed = seed;
    }

    /** How many; 3 unless said otherwise. */
    public Builder nodes(int count) {
      nodeCount = count;
      return this;
    }

    /** Shards of each node; 2 unless said otherwise. */
    public Builder shards(int perNode) {
      shardsPerNode = perNode;
      return this;
    }

    /** A module on every node, made anew for each. */
    public Builder with(Supplier<? extends Module> module) {
      return with(module, Map.of());
    }

    /** The same with the module's part of the configuration. */
    public Builder with(Supplier<? extends Module> module, Map<String, String> moduleSettings) {
      modules.add(new Installed(module, moduleSettings));
      return this;
    }

    /** The limits of the mesh. */
    public Builder mesh(MeshSettings value) {
      settings = value;
      return this;
    }

    /**
     * What nodes say of themselves when they start. Without it a node is called {@code node-0} and
     * so on, has no type, the role UDP and is ONLINE.
     */
    public Builder describe(UnaryOperator<NodeInfo> value) {
      description = value;
      return this;
    }

    /** Done to each node before it starts, also again: the time to set mesh handlers. */
    public Builder beforeStart(Consumer<SimNode> value) {
      beforeStart = value;
      return this;
    }

    /** Starts all nodes, and lets time pass until they see each other. */
    public SimCluster start() {
      SimCluster cluster = new SimCluster(this);
      for (int i = 0; i < nodeCount; i++) {
        cluster.add();
      }
      cluster.settle();
      return cluster;
    }
  }

  record Installed(Supplier<? extends Module> module, Map<String, String> settings) {}

  /** The running nodes, by index. */
  public List<SimNode> nodes() {
    return List.copyOf(nodes.values());
  }

  /**
   * A running node.
   *
   * @throws IllegalArgumentException if there is none of this index
   */
  public SimNode node(int index) {
    SimNode node = nodes.get(index);
    if (node == null) {
      throw new IllegalArgumentException("node " + index + " does not run");
    }
    return node;
  }

  /** The client that is logged in with this uid, anywhere. */
  public Optional<SimClient> client(String uid) {
    return Optional.ofNullable(clients.get(uid));
  }

  /** Starts one node more. */
  public SimNode add() {
    return start(nextIndex++);
  }

  /** Starts a node that has crashed or stopped again, with new modules and a new id. */
  public SimNode restart(int index) {
    if (nodes.containsKey(index) || index >= nextIndex) {
      throw new IllegalArgumentException("node " + index + " runs, or never did");
    }
    return start(index);
  }

  private SimNode start(int index) {
    NodeInfo described =
        recipe.description.apply(
            new NodeInfo(
                "node-" + index,
                ++starts,
                "",
                NodeState.ONLINE,
                Map.of("UDP", "127.0.0.1:" + (7100 + index)),
                0,
                "simulated",
                Map.of()));
    SimRuntime runtime = new SimRuntime(clock, random.split());
    SimEngine engine = new SimEngine(net, stores, runtime, described.address(), described.type());
    MeshNode mesh = new MeshNode(engine, described, recipe.settings, runtime);
    SimNode node = new SimNode(this, index, runtime, mesh, described);
    node.install(recipe.modules);
    recipe.beforeStart.accept(node);
    nodes.put(index, node);
    mesh.start();
    return node;
  }

  /** Ends a node in good order; its clients are gone. */
  public void stop(int index) {
    node(index).stop();
    nodes.remove(index);
  }

  /** Ends a node without notice; the others see it after some tenths of a second. */
  public void crash(int index) {
    SimNode node = node(index);
    stores.crash(node.address());
    net.crash(node.address());
    node.end();
    nodes.remove(index);
  }

  /** Freezes a node, as SIGSTOP does; the others lose sight of it after some seconds. */
  public void pause(int index) {
    node(index).runtime().pause();
    net.powerChanged(node(index).address());
  }

  /** Lets a frozen node go on, with everything that has come in the meantime. */
  public void resume(int index) {
    SimNode node = node(index);
    node.runtime().resume();
    net.powerChanged(node.address());
  }

  /** Sets a node's wall clock wrong by so much. */
  public void skew(int index, Duration by) {
    node(index).runtime().skewMillis(by.toMillis());
  }

  /** No frame gets from one node to the other; the way back stays. */
  public void cut(int from, int to) {
    net.cut(node(from).address(), node(to).address());
  }

  /** No frame gets from a node of one side to one of another. */
  @SafeVarargs
  public final void partition(List<Integer>... sides) {
    for (List<Integer> side : sides) {
      for (List<Integer> other : sides) {
        if (side != other) {
          side.forEach(from -> other.forEach(to -> cut(from, to)));
        }
      }
    }
  }

  /** Ends every cut and partition. */
  public void heal() {
    net.heal();
  }

  /** How long frames take from now on, at least and at most. */
  public void delays(Duration least, Duration most) {
    net.delays(least.toNanos(), most.toNanos());
  }

  /** Lets time pass. */
  public void run(Duration time) {
    clock.runFor(time.toNanos());
  }

  /**
   * Lets time pass until the condition holds.
   *
   * @throws AssertionError if it does not within a minute of virtual time; names the seed
   */
  public void runUntil(BooleanSupplier condition) {
    runUntil(condition, LIMIT);
  }

  /** The same with another limit. */
  public void runUntil(BooleanSupplier condition, Duration limit) {
    if (!clock.runUntil(condition, limit.toNanos())) {
      throw new AssertionError("seed " + seed + ": it did not come to pass within " + limit);
    }
  }

  /**
   * Lets time pass until the stage is done, for a minute at most.
   *
   * @return its result
   * @throws java.util.concurrent.CompletionException if it failed
   */
  public <T> T await(CompletionStage<T> stage) {
    CompletableFuture<T> future = stage.toCompletableFuture();
    runUntil(future::isDone);
    return future.join();
  }

  /** Lets time pass, a millisecond at a time, until every running node sees every other. */
  public void settle() {
    long limitNanos = clock.nanoTime() + LIMIT.toNanos();
    while (!isWhole()) {
      if (clock.nanoTime() >= limitNanos) {
        throw new AssertionError("not whole within " + LIMIT + ": " + this);
      }
      // A whole look at all nodes after every single frame would take most of a test's time.
      run(SETTLE_STEP);
    }
  }

  /** True if every running node sees all running nodes and no other. */
  public boolean isWhole() {
    List<String> running = nodes.values().stream().map(SimNode::address).sorted().toList();
    return nodes.values().stream()
        .allMatch(
            node -> node.mesh().nodes().stream().map(NodeInfo::address).toList().equals(running));
  }

  /** Virtual time. */
  public VirtualClock clock() {
    return clock;
  }

  /** For the test's own draws. */
  public RandomGenerator random() {
    return random;
  }

  public long seed() {
    return seed;
  }

  SimNet net() {
    return net;
  }

  SimShard.Turn turn() {
    return turn;
  }

  int shardsPerNode() {
    return recipe.shardsPerNode;
  }

  Optional<SimNode> running(String address) {
    return nodes.values().stream().filter(node -> node.address().equals(address)).findFirst();
  }

  /** When something sent now arrives, not before what was sent earlier. */
  long atLeast(long dueNanos) {
    return Math.max(dueNanos, clock.nanoTime() + net.delayNanos());
  }

  String newSid() {
    return "%032x".formatted(++sessions);
  }

  /** A second login ends the first. */
  void replace(String uid) {
    client(uid)
        .ifPresent(former ->
            former
                .node()
                .discard(
                    former.current(), new CloseReason(Code.REPLACED, "logged in again", false)));
  }

  void connected(SimClient client) {
    clients.put(client.uid(), client);
  }

  void disconnected(SimClient client) {
    clients.remove(client.uid(), client);
  }

  @Override
  public String toString() {
    return nodes.values().stream()
        .map(node -> node + " sees " + node.mesh().nodes().size() + " nodes")
        .collect(Collectors.joining("; ", "seed " + seed + ": ", ""));
  }
}

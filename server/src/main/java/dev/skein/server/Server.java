package dev.skein.server;

import dev.skein.mesh.LocalMesh;
import dev.skein.mesh.Mesh;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeState;
import dev.skein.protocol.Code;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Settings;
import dev.skein.server.transport.Transport;
import java.net.InetSocketAddress;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/**
 * A running node. Nothing of it is static: several live in one JVM. Any thread may call.
 *
 * <pre>{@code
 * Server server = Server.builder()
 *     .listen(http(7000), udp(7100))
 *     .command(2, 10, Greeting.class, (user, greeting) -> new Greeted(greeting.name()))
 *     .start();
 * }</pre>
 */
public final class Server implements AutoCloseable {
  private final NodeConfig config;
  private final Mesh mesh;
  private final Transport transport;
  private final Users users;
  private final Metrics metrics;
  private final List<Module> modules;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicBoolean stopping = new AtomicBoolean();

  private Server(
      NodeConfig config,
      Mesh mesh,
      Transport transport,
      Users users,
      Metrics metrics,
      List<Module> modules) {
    this.config = config;
    this.mesh = mesh;
    this.transport = transport;
    this.users = users;
    this.metrics = metrics;
    this.modules = modules;
  }

  /** A node with the production values and no port. */
  public static ServerBuilder builder() {
    return new ServerBuilder(NodeConfig.DEFAULTS);
  }

  /** A node as a file or the environment configures it. */
  public static ServerBuilder builder(NodeConfig config) {
    return new ServerBuilder(config);
  }

  static Server start(ServerBuilder.Blueprint blueprint) {
    throw new UnsupportedOperationException();
  }

  /** The local address of the port of this role; empty if the node has none. */
  public Optional<InetSocketAddress> address(Role role) {
    return Optional.ofNullable(addresses().get(role));
  }

  /** The local address of every open port. */
  public Map<Role, InetSocketAddress> addresses() {
    return Map.of();
  }

  /** Connected users, detached ones included. */
  public int ccu() {
    return users.count();
  }

  /** The connected user with this uid. */
  public Optional<User> user(String uid) {
    return users.find(uid);
  }

  /** All connected users: a live view. */
  public Collection<User> users() {
    return users.all();
  }

  /** The module of this type, if it was added. */
  public <M extends Module> Optional<M> module(Class<M> type) {
    return modules.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  public NodeState state() {
    return mesh.self().state();
  }

  /** Takes on everything. */
  public void markOnline() {
    mark(NodeState.ONLINE);
  }

  /** Takes on no new users. */
  public void markTaken() {
    mark(NodeState.TAKEN);
  }

  /** Takes on no new users, rooms, groups or sessions; what is there goes on. */
  public void markOffline() {
    mark(NodeState.OFFLINE);
  }

  /**
   * Asks every 2 s whether the node is TAKEN (true) or ONLINE (false); not while it is OFFLINE. A
   * later predicate replaces an earlier one. It runs on a virtual thread.
   */
  public void markTakenIf(BooleanSupplier predicate) {}

  /** The port to the other nodes. */
  public Mesh mesh() {
    return mesh;
  }

  /** Counters and gauges. */
  public Metrics metrics() {
    return metrics;
  }

  /** What the node was started with. */
  public NodeConfig config() {
    return config;
  }

  /**
   * Ends the node: OFFLINE, modules stopped, users disconnected with SHUTDOWN, ports closed. Returns
   * when that is done, at the latest after {@code server.shutdownTimeoutMillis}.
   */
  public void stop() {}

  /** Waits until the node has stopped. */
  public void await() throws InterruptedException {
    stopped.await();
  }

  /** The same as {@link #stop}. */
  @Override
  public void close() {
    stop();
  }

  private void mark(NodeState state) {
    mesh.update(self -> self.withState(state));
  }
}

package dev.skein.server;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeState;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Settings;
import dev.skein.server.http.HttpListener;
import dev.skein.server.transport.Transport;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

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
  private static final Logger LOG = LoggerFactory.getLogger("dev.skein.server");
  private static final int STOP_MARGIN_MILLIS = 1_000;
  private static final int NOT_STOPPING = -1;

  private final NodeConfig config;
  private final Mesh mesh;
  private final Transport transport;
  private final Users users;
  private final Membership membership;
  private final Metrics metrics;
  private final List<Module> modules;
  private final Optional<HttpListener> http;
  private final Optional<HttpListener> admin;
  private final Map<Role, InetSocketAddress> addresses;
  private final TakenCheck takenCheck;
  private final CountDownLatch stopped = new CountDownLatch(1);

  /** How long the stop may take that is under way. */
  private final AtomicInteger stoppingMillis = new AtomicInteger(NOT_STOPPING);

  Server(
      NodeConfig config,
      Mesh mesh,
      Transport transport,
      Users users,
      Membership membership,
      Metrics metrics,
      List<Module> modules,
      Optional<HttpListener> http,
      Optional<HttpListener> admin,
      Map<Role, InetSocketAddress> addresses) {
    this.config = config;
    this.mesh = mesh;
    this.transport = transport;
    this.users = users;
    this.membership = membership;
    this.metrics = metrics;
    this.modules = modules;
    this.http = http;
    this.admin = admin;
    this.addresses = addresses;
    this.takenCheck = new TakenCheck(mesh, transport.shards().getFirst());
  }

  /** A node with the production values and no port. */
  public static ServerBuilder builder() {
    return new ServerBuilder(NodeConfig.DEFAULTS);
  }

  /** A node as a file or the environment configures it. */
  public static ServerBuilder builder(NodeConfig config) {
    return new ServerBuilder(config);
  }

  /** The local address of the port of this role; empty if the node has none. */
  public Optional<InetSocketAddress> address(Role role) {
    return Optional.ofNullable(addresses.get(role));
  }

  /** The local address of every open port. */
  public Map<Role, InetSocketAddress> addresses() {
    return addresses;
  }

  /** The local address of the operators' port; empty if the node has none. */
  public Optional<InetSocketAddress> adminAddress() {
    return admin.map(HttpListener::address);
  }

  /** Connected users, detached ones included. */
  public int ccu() {
    return users.count();
  }

  /** Connected users of the whole cluster, as this node knows it. */
  public int clusterCcu() {
    return mesh.nodes().stream().mapToInt(NodeInfo::ccu).sum();
  }

  /** The users of the whole cluster. */
  public UserDirectory directory() {
    return membership.directory();
  }

  /** The connected user with this uid on this node. */
  public Optional<User> user(String uid) {
    return users.find(uid);
  }

  /** All connected users of this node: a live view. */
  public Collection<User> users() {
    return users.all();
  }

  /** The module of this type, if it was added. */
  public <M extends Module> Optional<M> module(Class<M> type) {
    return modules.stream().filter(type::isInstance).map(type::cast).findFirst();
  }

  /**
   * True while the node is fit to serve: it is not OFFLINE, has joined its cluster, has seen {@code
   * mesh.nodesMinCount} nodes, and is not cut off with the smaller part of them.
   */
  public boolean isReady() {
    return membership.isReady();
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
  public void markTakenIf(BooleanSupplier predicate) {
    takenCheck.use(predicate);
  }

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
   * Ends the node: OFFLINE; rooms and users go to other nodes, if there are any of its type;
   * modules stopped; who is still there disconnected with SHUTDOWN; ports closed. Returns when that
   * is done, at the latest after {@code server.shutdownTimeoutMillis}, also if another thread is
   * already at it.
   */
  public void stop() {
    stop(config.get(Settings.SERVER_SHUTDOWN_TIMEOUT_MILLIS));
  }

  private void stop(int timeoutMillis) {
    if (stoppingMillis.compareAndSet(NOT_STOPPING, timeoutMillis)) {
      end(timeoutMillis);
    } else {
      awaitStopped();
    }
  }

  /** Begins to {@link #stop} and returns at once; {@link #await} waits for the end. */
  public void drain() {
    drain(0);
  }

  /**
   * The same with a time of its own in place of {@code server.shutdownTimeoutMillis}.
   *
   * @param deadlineMillis 0 or less: no time of its own
   */
  void drain(int deadlineMillis) {
    int timeoutMillis =
        deadlineMillis > 0 ? deadlineMillis : config.get(Settings.SERVER_SHUTDOWN_TIMEOUT_MILLIS);
    Thread.ofPlatform().name("skein-drain").start(() -> stop(timeoutMillis));
  }

  private void end(int timeoutMillis) {
    LOG.info("Stopping with {} users, within {} ms", ccu(), timeoutMillis);
    long deadlineNanos = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(timeoutMillis);
    markOffline();
    takenCheck.stop();
    moveUsers(deadlineNanos - TimeUnit.MILLISECONDS.toNanos(goodbyeMillis(timeoutMillis)));
    for (Module module : modules) {
      try {
        module.stop();
      } catch (RuntimeException e) {
        LOG.warn("Module {} did not stop cleanly", module.name(), e);
      }
    }
    endSessions(Math.max(goodbyeMillis(timeoutMillis), millisUntil(deadlineNanos)));
    membership.stop();
    http.ifPresent(HttpListener::close);
    admin.ifPresent(HttpListener::close);
    mesh.close();
    // Last: until here other nodes were answered on the shards.
    endShards();
    metrics.close();
    stopped.countDown();
    LOG.info("Stopped");
  }

  /** What is kept of the time to stop for those who did not move. */
  private static int goodbyeMillis(int timeoutMillis) {
    return Math.min(STOP_MARGIN_MILLIS, timeoutMillis / 4);
  }

  private static int millisUntil(long deadlineNanos) {
    return (int) TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime());
  }

  private void moveUsers(long deadlineNanos) {
    try {
      new Drain(
              mesh,
              users,
              membership.directory(),
              modules,
              config.get(Settings.SERVER_DRAIN_MOVES_MAX_COUNT),
              new SplittableRandom(),
              metrics.counter("skein.users.drained", "Users moved because the node drained"))
          .run(deadlineNanos);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void endSessions(int timeoutMillis) {
    try {
      transport
          .closeSessions(Duration.ofMillis(timeoutMillis))
          .get(timeoutMillis + STOP_MARGIN_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("Not every session ended within {} ms", timeoutMillis, e);
    }
  }

  private void endShards() {
    try {
      transport.stop(Duration.ZERO).get(STOP_MARGIN_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("A shard is still busy", e);
    }
  }

  private void awaitStopped() {
    try {
      if (!stopped.await(stoppingMillis.get() + 3L * STOP_MARGIN_MILLIS, TimeUnit.MILLISECONDS)) {
        LOG.warn("Another thread stops the node and has not come to an end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits until the node has stopped. */
  public void await() throws InterruptedException {
    stopped.await();
  }

  /** Waits until the node has stopped, or so long; true if it has. */
  public boolean await(Duration limit) throws InterruptedException {
    return stopped.await(limit.toMillis(), TimeUnit.MILLISECONDS);
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

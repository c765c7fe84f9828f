package dev.skein.server;

import dev.skein.mesh.MeshException;
import dev.skein.mesh.MeshNode;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import dev.skein.mesh.engine.EngineException;
import dev.skein.server.cluster.NodeQuestion;
import dev.skein.server.cluster.NodeQuestion.Entrance;
import dev.skein.server.cluster.NodeQuestion.Status;
import dev.skein.server.cluster.UserOperation;
import dev.skein.server.config.ConfigException;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Settings;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A node's part in its cluster, of which it may be the only one. Any thread may call. */
final class Membership {
  private static final Logger LOG = LoggerFactory.getLogger("dev.skein.server");

  /** How long a start waits for the others to introduce themselves; then it goes on not ready. */
  private static final int INTRODUCTION_MAX_MILLIS = 5_000;

  private final MeshNode mesh;
  private final Peers peers;
  private final UserDirectory directory;
  private final Optional<ClusterRegister> register;
  private final NodeAnswers answers;
  private final Readiness readiness;
  private final MasterKey masterKey;

  /**
   * Takes part with topic and store; before the mesh has started.
   *
   * @param local the users of this node
   * @param clustered false if this node is alone, so that its own memory is enough
   */
  Membership(
      MeshNode mesh,
      Users users,
      LocalDirectory local,
      boolean clustered,
      MasterKey masterKey,
      NodeConfig config,
      Metrics metrics,
      InstantSource clock) {
    this.mesh = mesh;
    this.masterKey = masterKey;
    this.readiness = new Readiness(mesh, config.get(Settings.MESH_NODES_MIN_COUNT));
    this.answers = new NodeAnswers(mesh, users, local, readiness, masterKey.print(), clock);
    this.peers = new Peers(mesh, mesh.topic(NodeQuestion.TOPIC, answers));
    if (clustered) {
      Store store = mesh.store(StoreOptions.named(UserOperation.STORE), UserOperation.OPERATOR);
      int leaseMillis = config.get(Settings.MESH_USER_LEASE_MILLIS);
      ClusterRegister own = new ClusterRegister(store, peers, users, leaseMillis, metrics);
      users.register(own);
      this.register = Optional.of(own);
      this.directory = new ClusterDirectory(local, store, peers, metrics);
    } else {
      this.register = Optional.empty();
      this.directory = local;
    }
  }

  UserDirectory directory() {
    return directory;
  }

  NodeAnswers answers() {
    return answers;
  }

  boolean isReady() {
    return readiness.isReady();
  }

  /** Asks a node whether a user may be sent to it now. */
  CompletionStage<Entrance> mayEnter(String node) {
    return peers
        .ask(node, new NodeQuestion.MayEnter(masterKey.print()))
        .thenApply(Entrance::decode);
  }

  /** Asks a node how it is. */
  CompletionStage<Status> howIs(String node) {
    return peers.ask(node, new NodeQuestion.HowAreYou()).thenApply(Status::decode);
  }

  /** Has a node begin to drain within so many milliseconds; 0: as it is configured. */
  CompletionStage<Boolean> drain(String node, int deadlineMillis) {
    return peers.askWhether(node, new NodeQuestion.Drain(deadlineMillis));
  }

  /**
   * Joins.
   *
   * @throws EngineException if this node may not join
   * @throws ConfigException if the others seal tickets with another key
   */
  void join(NodeConfig config, Shard shard) {
    mesh.start();
    try {
      mesh.joined().toCompletableFuture().get(INTRODUCTION_MAX_MILLIS, TimeUnit.MILLISECONDS);
      checkKeys(config);
    } catch (TimeoutException e) {
      LOG.warn("Not every node in sight has introduced itself; this one is not ready yet", e);
    } catch (ExecutionException e) {
      throw e.getCause() instanceof EngineException refused
          ? refused
          : new EngineException("the node cannot join", e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException("interrupted while joining", e);
    }
    register.ifPresent(own -> own.begin(shard));
  }

  private void checkKeys(NodeConfig config) throws InterruptedException {
    for (NodeInfo node : mesh.nodes()) {
      if (node.id() != mesh.self().id() && hasAnotherKey(node)) {
        throw MeshStart.wrong(
            config,
            Settings.SERVER_MASTER_KEY,
            "(secret)",
            "the key that the other nodes have; that of " + node.address() + " is another");
      }
    }
  }

  /** A node that does not answer is asked again whenever a user is to be sent there. */
  private boolean hasAnotherKey(NodeInfo node) throws InterruptedException {
    try {
      Status status =
          howIs(node.address())
              .toCompletableFuture()
              .get(INTRODUCTION_MAX_MILLIS, TimeUnit.MILLISECONDS);
      return !status.keyPrint().equals(masterKey.print());
    } catch (ExecutionException | TimeoutException | MeshException e) {
      LOG.warn("{} does not say which server.masterKey it has", node.address(), e);
      return false;
    }
  }

  /** No more renewals. */
  void stop() {
    register.ifPresent(ClusterRegister::stop);
  }
}

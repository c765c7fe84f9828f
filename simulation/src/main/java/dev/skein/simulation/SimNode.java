package dev.skein.simulation;

import dev.skein.mesh.MeshNode;
import dev.skein.mesh.NodeInfo;
import dev.skein.protocol.CloseReason;
import dev.skein.server.Command;
import dev.skein.server.Metrics;
import dev.skein.server.Module;
import dev.skein.server.Shard;
import dev.skein.server.Traveller;
import dev.skein.server.User;
import dev.skein.server.UserDirectory;
import dev.skein.simulation.SimCluster.Installed;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** One node of a simulated cluster, from its start to its end; a restart makes a new one. */
public final class SimNode {
  private final SimCluster cluster;
  private final int index;
  private final String address;
  private final SimRuntime runtime;
  private final MeshNode mesh;
  private final List<Shard> shards = new ArrayList<>();
  private final List<Module> modules = new ArrayList<>();
  private final SimCommands commands = new SimCommands();
  private final SimDirectory directory;
  private final Map<String, SimClient> clients = new LinkedHashMap<>();
  private final List<Consumer<User>> newHooks = new ArrayList<>();
  private final List<BiConsumer<User, CloseReason>> discardHooks = new ArrayList<>();
  private final List<Traveller> travellers = new ArrayList<>();
  private Optional<Metrics> metrics = Optional.empty();

  SimNode(SimCluster cluster, int index, SimRuntime runtime, MeshNode mesh, NodeInfo self) {
    this.cluster = cluster;
    this.index = index;
    this.address = self.address();
    this.runtime = runtime;
    this.mesh = mesh;
    this.directory = new SimDirectory(cluster, this);
    for (int i = 0; i < cluster.shardsPerNode(); i++) {
      shards.add(new SimShard(i, runtime, runtime.random(), cluster.turn()));
    }
  }

  void install(List<Installed> wanted) {
    for (Installed each : wanted) {
      Module module = each.module().get();
      modules.add(module);
      module.install(new SimContext(this, each.settings()));
    }
  }

  /** Its place in the cluster; survives a restart. */
  public int index() {
    return index;
  }

  /** Its mesh address; survives a restart. */
  public String address() {
    return address;
  }

  public MeshNode mesh() {
    return mesh;
  }

  public List<Shard> shards() {
    return shards;
  }

  /** The module of this type. */
  public <M extends Module> M module(Class<M> type) {
    return modules.stream()
        .filter(type::isInstance)
        .map(type::cast)
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("no " + type.getName() + " here"));
  }

  /** A client logs in here, on a shard drawn at random; another session of the uid is replaced. */
  public SimClient connect(String uid) {
    return connect(uid, runtime.random().nextInt(shards.size()));
  }

  /** The same on this shard. */
  public SimClient connect(String uid, int shard) {
    cluster.replace(uid);
    SimClient client = new SimClient(uid, cluster.newSid(), this, shard);
    admit(client.current());
    shards.get(shard).execute(() -> newHooks.forEach(hook -> hook.accept(client.current())));
    return client;
  }

  /** The clients connected here. */
  public List<SimClient> clients() {
    return List.copyOf(clients.values());
  }

  /** The user with this uid, if it is connected here. */
  public Optional<User> user(String uid) {
    return Optional.ofNullable(clients.get(uid)).map(SimClient::user);
  }

  /** The users of the whole cluster, as this node's modules see them. */
  public UserDirectory directory() {
    return directory;
  }

  /** Its counters and gauges, made when first asked for. */
  public Metrics metrics() {
    Metrics made = metrics.orElseGet(Metrics::new);
    metrics = Optional.of(made);
    return made;
  }

  SimCluster cluster() {
    return cluster;
  }

  SimRuntime runtime() {
    return runtime;
  }

  SimCommands commands() {
    return commands;
  }

  List<Consumer<User>> newHooks() {
    return newHooks;
  }

  List<BiConsumer<User, CloseReason>> discardHooks() {
    return discardHooks;
  }

  List<Traveller> travellers() {
    return travellers;
  }

  /** A command of a client reaches its node. */
  void command(SimUser user, Command command, CompletableFuture<SimAnswer> answer) {
    runtime.run(() ->
        user.shard()
            .execute(() -> {
              if (user.isConnected()) {
                commands.run(user, command, answer);
              }
            }));
  }

  void admit(SimUser user) {
    clients.put(user.uid(), user.client());
    user.client().settle(user);
    cluster.connected(user.client());
    countChanged();
  }

  /** Its session ends for good. */
  void discard(SimUser user, CloseReason reason) {
    user.shard()
        .execute(() -> {
          if (user.isConnected()) {
            dismiss(user);
            user.client().told(reason);
            cluster.disconnected(user.client());
            discardHooks.forEach(hook -> hook.accept(user, reason));
          }
        });
  }

  /** It is not this node's any more; nobody is told. */
  void dismiss(SimUser user) {
    user.gone();
    clients.remove(user.uid(), user.client());
    countChanged();
  }

  /** Modules are told to stop, users are let go, the mesh is left. */
  void stop() {
    modules.forEach(Module::stop);
    mesh.close();
    end();
  }

  /** The process ends in the middle of whatever it does. */
  void end() {
    runtime.close();
    metrics.ifPresent(Metrics::close);
    clients()
        .forEach(client -> {
          client.current().gone();
          cluster.disconnected(client);
        });
    clients.clear();
  }

  private void countChanged() {
    mesh.update(self -> self.withCcu(clients.size()));
  }

  @Override
  public String toString() {
    return address;
  }
}

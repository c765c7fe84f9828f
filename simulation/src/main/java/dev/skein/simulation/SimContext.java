package dev.skein.simulation;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.NodeState;
import dev.skein.protocol.CloseReason;
import dev.skein.server.Metrics;
import dev.skein.server.ModuleContext;
import dev.skein.server.Shard;
import dev.skein.server.Traveller;
import dev.skein.server.User;
import dev.skein.server.UserDirectory;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** What one module gets of a simulated node. */
record SimContext(SimNode node, Map<String, String> settings) implements ModuleContext {

  @Override
  public Mesh mesh() {
    return node.mesh();
  }

  @Override
  public List<Shard> shards() {
    return node.shards();
  }

  @Override
  public Optional<User> user(String uid) {
    return node.user(uid);
  }

  @Override
  public long currentTimeMillis() {
    return node.runtime().currentTimeMillis();
  }

  @Override
  public RandomGenerator random() {
    return node.runtime().random();
  }

  @Override
  public Executor blocking() {
    return node.runtime();
  }

  @Override
  public boolean acceptsNewThings() {
    return mesh().self().state() != NodeState.OFFLINE;
  }

  @Override
  public void builtIn(int cmd, boolean exposed, BuiltInHandler handler) {
    node.commands().add(cmd, exposed, handler);
  }

  @Override
  public void onUserNew(Consumer<User> hook) {
    node.newHooks().add(hook);
  }

  @Override
  public void onUserDiscard(BiConsumer<User, CloseReason> hook) {
    node.discardHooks().add(hook);
  }

  @Override
  public UserDirectory directory() {
    return node.directory();
  }

  @Override
  public void onUserMove(Traveller traveller) {
    node.travellers().add(traveller);
  }

  @Override
  public Metrics metrics() {
    return node.metrics();
  }
}

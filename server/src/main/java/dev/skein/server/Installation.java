package dev.skein.server;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.NodeState;
import dev.skein.protocol.CloseReason;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/** What one module gets of its node. */
record Installation(
    String module,
    Mesh mesh,
    List<Shard> shards,
    Users users,
    UserDirectory directory,
    InstantSource clock,
    Supplier<RandomGenerator> randoms,
    CommandTable table,
    UserHooks hooks,
    Metrics metrics,
    int packWindowMillis,
    Map<String, String> settings,
    Function<String, Path> files)
    implements ModuleContext {

  @Override
  public Crowd crowd(Shard shard) {
    return new Crowd(shard, packWindowMillis);
  }

  @Override
  public Optional<User> user(String uid) {
    return users.find(uid);
  }

  @Override
  public long currentTimeMillis() {
    return clock.millis();
  }

  @Override
  public RandomGenerator random() {
    return randoms.get();
  }

  @Override
  public boolean acceptsNewThings() {
    return mesh.self().state() != NodeState.OFFLINE;
  }

  @Override
  public Path file(String name) {
    return files.apply(name);
  }

  @Override
  public void builtIn(int cmd, boolean exposed, BuiltInHandler handler) {
    table.addBuiltIn(cmd, exposed ? new Route.BuiltIn(handler) : new Route.Unknown());
  }

  @Override
  public void onUserNew(Consumer<User> hook) {
    hooks.onNew.add(hook);
  }

  @Override
  public void onUserDiscard(BiConsumer<User, CloseReason> hook) {
    hooks.onDiscard.add(hook);
  }

  @Override
  public void onUserMove(Traveller traveller) {
    hooks.travellers.add(new UserHooks.Parcelling(module, traveller));
  }
}

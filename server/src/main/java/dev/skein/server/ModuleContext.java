package dev.skein.server;

import dev.skein.mesh.Mesh;
import dev.skein.protocol.CloseReason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/**
 * What a node lends to its modules. Registration methods work during {@link Module#install} only.
 */
public interface ModuleContext {

  /** The node's mesh port. */
  Mesh mesh();

  /** All shards, by index. */
  List<Shard> shards();

  /** A crowd of users of one shard, nobody in it. */
  default Crowd crowd(Shard shard) {
    return new Crowd(shard, 0);
  }

  /** The connected user with this uid on this node. Any thread. */
  Optional<User> user(String uid);

  /** Wall-clock milliseconds of the node's clock. */
  long currentTimeMillis();

  /** A generator for the calling shard's use; seeded in tests. */
  RandomGenerator random();

  /** Runs a game's code that may block, each task on a virtual thread of its own. Any thread. */
  default Executor blocking() {
    return task -> Thread.ofVirtual().name("skein-module").start(task);
  }

  /** True unless the node is OFFLINE: whether new rooms, groups and sessions may begin here. */
  boolean acceptsNewThings();

  /**
   * Registers a built-in command of {@code ver} 1, handled on the user's shard. If commands are not
   * exposed the number stays reserved and is answered with UNKNOWN_COMMAND.
   */
  void builtIn(int cmd, boolean exposed, BuiltInHandler handler);

  /** After a user's session opened, on its shard. */
  void onUserNew(Consumer<User> hook);

  /** After a user's session ended for good, on its shard, with the reason. */
  void onUserDiscard(BiConsumer<User, CloseReason> hook);

  /** Users on any node. */
  UserDirectory directory();

  /** Takes part in the moves of users between nodes; see {@link Traveller}. */
  void onUserMove(Traveller traveller);

  /** The node's counters and gauges; a module adds its own. */
  Metrics metrics();

  /** The module's part of the configuration, as strings by dotted key; empty without a file. */
  Map<String, String> settings();

  /** A file or folder a setting names: relative to the configuration file, if there is one. */
  default Path file(String name) {
    return Path.of(name);
  }

  /** A built-in command: must not block; answers through the responder now or later, once. */
  @FunctionalInterface
  interface BuiltInHandler {
    void handle(User user, Command command, Responder responder);
  }
}

package dev.skein.server;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * A part a game adds to a node with {@code Server.builder().with(module)}: Skein's own (Room, Group
 * …) and third parties' are the same.
 */
public interface Module {

  /** The name in the configuration file and in logs: lower case, unique on a node. */
  String name();

  /** Called once while the server is built, before anything listens. */
  void install(ModuleContext context);

  /**
   * Called once on a node that leaves its cluster, when it has become OFFLINE and before its users
   * move: what lives on this node goes to others now. Not called where there is no other node.
   *
   * @return completed when users may follow; the node waits no longer than it may take to stop
   */
  default CompletionStage<Void> drain() {
    return CompletableFuture.completedFuture(null);
  }

  /** Called once when the node stops, after it has drained, while users may still be there. */
  default void stop() {}
}

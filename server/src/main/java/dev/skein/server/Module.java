package dev.skein.server;

/**
 * A part a game adds to a node with {@code Server.builder().with(module)}: Skein's own (Room, Group
 * …) and third parties' are the same.
 */
public interface Module {

  /** The name in the configuration file and in logs: lower case, unique on a node. */
  String name();

  /** Called once while the server is built, before anything listens. */
  void install(ModuleContext context);

  /** Called when the node begins to drain and again never. */
  default void stop() {}
}

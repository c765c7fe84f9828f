package dev.skein.dive;

import dev.skein.protocol.dive.DiveOperation;
import dev.skein.server.CommandException;
import dev.skein.server.User;

/** What a game adds to the storages its clients may use. */
@FunctionalInterface
public interface DiveHooks {
  /**
   * A client is about to read or change a key of an exposed storage; runs on the user's shard and
   * must not block. It refuses by throwing {@link CommandException}, whose code and text the client
   * gets; any other exception is answered as an internal error. The server's own calls are not
   * asked about.
   */
  void beforeCommand(User user, String storage, String key, DiveOperation operation);
}

package dev.skein.server;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a command goes. */
sealed interface Route {

  /** A module's: answers through its responder, on the shard. */
  record BuiltIn(ModuleContext.BuiltInHandler handler) implements Route {}

  /** Nobody's, or reserved by a module that does not expose its commands. */
  record Unknown() implements Route {}

  /** A game's, on the shard. */
  record OnShard(List<CommandHandler> handlers) implements Route {}

  /** A game's, on a virtual thread of its own. */
  record Blocking(List<CommandHandler> handlers) implements Route {}

  /** A game's, on a virtual thread; answered when its stage completes. */
  record Later(CommandHandler.Async handler) implements Route {}

  /**
   * Runs a chain: each handler in turn, until one throws. The last answer that is not null counts.
   */
  static byte[] run(List<CommandHandler> handlers, User user, Command command) throws Exception {
    byte @Nullable [] answer = null;
    for (CommandHandler handler : handlers) {
      byte[] payload = handler.handle(user, command);
      if (payload != null) {
        answer = payload;
      }
    }
    return answer == null ? new byte[0] : answer;
  }
}

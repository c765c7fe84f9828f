package dev.skein.server;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * What a game does with a command. Runs on a virtual thread, one at a time per user in order of
 * arrival, and may block; registered as non-blocking it runs on the user's shard.
 */
public interface CommandHandler {

  /**
   * Handles one command.
   *
   * @return the payload of the OK response, or null for an empty one
   * @throws CommandException to answer BAD or ERR; any other exception answers ERR and is logged
   */
  byte @Nullable [] handle(User user, Command command) throws Exception;

  /** A handler whose answer comes later; the next command of the user waits for it. */
  interface Async {
    CompletionStage<byte @Nullable []> handle(User user, Command command) throws Exception;
  }
}

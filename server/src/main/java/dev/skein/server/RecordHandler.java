package dev.skein.server;

import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * A {@link CommandHandler} whose payloads are Java records, packed by {@code
 * dev.skein.protocol.record.RecordCodec}. A payload that does not decode is answered BAD 1002.
 *
 * @param <I> the request's record
 */
@FunctionalInterface
public interface RecordHandler<I extends Record> {

  /**
   * Handles one command.
   *
   * @return the answer, or null for an empty one
   * @throws CommandException to answer BAD or ERR; any other exception answers ERR and is logged
   */
  @Nullable Record handle(User user, I request) throws Exception;

  /** A handler whose answer comes later; the next command of the user waits for it. */
  @FunctionalInterface
  interface Async<I extends Record> {
    CompletionStage<? extends @Nullable Record> handle(User user, I request) throws Exception;
  }
}

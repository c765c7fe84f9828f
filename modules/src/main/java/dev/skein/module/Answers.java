package dev.skein.module;

import dev.skein.protocol.Code;
import dev.skein.server.Command;
import dev.skein.server.CommandException;
import dev.skein.server.Responder;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;

/** How the outcome of an operation becomes the answer to a command. */
public final class Answers {
  private static final byte[] NOTHING = {};

  private Answers() {}

  /** Answers a command as the exception says. */
  public static void fail(Responder responder, Throwable thrown) {
    if (cause(thrown) instanceof CommandException refused) {
      String text = String.valueOf(refused.getMessage());
      switch (refused.status()) {
        case BAD -> responder.bad(refused.code(), text);
        case ERR, OK -> responder.err(refused.code(), text);
      }
    } else {
      responder.err(Code.INTERNAL, "the server failed");
    }
  }

  /** Answers a command when the stage is done. */
  public static <T> void when(
      CompletionStage<T> stage, Responder responder, Function<T, byte[]> payload) {
    stage.whenComplete((value, failure) -> {
      if (failure == null) {
        responder.ok(payload.apply(value));
      } else {
        fail(responder, failure);
      }
    });
  }

  /**
   * Answers a command that delivers something when it is delivered. One that asked for no answer is
   * done at once, since the user's next commands must not wait for it; should the delivery fail
   * later, {@code undelivered} hears the code.
   *
   * @param otherwise the code of a failure that is no refusal
   */
  public static void confirm(
      CompletableFuture<Void> delivery,
      Command command,
      Responder responder,
      int otherwise,
      IntConsumer undelivered) {
    if (command.requestId() != 0) {
      when(delivery, responder, nothing -> NOTHING);
      return;
    }
    if (delivery.isCompletedExceptionally()) {
      delivery.whenComplete((nothing, refused) -> fail(responder, refused));
      return;
    }
    responder.ok();
    delivery.whenComplete((nothing, failure) -> {
      if (failure != null) {
        undelivered.accept(
            cause(failure) instanceof CommandException refused ? refused.code() : otherwise);
      }
    });
  }

  /** Completes a future as a stage has ended. */
  public static <T> void finish(
      CompletableFuture<T> future, @Nullable T value, @Nullable Throwable failure) {
    if (failure == null) {
      future.complete(value);
    } else {
      future.completeExceptionally(cause(failure));
    }
  }

  /** What a stage failed with, without the wrapping of stages that depend on others. */
  public static Throwable cause(@Nullable Throwable failure) {
    if (failure == null) {
      return CommandException.err(Code.INTERNAL, "failed without a reason");
    }
    return failure instanceof CompletionException wrapped && wrapped.getCause() != null
        ? wrapped.getCause()
        : failure;
  }
}

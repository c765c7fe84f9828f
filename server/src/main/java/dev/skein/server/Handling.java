package dev.skein.server;

import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/**
 * One command a virtual thread works on, until it is answered or its time is over, whichever comes
 * first. Confined to the user's shard but for {@link #run}.
 */
final class Handling implements Runnable {
  private final Dispatch dispatch;
  private final ConnectedUser user;
  private final Command command;
  private final Route route;
  private final Thread thread;
  private final Shard.Timer timer;

  private Handling(Dispatch dispatch, ConnectedUser user, Command command, Route route) {
    this.dispatch = dispatch;
    this.user = user;
    this.command = command;
    this.route = route;
    this.thread = dispatch.threads().newThread(this);
    this.timer = user.shard().schedule(this::giveUp, dispatch.commandTimeoutMillis());
  }

  static void begin(Dispatch dispatch, ConnectedUser user, Command command, Route route) {
    Handling handling = new Handling(dispatch, user, command, route);
    user.handling(handling);
    handling.thread.start();
  }

  @Override
  public void run() {
    try {
      switch (route) {
        case Route.Blocking(var handlers) -> succeed(Route.run(handlers, user, command));
        case Route.Later(var handler) -> await(handler.handle(user, command));
        case Route.BuiltIn _, Route.OnShard _, Route.Unknown _ ->
            throw new IllegalStateException(route + " runs on the shard");
      }
    } catch (Throwable e) { // a handler's Error must not leave the user waiting either
      fail(e);
    } finally {
      dispatch.threadEnded();
    }
  }

  private void await(CompletionStage<byte @Nullable []> stage) {
    stage.whenComplete((payload, failure) -> {
      if (failure == null) {
        succeed(payload == null ? new byte[0] : payload);
      } else {
        Throwable cause = failure.getCause();
        fail(failure instanceof CompletionException && cause != null ? cause : failure);
      }
    });
  }

  private void succeed(byte[] payload) {
    end(() -> dispatch.answerOk(user, command, payload));
  }

  private void fail(Throwable cause) {
    end(() -> dispatch.failed(user, command, cause));
  }

  private void end(Runnable answer) {
    user.shard()
        .execute(() -> {
          if (user.isHandling(this)) {
            timer.cancel();
            answer.run();
            user.handled();
          }
        });
  }

  private void giveUp() {
    if (user.isHandling(this)) {
      dispatch.timedOut(user, command);
      thread.interrupt();
      user.handled();
    }
  }

  /** The user has gone; nobody waits for the answer. */
  void abandon() {
    timer.cancel();
    thread.interrupt();
  }
}

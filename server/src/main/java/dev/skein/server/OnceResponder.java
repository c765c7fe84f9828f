package dev.skein.server;

import java.util.concurrent.atomic.AtomicBoolean;

/** Answers a built-in command, once, from any thread. */
final class OnceResponder extends AtomicBoolean implements Responder {
  private static final long serialVersionUID = 1L;

  private final transient Dispatch dispatch;
  private final transient ConnectedUser user;
  private final transient Command command;

  OnceResponder(Dispatch dispatch, ConnectedUser user, Command command) {
    this.dispatch = dispatch;
    this.user = user;
    this.command = command;
  }

  @Override
  public void ok(byte[] payload) {
    if (compareAndSet(false, true)) {
      if (user.shard().isCurrent()) { // the usual case, without a task of its own
        dispatch.answerOk(user, command, payload);
      } else {
        user.shard().execute(() -> dispatch.answerOk(user, command, payload));
      }
    }
  }

  @Override
  public void bad(int code, String text) {
    fail(Status.BAD, code, text);
  }

  @Override
  public void err(int code, String text) {
    fail(Status.ERR, code, text);
  }

  private void fail(Status status, int code, String text) {
    if (compareAndSet(false, true)) {
      user.shard().execute(() -> dispatch.answer(user, command, status, code, text));
    }
  }
}

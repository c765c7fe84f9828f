package dev.skein.server;

import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import dev.skein.protocol.session.Session.SendResult;
import java.time.InstantSource;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.LoggerFactory;

/** Finds the handler of a command, runs it where it belongs and sends the answer. */
final class Dispatch {
  private final CommandTable table;
  private final UserHooks hooks;
  private final Limits limits;
  private final RateLimitedLog log;
  private final ThreadFactory threads = Thread.ofVirtual().name("skein-command-", 0).factory();
  private final AtomicInteger threadsRunning = new AtomicInteger();
  private final Metrics.Counter commands;
  private final Metrics.Counter bad;
  private final Metrics.Counter err;
  private final Metrics.Counter timeouts;
  private final Metrics.Counter malformed;

  Dispatch(
      CommandTable table, UserHooks hooks, Limits limits, Metrics metrics, InstantSource clock) {
    this.table = table;
    this.hooks = hooks;
    this.limits = limits;
    this.log = new RateLimitedLog(LoggerFactory.getLogger("dev.skein.server.commands"), clock);
    this.commands = metrics.counter("skein.commands", "Commands received");
    this.bad = metrics.counter("skein.commands.bad", "Commands answered BAD");
    this.err = metrics.counter("skein.commands.err", "Commands answered ERR");
    this.timeouts = metrics.counter("skein.commands.timeout", "Commands given up");
    this.malformed = metrics.counter("skein.messages.malformed", "Messages that are no command");
    metrics.gauge(
        "skein.commands.running", "Handlers on virtual threads", threadsRunning::doubleValue);
  }

  /** Handles the next command of a user. On its shard; the user handles nothing else now. */
  void handle(ConnectedUser user, Command command) {
    commands.increment();
    Route route = table.find(command.ver(), command.cmd());
    try {
      for (CommandHook.Before hook : hooks.before) {
        hook.before(user, command);
      }
      switch (route) {
        case Route.BuiltIn(var handler) -> handler.handle(user, command, responder(user, command));
        case Route.OnShard(var handlers) ->
            answerOk(user, command, Route.run(handlers, user, command));
        case Route.Blocking _, Route.Later _ -> startThread(user, command, route);
        case Route.Unknown _ -> unknown(user, command);
      }
    } catch (Throwable e) { // whatever a handler throws, the shard lives on
      failed(user, command, e);
    }
  }

  private void startThread(ConnectedUser user, Command command, Route route) {
    if (threadsRunning.incrementAndGet() > limits.commandsRunningMaxCount()) {
      threadsRunning.decrementAndGet();
      answer(user, command, Status.ERR, Code.TOO_MANY, "the node handles too many commands");
      return;
    }
    Handling.begin(this, user, command, route);
  }

  ThreadFactory threads() {
    return threads;
  }

  int commandTimeoutMillis() {
    return limits.commandTimeoutMillis();
  }

  void threadEnded() {
    threadsRunning.decrementAndGet();
  }

  void malformed() {
    malformed.increment();
  }

  void timedOut(ConnectedUser user, Command command) {
    timeouts.increment();
    answer(user, command, Status.ERR, Code.TIMEOUT, "not answered in time");
  }

  /** Answers as the exception says. On the user's shard. */
  void failed(ConnectedUser user, Command command, Throwable cause) {
    if (cause instanceof CommandException e) {
      answer(user, command, e.status(), e.code(), String.valueOf(e.getMessage()));
      return;
    }
    log.warn(
        "Command (ver %d, cmd %d) of %s failed".formatted(command.ver(), command.cmd(), user.uid()),
        cause);
    answer(user, command, Status.ERR, Code.INTERNAL, "the server failed");
  }

  private void unknown(ConnectedUser user, Command command) {
    answer(
        user,
        command,
        Status.BAD,
        Code.UNKNOWN_COMMAND,
        "no command (ver " + command.ver() + ", cmd " + command.cmd() + ")");
  }

  void answerOk(ConnectedUser user, Command command, byte[] payload) {
    if (command.requestId() != 0) {
      SendResult result = user.respond(Messages.ok(command, payload), channelOf(command));
      if (result == SendResult.TOO_LARGE) {
        answer(user, command, Status.ERR, Code.TOO_LARGE, "the answer is too large to send");
        return;
      }
    }
    runAfter(user, command, Status.OK, 0);
  }

  /** Answers BAD or ERR. On the user's shard. */
  void answer(ConnectedUser user, Command command, Status status, int code, String text) {
    (status == Status.BAD ? bad : err).increment();
    user.respond(Messages.failure(command, status, code, text), channelOf(command));
    runAfter(user, command, status, code);
  }

  private void runAfter(ConnectedUser user, Command command, Status status, int code) {
    for (CommandHook.After hook : hooks.after) {
      try {
        hook.after(user, command, status, code);
      } catch (RuntimeException e) {
        log.warn("A hook after commands failed", e);
      }
    }
  }

  private Responder responder(ConnectedUser user, Command command) {
    return new OnceResponder(this, user, command);
  }

  /** PROTOCOL §10: reliable-ordered on the command's channel, or on 0 if it has none. */
  private static Channel channelOf(Command command) {
    return Channel.ordered(command.channel().id());
  }
}

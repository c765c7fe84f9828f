package dev.skein.simulation;

import dev.skein.protocol.Code;
import dev.skein.server.Command;
import dev.skein.server.CommandException;
import dev.skein.server.ModuleContext.BuiltInHandler;
import dev.skein.server.Responder;
import dev.skein.server.Status;
import dev.skein.server.User;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** The built-in commands of a simulated node. */
final class SimCommands {
  private static final byte[] NOTHING = {};

  private final Map<Integer, BuiltInHandler> exposed = new HashMap<>();
  private final Map<Integer, Boolean> registered = new HashMap<>();

  void add(int cmd, boolean isExposed, BuiltInHandler handler) {
    if (registered.put(cmd, isExposed) != null) {
      throw new IllegalStateException("command 1/" + cmd + " is registered twice");
    }
    if (isExposed) {
      exposed.put(cmd, handler);
    }
  }

  /** Runs a command on the calling shard. */
  void run(User user, Command command, CompletableFuture<SimAnswer> answer) {
    BuiltInHandler handler = exposed.get(command.cmd());
    Responder responder = new Keeper(answer);
    if (handler == null) {
      responder.bad(Code.UNKNOWN_COMMAND, "unknown command");
      return;
    }
    try {
      handler.handle(user, command, responder);
    } catch (CommandException e) {
      answer.complete(new SimAnswer(e.status(), e.code(), String.valueOf(e.getMessage()), NOTHING));
    } catch (RuntimeException e) {
      responder.err(Code.INTERNAL, e.toString());
    }
  }

  private record Keeper(CompletableFuture<SimAnswer> answer) implements Responder {
    @Override
    public void ok(byte[] payload) {
      answer.complete(new SimAnswer(Status.OK, 0, "", payload));
    }

    @Override
    public void bad(int code, String text) {
      answer.complete(new SimAnswer(Status.BAD, code, text, NOTHING));
    }

    @Override
    public void err(int code, String text) {
      answer.complete(new SimAnswer(Status.ERR, code, text, NOTHING));
    }
  }
}

package dev.skein.mesh;

import dev.skein.mesh.Frame.Verdict;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The handlers of commands and RPCs, and their runs, each on a thread of its own. Any thread may
 * call.
 */
final class Commands {
  private static final int REASON_MAX_CHARS = 1_000;

  private final Link link;
  private final MeshRuntime runtime;
  private final MeshCounters counters;
  private final Semaphore running;
  private final RareLog log;
  private final Map<Integer, MeshHandler.Request> requestHandlers = new ConcurrentHashMap<>();
  private final Map<Integer, MeshHandler.Rpc> rpcHandlers = new ConcurrentHashMap<>();
  private volatile boolean frozen;

  /** What a handler's run comes to: the bytes of the answer. */
  private interface Run {
    byte[] answer() throws Exception;
  }

  Commands(Link link, MeshRuntime runtime, MeshCounters counters, int runningMaxCount) {
    this.link = link;
    this.runtime = runtime;
    this.counters = counters;
    this.running = new Semaphore(runningMaxCount);
    this.log = new RareLog(LoggerFactory.getLogger(Commands.class), runtime);
  }

  void onRequest(int id, MeshHandler.Request handler) {
    register(requestHandlers, "command", id, handler);
  }

  void onRpc(int id, MeshHandler.Rpc handler) {
    register(rpcHandlers, "RPC", id, handler);
  }

  /** The mesh starts: no handler is set any more. */
  void freeze() {
    frozen = true;
  }

  private <H> void register(Map<Integer, H> handlers, String kind, int id, H handler) {
    Mesh.requireGameId(kind, id);
    if (frozen) {
      throw new IllegalStateException("mesh " + kind + " " + id + " is set after start");
    }
    if (handlers.putIfAbsent(id, handler) != null) {
      throw new IllegalStateException("mesh " + kind + " " + id + " has a handler already");
    }
  }

  void onCommand(String sender, Frame.Command command) {
    run(
        answerOf(command.id(), sender, command.data()),
        (verdict, body) -> {
          if (verdict != Verdict.OK) {
            counters.dropped.increment();
            log.warn("Mesh command {} of {}: {}", command.id(), sender, text(body));
          }
        });
  }

  void onRequest(String sender, Frame.Request request) {
    run(answerOf(request.id(), sender, request.data()), answerTo(sender, request.number()));
  }

  void onRpc(String sender, Frame.Rpc rpc) {
    MeshHandler.Rpc handler = rpcHandlers.get(rpc.id());
    run(
        handler == null ? null : () -> handler.handle(sender, rpc.data()),
        answerTo(sender, rpc.number()));
  }

  private @Nullable Run answerOf(int id, String sender, byte[] data) {
    MeshHandler.Request handler = requestHandlers.get(id);
    if (handler == null) {
      return null;
    }
    return () -> {
      Map<String, Object> answer = handler.handle(sender, MeshData.decode(data));
      return MeshData.encode(answer == null ? Map.of() : answer);
    };
  }

  /** Where the end of a run goes. */
  private interface Ending {
    void end(Verdict verdict, byte[] body);
  }

  private Ending answerTo(String sender, long number) {
    return (verdict, body) -> {
      if (!link.send(sender, new Frame.Answer(number, verdict, body))) {
        log.warn("An answer to {} is lost: it has left or the queue to it is full", sender);
      }
    };
  }

  private void run(@Nullable Run handler, Ending ending) {
    if (handler == null) {
      ending.end(Verdict.UNREACHABLE, reason("no handler for it there"));
    } else if (!running.tryAcquire()) {
      ending.end(Verdict.UNREACHABLE, reason("too many requests are being handled there"));
    } else {
      try {
        runtime.execute(() -> runInItsPlace(handler, ending));
      } catch (RejectedExecutionException e) {
        running.release();
        ending.end(Verdict.UNREACHABLE, reason("the mesh is closed there"));
      }
    }
  }

  /** The place is free again before the caller hears, so that its next request finds it. */
  private void runInItsPlace(Run handler, Ending ending) {
    Verdict verdict = Verdict.OK;
    byte[] body;
    try {
      body = handler.answer();
    } catch (Throwable e) {
      counters.handlersFailed.increment();
      verdict = Verdict.HANDLER_FAILED;
      body = reason(e);
    } finally {
      running.release();
    }
    ending.end(verdict, body);
  }

  /** What the caller is told of a handler's exception. */
  static byte[] reason(Throwable failure) {
    String text = failure.getMessage();
    return reason(text == null ? failure.getClass().getName() : text);
  }

  private static byte[] reason(String text) {
    String told = text.length() > REASON_MAX_CHARS ? text.substring(0, REASON_MAX_CHARS) : text;
    return told.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] body) {
    return new String(body, StandardCharsets.UTF_8);
  }
}

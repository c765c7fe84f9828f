package dev.skein.client;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** The calls of one client that wait for their answers. Confined to the loop. */
final class Calls {
  private final Deadlines deadlines;
  private final Executor completions;
  private final int pendingMax;
  private final Map<Long, Pending> pending = new HashMap<>();
  private long lastId;
  private long timedOut;

  private final class Pending extends Deadline {
    final long id;
    final int ver;
    final int cmd;
    final Duration timeout;
    final CompletableFuture<byte[]> answer;

    Pending(long id, int ver, int cmd, Duration timeout, CompletableFuture<byte[]> answer) {
      this.id = id;
      this.ver = ver;
      this.cmd = cmd;
      this.timeout = timeout;
      this.answer = answer;
    }

    @Override
    void onDue(long nowNanos) {
      timedOut++;
      fail(id, new CallTimedOut(ver, cmd, timeout.toMillis()));
    }
  }

  Calls(Deadlines deadlines, Executor completions, int pendingMax) {
    this.deadlines = deadlines;
    this.completions = completions;
    this.pendingMax = pendingMax;
  }

  boolean full() {
    return pending.size() >= pendingMax;
  }

  /** Remembers a call until its answer or its timeout; returns its request id. */
  long add(int ver, int cmd, Duration timeout, CompletableFuture<byte[]> answer, long nowNanos) {
    Pending call = new Pending(++lastId, ver, cmd, timeout, answer);
    pending.put(call.id, call);
    deadlines.set(call, nowNanos + timeout.toNanos());
    return call.id;
  }

  /** The OK answer to a call; false if nobody waits for it any more. */
  boolean complete(long id, byte[] payload) {
    Pending call = take(id);
    if (call == null) {
      return false;
    }
    completions.execute(() -> call.answer.complete(payload));
    return true;
  }

  boolean fail(long id, ClientException why) {
    Pending call = take(id);
    if (call == null) {
      return false;
    }
    completions.execute(() -> call.answer.completeExceptionally(why));
    return true;
  }

  /** The call was never sent. */
  void forget(long id) {
    take(id);
  }

  /** The session is over: nobody will answer. */
  void failAll(ClientException why) {
    List<Long> ids = new ArrayList<>(pending.keySet());
    ids.forEach(id -> fail(id, why));
  }

  int pending() {
    return pending.size();
  }

  long timedOut() {
    return timedOut;
  }

  private @Nullable Pending take(long id) {
    Pending call = pending.remove(id);
    if (call != null) {
      deadlines.remove(call);
    }
    return call;
  }
}

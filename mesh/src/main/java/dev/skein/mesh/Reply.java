package dev.skein.mesh;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The end of a request, for its caller. Callbacks get a thread of their own, as they may block; who
 * waits is woken by the thread that brings the answer, which saves a change of threads. Any thread
 * may call.
 */
final class Reply<T> extends CompletableFuture<T> {
  private final CompletableFuture<byte[]> brought;
  private final Function<byte[], T> reading;

  /**
   * @param brought ends on the engine's thread
   * @param callbacks runs what may block
   */
  Reply(CompletableFuture<byte[]> brought, Function<byte[], T> reading, Executor callbacks) {
    this.brought = brought;
    this.reading = reading;
    if (brought.isDone()) {
      brought.whenComplete(this::end); // refused at once, in the caller's own thread
      return;
    }
    brought.whenComplete((answer, failure) -> {
      try {
        callbacks.execute(() -> end(answer, failure));
      } catch (RejectedExecutionException e) {
        end(answer, failure); // the node is closing; its callers still hear how it ended
      }
    });
  }

  private void end(byte @Nullable [] answer, @Nullable Throwable failure) {
    if (answer == null) {
      completeExceptionally(failure);
      return;
    }
    try {
      complete(reading.apply(answer));
    } catch (RuntimeException e) {
      completeExceptionally(e);
    }
  }

  /** What follows from it is no reply itself. */
  @Override
  public <U> CompletableFuture<U> newIncompleteFuture() {
    return new CompletableFuture<>();
  }

  @Override
  public T get() throws InterruptedException, ExecutionException {
    return isDone() ? super.get() : read(brought.get());
  }

  @Override
  public T get(long timeout, TimeUnit unit)
      throws InterruptedException, ExecutionException, TimeoutException {
    return isDone() ? super.get(timeout, unit) : read(brought.get(timeout, unit));
  }

  private T read(byte[] answer) throws ExecutionException {
    try {
      return reading.apply(answer);
    } catch (RuntimeException e) {
      throw new ExecutionException(e);
    }
  }

  @Override
  public T join() {
    if (isDone()) {
      return super.join();
    }
    byte[] answer = brought.join();
    try {
      return reading.apply(answer);
    } catch (RuntimeException e) {
      throw new CompletionException(e);
    }
  }
}

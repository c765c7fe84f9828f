package dev.skein.mesh;

import dev.skein.mesh.engine.Engine;
import dev.skein.mesh.journal.Journal;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The engine of a node that is alone: what it sends to itself comes back, stores live in its
 * memory. Nothing to install; any thread may call.
 */
public final class LocalEngine implements Engine {
  /** The address of a node that is alone. */
  public static final String ADDRESS = "local";

  private static final int QUEUE_MAX_COUNT = 65_536;

  private final MeshRuntime runtime;
  private final Queue<byte[]> frames = new ArrayDeque<>();
  private final List<Journal> journals = new ArrayList<>();
  private @Nullable Listener listener;
  private boolean delivering;

  public LocalEngine(MeshRuntime runtime) {
    this.runtime = runtime;
  }

  @Override
  public void start(Listener started) {
    synchronized (this) {
      listener = started;
    }
    started.onView(List.of(ADDRESS));
  }

  @Override
  public String address() {
    return ADDRESS;
  }

  @Override
  public synchronized boolean isReady() {
    return listener != null;
  }

  @Override
  public synchronized boolean send(String address, byte[] frame, boolean reliable) {
    int placesCount = reliable ? QUEUE_MAX_COUNT : QUEUE_MAX_COUNT / 2;
    Listener receiver = listener;
    if (receiver == null || !address.equals(ADDRESS) || frames.size() >= placesCount) {
      return false;
    }
    if (!delivering) {
      try {
        runtime.execute(() -> deliver(receiver));
      } catch (RejectedExecutionException e) {
        return false;
      }
      delivering = true;
    }
    frames.add(frame);
    return true;
  }

  private void deliver(Listener receiver) {
    for (byte[] frame = next(); frame != null; frame = next()) {
      receiver.onFrame(ADDRESS, frame);
    }
  }

  private synchronized byte @Nullable [] next() {
    byte[] frame = frames.poll();
    delivering = frame != null;
    return frame;
  }

  @Override
  public synchronized Store store(StoreOptions options, Store.Operator operator) {
    Optional<Journal> journal = options.journal(runtime::currentTimeMillis);
    journal.ifPresent(journals::add);
    return new LocalStore(operator, runtime, ADDRESS, journal);
  }

  @Override
  public synchronized void close() {
    listener = null;
    frames.clear();
    journals.forEach(Journal::close);
    journals.clear();
  }
}

package dev.skein.mesh;

import dev.skein.mesh.engine.Engine;
import dev.skein.mesh.engine.EngineException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Engines of several nodes in one process, to test a game or a module on real servers without a
 * cluster: frames go from thread to thread, every node sees every other at once, and stores are in
 * memory. Any thread.
 */
public final class LinkedNodes implements AutoCloseable {
  private final Map<String, Joined> nodes = new ConcurrentSkipListMap<>();
  private final Map<String, Store> stores = new ConcurrentHashMap<>();
  private final Set<String> muted = ConcurrentHashMap.newKeySet();
  private final MeshRuntime runtime = MeshRuntime.ofJdk();

  /** The engine of a node that is to be called this. */
  public Engine node(String address) {
    return new LinkedEngine(address);
  }

  /** From now on nothing this node says is heard by others. */
  public void mute(String address) {
    muted.add(address);
  }

  /** The others hear it again; what was said meanwhile is lost. */
  public void unmute(String address) {
    muted.remove(address);
  }

  /** Ends the stores; the engines are closed by their nodes. */
  @Override
  public void close() {
    runtime.close();
  }

  private void announce() {
    List<String> view = List.copyOf(nodes.keySet());
    nodes.values().forEach(node -> node.hears(listener -> listener.onView(view)));
  }

  /** A node that has joined, and the thread on which it hears. */
  private record Joined(Engine.Listener listener, ExecutorService thread) {

    void hears(Consumer<Engine.Listener> news) {
      try {
        thread.execute(() -> news.accept(listener));
      } catch (RejectedExecutionException leftMeanwhile) {
        // Nobody is there to hear it.
      }
    }
  }

  private final class LinkedEngine implements Engine {
    private final String address;
    private volatile @Nullable Joined joined;

    LinkedEngine(String address) {
      this.address = address;
    }

    @Override
    public void start(Listener listener) {
      Joined self =
          new Joined(
              listener, Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory()));
      if (nodes.putIfAbsent(address, self) != null) {
        throw new EngineException("a node named " + address + " is in the cluster already");
      }
      joined = self;
      announce();
    }

    @Override
    public String address() {
      return address;
    }

    @Override
    public boolean isReady() {
      return joined != null;
    }

    @Override
    public boolean send(String to, byte[] frame, boolean reliable) {
      Joined receiver = nodes.get(to);
      if (receiver == null) {
        return false;
      }
      if (to.equals(address) || !muted.contains(address)) {
        receiver.hears(listener -> listener.onFrame(address, frame));
      }
      return true;
    }

    @Override
    public Store store(StoreOptions options, Store.Operator operator) {
      return stores.computeIfAbsent(
          options.name(), name -> new LocalEngine(runtime).store(options, operator));
    }

    @Override
    public void close() {
      Joined self = joined;
      if (self != null) {
        joined = null;
        nodes.remove(address);
        self.thread().shutdown();
        announce();
      }
    }
  }
}

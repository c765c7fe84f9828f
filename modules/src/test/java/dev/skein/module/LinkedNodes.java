package dev.skein.module;

import dev.skein.mesh.LocalEngine;
import dev.skein.mesh.MeshRuntime;
import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import dev.skein.mesh.engine.Engine;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Engines of several nodes in one JVM: frames go from thread to thread. Any thread. */
public final class LinkedNodes implements AutoCloseable {
  private final Map<String, LinkedEngine> nodes = new ConcurrentSkipListMap<>();
  private final Map<String, Store> stores = new ConcurrentHashMap<>();
  private final MeshRuntime runtime = MeshRuntime.ofJdk();

  /** The engine of a node that is to be called this. */
  public Engine node(String address) {
    return new LinkedEngine(address);
  }

  @Override
  public void close() {
    runtime.close();
  }

  private void announce() {
    List<String> view = List.copyOf(nodes.keySet());
    nodes.values().forEach(node -> node.run(listener -> listener.onView(view)));
  }

  /** One node's. */
  private final class LinkedEngine implements Engine {
    private final String address;
    private final ExecutorService thread =
        Executors.newSingleThreadExecutor(Thread.ofPlatform().daemon().factory());
    private volatile Listener listener = new Nobody();

    LinkedEngine(String address) {
      this.address = address;
    }

    @Override
    public void start(Listener started) {
      listener = started;
      nodes.put(address, this);
      announce();
    }

    private void run(java.util.function.Consumer<Listener> task) {
      if (!thread.isShutdown()) {
        thread.execute(() -> task.accept(listener));
      }
    }

    @Override
    public String address() {
      return address;
    }

    @Override
    public boolean isReady() {
      return nodes.containsKey(address);
    }

    @Override
    public boolean send(String to, byte[] frame, boolean reliable) {
      LinkedEngine receiver = nodes.get(to);
      if (receiver == null) {
        return false;
      }
      receiver.run(heard -> heard.onFrame(address, frame));
      return true;
    }

    @Override
    public Store store(StoreOptions options, Store.Operator operator) {
      return stores.computeIfAbsent(
          options.name(), name -> new LocalEngine(runtime).store(options, operator));
    }

    @Override
    public void close() {
      nodes.remove(address);
      thread.shutdown();
      announce();
    }
  }

  private static final class Nobody implements Engine.Listener {
    @Override
    public void onView(List<String> addresses) {}

    @Override
    public void onFrame(String sender, byte[] frame) {}
  }
}

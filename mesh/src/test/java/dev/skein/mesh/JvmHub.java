package dev.skein.mesh;

import dev.skein.mesh.engine.Engine;
import dev.skein.mesh.engine.EngineException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** Engines of nodes in one JVM: real threads, no sockets. Every node sees every other at once. */
final class JvmHub implements AutoCloseable {
  private final Map<String, Member> members = new ConcurrentSkipListMap<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private record Member(Engine.Listener listener, Executor turn) {}

  Engine engine(String address) {
    return new JvmEngine(address);
  }

  private synchronized void join(String address, Engine.Listener listener) {
    if (members.putIfAbsent(address, new Member(listener, new Serial(threads))) != null) {
      throw new EngineException("a node named " + address + " is in the cluster already");
    }
    tellView();
  }

  private synchronized void leave(String address) {
    if (members.remove(address) != null) {
      tellView();
    }
  }

  private void tellView() {
    List<String> view = List.copyOf(new TreeMap<>(members).keySet());
    members.values().forEach(each -> each.turn().execute(() -> each.listener().onView(view)));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private final class JvmEngine implements Engine {
    private final String address;

    JvmEngine(String address) {
      this.address = address;
    }

    @Override
    public void start(Listener listener) {
      join(address, listener);
    }

    @Override
    public String address() {
      return address;
    }

    @Override
    public boolean isReady() {
      return members.containsKey(address);
    }

    @Override
    public boolean send(String to, byte[] frame, boolean reliable) {
      Member receiver = members.get(to);
      if (receiver == null) {
        return false;
      }
      receiver.turn().execute(() -> receiver.listener().onFrame(address, frame));
      return true;
    }

    @Override
    public Store store(StoreOptions options, Store.Operator operator) {
      throw new UnsupportedOperationException("these nodes share no store");
    }

    @Override
    public void close() {
      leave(address);
    }
  }
}

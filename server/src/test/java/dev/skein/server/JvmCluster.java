package dev.skein.server;

import dev.skein.mesh.MeshException;
import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import dev.skein.mesh.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * Engines that share one memory, for servers of one JVM in real time. Nodes can die without a word,
 * and be cut off: then they are the smaller part, whose stores fail.
 */
final class JvmCluster {
  private final Map<String, Node> nodes = new TreeMap<>();
  private final Set<String> cutOff = ConcurrentHashMap.newKeySet();
  private final Map<String, byte[]> values = new ConcurrentHashMap<>();

  /** The engine of a node that has not joined yet. */
  Engine engine(String address) {
    return new Node(address);
  }

  /** Nobody sees or hears the node any more, nor does it them. */
  void cutOff(String address) {
    cutOff.add(address);
    tellViews();
  }

  void heal() {
    cutOff.clear();
    tellViews();
  }

  /** Entries of all stores. */
  int valueCount() {
    return values.size();
  }

  private synchronized void tellViews() {
    for (Node node : nodes.values()) {
      List<String> view = new ArrayList<>();
      nodes.keySet().stream().filter(other -> sees(node.address, other)).forEach(view::add);
      node.tell(view);
    }
  }

  private boolean sees(String one, String other) {
    return one.equals(other) || !cutOff.contains(one) && !cutOff.contains(other);
  }

  private synchronized @Nullable Node reachable(String from, String to) {
    return sees(from, to) ? nodes.get(to) : null;
  }

  private final class Node implements Engine {
    private final String address;
    private final ExecutorService events = Executors.newSingleThreadExecutor();
    private @Nullable Listener listener;

    Node(String address) {
      this.address = address;
    }

    @Override
    public void start(Listener started) {
      synchronized (JvmCluster.this) {
        listener = started;
        nodes.put(address, this);
      }
      tellViews();
      CompletableFuture<Void> seen = new CompletableFuture<>();
      post(hearer -> seen.complete(null));
      seen.join();
    }

    @Override
    public String address() {
      return address;
    }

    @Override
    public boolean isReady() {
      return listener != null && !cutOff.contains(address);
    }

    @Override
    public boolean send(String to, byte[] frame, boolean reliable) {
      Node receiver = reachable(address, to);
      return receiver != null && receiver.post(hearer -> hearer.onFrame(address, frame));
    }

    private void tell(List<String> view) {
      post(hearer -> hearer.onView(view));
    }

    private boolean post(java.util.function.Consumer<Listener> event) {
      Listener hearer = listener;
      if (hearer == null) {
        return false;
      }
      try {
        events.execute(() -> event.accept(hearer));
        return true;
      } catch (RejectedExecutionException e) {
        return false;
      }
    }

    @Override
    public Store store(StoreOptions options, Store.Operator operator) {
      return new SharedStore(address, options.name() + "/", operator);
    }

    @Override
    public void close() {
      synchronized (JvmCluster.this) {
        nodes.remove(address, this);
      }
      events.shutdown();
      tellViews();
    }
  }

  private final class SharedStore implements Store {
    private final String user;
    private final String prefix;
    private final Operator operator;

    SharedStore(String user, String prefix, Operator operator) {
      this.user = user;
      this.prefix = prefix;
      this.operator = operator;
    }

    @Override
    public CompletionStage<Optional<byte[]>> get(String key) {
      return cutOff.contains(user)
          ? minority()
          : CompletableFuture.completedFuture(Optional.ofNullable(values.get(prefix + key)));
    }

    @Override
    public CompletionStage<byte[]> apply(String key, byte[] operation) {
      if (cutOff.contains(user)) {
        return minority();
      }
      CompletableFuture<byte[]> answer = new CompletableFuture<>();
      values.compute(
          prefix + key,
          (name, current) -> {
            Outcome outcome = operator.run(current, operation, System.currentTimeMillis());
            answer.complete(outcome.answer());
            return outcome.value();
          });
      return answer;
    }

    private <T> CompletionStage<T> minority() {
      return CompletableFuture.failedFuture(new MeshException.NetworkFailed("cut off"));
    }

    @Override
    public String owner(String key) {
      return user;
    }

    @Override
    public void onChange(ChangeListener listener) {}
  }
}

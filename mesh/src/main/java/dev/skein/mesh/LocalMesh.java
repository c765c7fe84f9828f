package dev.skein.mesh;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mesh of one node: it is alone, and what it sends to itself its handlers get, as from any
 * node. Nothing to install; thread-safe.
 */
public final class LocalMesh implements Mesh {
  /** The address of a node that is alone. */
  public static final String ADDRESS = "local";

  private static final Logger LOG = LoggerFactory.getLogger(LocalMesh.class);

  private final int requestTimeoutMillis;
  private final Semaphore running;
  private final Map<Integer, MeshHandler.Request> requestHandlers = new ConcurrentHashMap<>();
  private final Map<Integer, MeshHandler.Rpc> rpcHandlers = new ConcurrentHashMap<>();
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("skein-mesh-", 0).factory());
  private volatile NodeInfo self;
  private volatile boolean started;

  /**
   * @param self what the node says of itself; its address is taken as it is
   * @param requestTimeoutMillis how long a request waits for its handler
   * @param requestsRunningMaxCount handlers that may run at a time; beyond, calls fail
   */
  public LocalMesh(NodeInfo self, int requestTimeoutMillis, int requestsRunningMaxCount) {
    this.self = self;
    this.requestTimeoutMillis = requestTimeoutMillis;
    this.running = new Semaphore(requestsRunningMaxCount);
  }

  @Override
  public void start() {
    started = true;
  }

  @Override
  public NodeInfo self() {
    return self;
  }

  @Override
  public synchronized void update(UnaryOperator<NodeInfo> change) {
    NodeInfo after = change.apply(self);
    if (!after.address().equals(self.address()) || after.id() != self.id()) {
      throw new IllegalArgumentException("a node's address and id cannot change");
    }
    self = after;
  }

  @Override
  public List<NodeInfo> nodes() {
    return List.of(self());
  }

  @Override
  public void onRequest(int id, MeshHandler.Request handler) {
    register(requestHandlers, "command", id, handler);
  }

  @Override
  public void onRpc(int id, MeshHandler.Rpc handler) {
    register(rpcHandlers, "RPC", id, handler);
  }

  @Override
  public void send(
      int id, Collection<String> addresses, Map<String, Object> data, boolean reliable) {
    for (String address : addresses) {
      request(id, address, data)
          .whenComplete((unused, failure) -> {
            if (failure != null) {
              LOG.warn("Mesh command {} to {}: {}", id, address, failure.getMessage());
            }
          });
    }
  }

  @Override
  public CompletionStage<Map<String, Object>> request(
      int id, String address, Map<String, Object> data) {
    Map<String, Object> copy = MeshData.copyOf(data);
    return answer(
        id,
        address,
        requestHandlers,
        handler -> {
          Map<String, Object> response = handler.handle(self().address(), copy);
          return response == null ? Map.of() : MeshData.copyOf(response);
        });
  }

  @Override
  public CompletionStage<byte[]> rpc(int id, String address, byte[] data) {
    byte[] copy = data.clone();
    return answer(
        id,
        address,
        rpcHandlers,
        handler -> Objects.requireNonNull(handler.handle(self().address(), copy)).clone());
  }

  @Override
  public Topic topic(String name, Topic.Handler handler) {
    throw new UnsupportedOperationException(name);
  }

  @Override
  public Store store(StoreOptions options, Store.Operator operator) {
    throw new UnsupportedOperationException(options.name());
  }

  @Override
  public SharedData sharedData() {
    throw new UnsupportedOperationException("shared data");
  }

  @Override
  public void onNodes(NodeListener listener) {}

  @Override
  public NodeInfo home(String name) {
    return self();
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private <H> void register(Map<Integer, H> handlers, String kind, int id, H handler) {
    Mesh.requireGameId(kind, id);
    if (started) {
      throw new IllegalStateException("mesh " + kind + " " + id + " is set after start");
    }
    if (handlers.putIfAbsent(id, handler) != null) {
      throw new IllegalStateException("mesh " + kind + " " + id + " has a handler already");
    }
  }

  private interface Answer<H, R> {
    R from(H handler) throws Exception;
  }

  private <H, R> CompletableFuture<R> answer(
      int id, String address, Map<Integer, H> handlers, Answer<H, R> answer) {
    H handler = handlers.get(id);
    if (!started) {
      return unreachable("the mesh has not started");
    }
    if (!address.equals(self.address())) {
      return unreachable("no node " + address);
    }
    if (handler == null) {
      return unreachable("no handler for " + id);
    }
    if (!running.tryAcquire()) {
      return unreachable("too many requests are being handled");
    }
    CompletableFuture<R> result = new CompletableFuture<>();
    try {
      threads.execute(() -> run(handler, answer, result));
    } catch (RejectedExecutionException e) {
      running.release();
      return unreachable("the mesh is closed");
    }
    return result
        .orTimeout(requestTimeoutMillis, TimeUnit.MILLISECONDS)
        .exceptionallyCompose(failure ->
            CompletableFuture.failedFuture(
                failure instanceof MeshException
                    ? failure
                    : new MeshException.NetworkFailed(
                        "no answer within " + requestTimeoutMillis + " ms")));
  }

  private static <R> CompletableFuture<R> unreachable(String why) {
    return CompletableFuture.failedFuture(new MeshException.NetworkFailed(why));
  }

  /** The place is free again before the caller hears, so that its next request finds it. */
  private <H, R> void run(H handler, Answer<H, R> answer, CompletableFuture<R> result) {
    try {
      result.complete(inItsPlace(handler, answer));
    } catch (Throwable e) {
      result.completeExceptionally(new MeshException.HandlerFailed(String.valueOf(e.getMessage())));
    }
  }

  private <H, R> R inItsPlace(H handler, Answer<H, R> answer) throws Exception {
    try {
      return answer.from(handler);
    } finally {
      running.release();
    }
  }
}

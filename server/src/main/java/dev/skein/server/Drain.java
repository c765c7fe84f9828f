package dev.skein.server;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.NodeInfo;
import dev.skein.protocol.Code;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings the users of a node that takes on no more to other nodes: first what modules keep, then
 * user by user. Used once, by one thread, which it blocks.
 *
 * @param movesMaxCount users who are on their way at a time
 */
record Drain(
    Mesh mesh,
    Users users,
    UserDirectory directory,
    List<Module> modules,
    int movesMaxCount,
    RandomGenerator random,
    Metrics.Counter moved) {
  private static final Logger LOG = LoggerFactory.getLogger("dev.skein.server");
  private static final int LOOK_MILLIS = 20;

  /** Returns when no user is left, or at the deadline; at once if there is no node to go to. */
  void run(long deadlineNanos) throws InterruptedException {
    if (users.count() == 0
        || users.connected().stream().noneMatch(user -> target(user).isPresent())) {
      return;
    }
    LOG.info("Draining: {} users go to other nodes", users.count());
    awaitModules(deadlineNanos);
    moveUsers(deadlineNanos);
    while (users.count() > 0 && left(deadlineNanos) > 0) {
      TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
    }
    LOG.info("Drained; {} users are left", users.count());
  }

  private void awaitModules(long deadlineNanos) throws InterruptedException {
    CompletableFuture<?>[] drained =
        modules.stream().map(Drain::begin).toArray(CompletableFuture[]::new);
    try {
      CompletableFuture.allOf(drained).get(left(deadlineNanos), TimeUnit.NANOSECONDS);
    } catch (ExecutionException | TimeoutException e) {
      LOG.warn("Not everything of the modules has moved", e);
    }
  }

  private static CompletableFuture<Void> begin(Module module) {
    try {
      return module.drain().toCompletableFuture();
    } catch (RuntimeException e) {
      LOG.warn("Module {} does not drain", module.name(), e);
      return CompletableFuture.completedFuture(null);
    }
  }

  private void moveUsers(long deadlineNanos) throws InterruptedException {
    Semaphore places = new Semaphore(movesMaxCount);
    for (ConnectedUser user : List.copyOf(users.connected())) {
      if (!places.tryAcquire(left(deadlineNanos), TimeUnit.NANOSECONDS)) {
        return;
      }
      Optional<NodeInfo> target = target(user);
      if (target.isEmpty()) {
        places.release();
        continue;
      }
      directory
          .move(user.uid(), target.get().address())
          .whenComplete((arrived, failure) -> {
            places.release();
            if (failure == null && arrived) {
              moved.increment();
            } else {
              // It finds another node by itself.
              user.disconnect(Code.DRAINING, "the node drains; log in again");
            }
          });
    }
    // Those who left have not arrived yet: until they have, this node tells them where to.
    if (!places.tryAcquire(movesMaxCount, left(deadlineNanos), TimeUnit.NANOSECONDS)) {
      LOG.warn("Not every user arrived in time where it was sent");
    }
  }

  /** A node of the same type that speaks the same: the less loaded of two random ones. */
  private Optional<NodeInfo> target(ConnectedUser user) {
    NodeInfo self = mesh.self();
    String role = user.role().name();
    Predicate<NodeInfo> fits =
        node ->
            node.id() != self.id()
                && node.acceptsUsers()
                && node.hasRole(role)
                && node.type().equals(self.type());
    List<NodeInfo> nodes = mesh.nodes().stream().filter(fits).toList();
    if (nodes.isEmpty()) {
      return Optional.empty();
    }
    NodeInfo one = nodes.get(random.nextInt(nodes.size()));
    NodeInfo other = nodes.get(random.nextInt(nodes.size()));
    return Optional.of(one.ccu() <= other.ccu() ? one : other);
  }

  private static long left(long deadlineNanos) {
    return Math.max(0, deadlineNanos - System.nanoTime());
  }
}

package dev.skein.server;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.NodeState;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Asks the game every 2 s whether the node is TAKEN. Any thread may call. */
final class TakenCheck {
  static final int INTERVAL_MILLIS = 2_000;

  private static final Logger LOG = LoggerFactory.getLogger(TakenCheck.class);

  private final Mesh mesh;
  private final Shard shard;
  private final AtomicBoolean asking = new AtomicBoolean();
  private volatile BooleanSupplier predicate = () -> false;
  private volatile boolean stopped;

  TakenCheck(Mesh mesh, Shard shard) {
    this.mesh = mesh;
    this.shard = shard;
  }

  void use(BooleanSupplier newPredicate) {
    predicate = newPredicate;
    if (asking.compareAndSet(false, true)) {
      askLater();
    }
  }

  void stop() {
    stopped = true;
  }

  private void askLater() {
    if (!stopped) {
      // The predicate is the game's and may block, so it does not run on the shard.
      shard.schedule(() -> Thread.ofVirtual().start(this::ask), INTERVAL_MILLIS);
    }
  }

  private void ask() {
    try {
      NodeState answer = predicate.getAsBoolean() ? NodeState.TAKEN : NodeState.ONLINE;
      mesh.update(self -> self.state() == NodeState.OFFLINE ? self : self.withState(answer));
    } catch (RuntimeException e) {
      LOG.warn("markTakenIf's predicate failed", e);
    } finally {
      askLater();
    }
  }
}

package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.mesh.MeshNode;
import dev.skein.mesh.MeshSettings;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeState;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class TakenCheckTest {
  private final MeshNode mesh =
      MeshNode.local(
          new NodeInfo("local", 1, "", NodeState.ONLINE, Map.of(), 0, "1", Map.of()),
          MeshSettings.DEFAULTS);
  private final TestShard shard = new TestShard();
  private final TakenCheck check = new TakenCheck(mesh, shard);
  private final AtomicBoolean full = new AtomicBoolean();
  private final AtomicInteger asked = new AtomicInteger();

  @Test
  void theStateFollowsThePredicateEveryTwoSeconds() {
    check.use(this::isFull);
    full.set(true);
    shard.advanceMillis(1_999);
    assertThat(asked).hasValue(0);
    ask(1);
    assertThat(mesh.self().state()).isEqualTo(NodeState.TAKEN);
    full.set(false);
    ask(2_000);
    assertThat(mesh.self().state()).isEqualTo(NodeState.ONLINE);
  }

  @Test
  void whileOfflineTheAnswerIsIgnored() {
    check.use(this::isFull);
    mesh.update(self -> self.withState(NodeState.OFFLINE));
    full.set(true);
    ask(2_000);
    full.set(false);
    ask(2_000);
    assertThat(mesh.self().state()).isEqualTo(NodeState.OFFLINE);
  }

  @Test
  void aPredicateThatThrowsIsAskedAgain() {
    check.use(() -> {
      if (asked.incrementAndGet() == 1) {
        throw new IllegalStateException("logged");
      }
      return true;
    });
    awaitNextAfter(0, 2_000);
    awaitNextAfter(1, 2_000);
    assertThat(mesh.self().state()).isEqualTo(NodeState.TAKEN);
  }

  @Test
  void afterStopNobodyIsAskedAgain() {
    check.use(this::isFull);
    check.stop();
    shard.advanceMillis(2_000);
    Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> asked.get() == 1);
    assertThat(shard.pendingTimers()).isZero();
  }

  private boolean isFull() {
    asked.incrementAndGet();
    return full.get();
  }

  private void ask(long millis) {
    awaitNextAfter(asked.get(), millis);
  }

  /** The predicate runs on a virtual thread, which asks for the next turn when it has finished. */
  private void awaitNextAfter(int count, long millis) {
    shard.advanceMillis(millis);
    Awaitility.await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> asked.get() > count && shard.pendingTimers() > 0);
  }
}

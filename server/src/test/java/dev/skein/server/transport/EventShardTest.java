package dev.skein.server.transport;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class EventShardTest {
  private static final long PERIOD_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  private static final int LIMIT_SECONDS = 30;

  private final MultiThreadIoEventLoopGroup loops =
      new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
  private final EventShard shard =
      new EventShard(0, (IoEventLoop) loops.next(), System::nanoTime, PERIOD_NANOS);

  /** Always wants the next turn, as a socket does that has datagrams. */
  private static final class Busy implements EventShard.TurnPart {
    @Override
    public void beginTurn(long nowNanos) {}

    @Override
    public long endTurn(long nowNanos) {
      return nowNanos;
    }
  }

  @AfterEach
  void end() throws InterruptedException {
    loops.shutdownGracefully(0, LIMIT_SECONDS, TimeUnit.SECONDS).await();
  }

  private void makeBusy() {
    shard.execute(() -> {
      shard.add(new Busy());
      shard.requestTurn();
    });
  }

  @Test
  void tasksRunInTheOrderEachThreadHandsThemOverWhetherTheShardIsBusyOrAtRest() throws Exception {
    int threads = 4;
    int tasks = 20_000;
    List<List<Integer>> ran = new ArrayList<>();
    CountDownLatch left = new CountDownLatch(threads * tasks);
    for (int i = 0; i < threads; i++) {
      List<Integer> mine = new ArrayList<>();
      ran.add(mine);
      Thread.ofPlatform()
          .start(() -> {
            for (int task = 0; task < tasks; task++) {
              int number = task;
              shard.execute(() -> {
                mine.add(number);
                left.countDown();
              });
              if (number == tasks / 2) {
                makeBusy();
              }
            }
          });
    }
    assertThat(left.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
    assertThat(ran).allSatisfy(each -> assertThat(each).hasSize(tasks).isSorted());
  }

  @Test
  void whatWaitsForATurnRunsBeforeTheShardEnds() throws Exception {
    makeBusy();
    int tasks = 1_000;
    List<Integer> ran = Collections.synchronizedList(new ArrayList<>());
    for (int task = 0; task < tasks; task++) {
      int number = task;
      shard.execute(() -> ran.add(number));
    }
    shard.end();
    loops.shutdownGracefully(0, LIMIT_SECONDS, TimeUnit.SECONDS).await();
    assertThat(ran).hasSize(tasks).isSorted();
  }

  @Test
  void theTasksOfOneThatAlwaysHasMoreDoNotKeepTheTurnsFromComing() throws Exception {
    CountDownLatch turns = new CountDownLatch(3);
    shard.execute(() -> shard.add(new Busy()));
    shard.execute(() -> again(turns));
    for (int i = 0; i < 3; i++) {
      shard.schedule(turns::countDown, i);
    }
    assertThat(turns.await(LIMIT_SECONDS, TimeUnit.SECONDS)).isTrue();
  }

  /** Hands itself over again from another thread. */
  private void again(CountDownLatch turns) {
    if (turns.getCount() > 0) {
      Thread.startVirtualThread(() -> shard.execute(() -> again(turns)));
    }
  }
}

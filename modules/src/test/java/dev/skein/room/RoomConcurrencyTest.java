package dev.skein.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.server.Shard;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Rooms on real threads, one for each shard, asked by several others at once. */
@Timeout(60)
class RoomConcurrencyTest {
  private static final byte[] NOTHING = {};
  private static final int SHARDS = 4;
  private static final int CALLERS = 4;
  private static final int MESSAGES = 500;

  private final List<ThreadShard> shards = new ArrayList<>();
  private final ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
  private TestNode node;
  private Rooms rooms;

  @BeforeEach
  void start() {
    for (int i = 0; i < SHARDS; i++) {
      shards.add(new ThreadShard(i));
    }
    rooms = Rooms.module();
    node = new TestNode(rooms, List.copyOf(shards), new Random(1));
  }

  @AfterEach
  void stop() {
    callers.shutdownNow();
    shards.forEach(shard -> shard.thread.shutdownNow());
  }

  private List<TestUser> users(int count) {
    List<TestUser> users = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      users.add(new TestUser("u" + i, shards.get(i % SHARDS)));
    }
    return users;
  }

  private static CompletableFuture<Void> all(List<? extends CompletableFuture<?>> futures) {
    return CompletableFuture.allOf(futures.toArray(CompletableFuture[]::new));
  }

  /** Waits until everything the shards were given before has been done. */
  private void settle() {
    for (int round = 0; round < 4; round++) {
      for (ThreadShard shard : shards) {
        CompletableFuture.runAsync(() -> {}, shard).join();
      }
    }
  }

  private void fromManyThreads(java.util.function.IntConsumer work) {
    List<CompletableFuture<Void>> running = new ArrayList<>();
    for (int caller = 0; caller < CALLERS; caller++) {
      int number = caller;
      running.add(CompletableFuture.runAsync(() -> work.accept(number), callers));
    }
    all(running).join();
  }

  @Test
  void allMembersHearAllBroadcastsInTheSameOrder() {
    List<TestUser> users = users(8);
    Room room =
        rooms.create(RoomOptions.of("x"), users.getFirst(), NOTHING).toCompletableFuture().join();
    for (TestUser user : users.subList(1, 8)) {
      rooms.join(room.id(), user, NOTHING).toCompletableFuture().join();
    }
    fromManyThreads(caller -> {
      List<CompletableFuture<Void>> sent = new ArrayList<>();
      for (int i = 0; i < MESSAGES; i++) {
        TestUser from = users.get((caller + i) % users.size());
        byte[] data = (caller + "/" + i).getBytes(UTF_8);
        sent.add(room.broadcast(from, data, Channel.RELIABLE).toCompletableFuture());
      }
      all(sent).join();
    });
    settle();
    List<String> order = users.getFirst().heard();
    assertThat(order).hasSize(CALLERS * MESSAGES).doesNotHaveDuplicates();
    for (TestUser user : users) {
      assertThat(user.heard()).isEqualTo(order);
    }
    for (int caller = 0; caller < CALLERS; caller++) {
      String prefix = caller + "/";
      List<Integer> own =
          order.stream()
              .map(line -> line.substring(line.indexOf(':') + 1))
              .filter(line -> line.startsWith(prefix))
              .map(line -> Integer.parseInt(line.substring(prefix.length())))
              .toList();
      assertThat(own).isSorted();
    }
  }

  @Test
  void incrementsOfManyThreadsAddUp() {
    TestUser user = users(1).getFirst();
    Room room = rooms.create(RoomOptions.of("x"), user, NOTHING).toCompletableFuture().join();
    fromManyThreads(caller -> {
      List<CompletableFuture<Value>> done = new ArrayList<>();
      for (int i = 0; i < MESSAGES; i++) {
        done.add(room.increment("n", Value.of(1)).toCompletableFuture());
      }
      all(done).join();
    });
    assertThat(room.property("n")).contains(Value.of(CALLERS * MESSAGES));
  }

  @Test
  void usersThatComeAndGoAtTheSameTimeLeaveNothingBehind() {
    RoomOptions options = RoomOptions.builder().type("busy").maxMembers(5).build();
    fromManyThreads(caller -> {
      for (int i = 0; i < 100; i++) {
        TestUser user = new TestUser(caller + "-" + i, shards.get(i % SHARDS));
        DistantRoom room = rooms.joinOrCreate(options, user, NOTHING).toCompletableFuture().join();
        room.announce("x".getBytes(UTF_8)).toCompletableFuture().exceptionally(t -> null).join();
        if (i % 2 == 0) {
          rooms.leaveAll(user, NOTHING).toCompletableFuture().join();
        } else {
          node.startDiscard(user);
        }
      }
    });
    settle();
    assertThat(rooms.count()).isZero();
  }

  @Test
  void aRoomNeverHoldsMoreThanItsCapacityHoweverManyRush() {
    List<TestUser> users = users(64);
    Room room = rooms.create(RoomOptions.builder().maxMembers(10).emptyTtlMillis(0).build());
    List<CompletableFuture<?>> joining = new ArrayList<>();
    for (TestUser user : users) {
      joining.add(
          rooms
              .join(room.id(), user, NOTHING)
              .toCompletableFuture()
              .handle((member, full) -> member));
    }
    all(joining).join();
    settle();
    assertThat(room.members()).hasSize(10);
    assertThat(users.stream().filter(user -> rooms.of(user).contains(room))).hasSize(10);
    TestUser first = (TestUser) room.members().getFirst().user();
    assertThat(first.events(RoomEvent.Joined.class)).hasSize(9);
  }

  /** A shard on a thread of its own. */
  private static final class ThreadShard implements Shard {
    private final int index;
    private volatile @Nullable Thread running;
    private final ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(task -> {
          Thread started = new Thread(task, "shard");
          started.setDaemon(true);
          running = started;
          return started;
        });

    ThreadShard(int index) {
      this.index = index;
    }

    @Override
    public int index() {
      return index;
    }

    @Override
    public boolean isCurrent() {
      return Thread.currentThread() == running;
    }

    @Override
    public void execute(Runnable task) {
      if (isCurrent()) {
        task.run();
      } else {
        thread.execute(task);
      }
    }

    @Override
    public Timer schedule(Runnable task, long delayMillis) {
      ScheduledFuture<?> timer = thread.schedule(task, delayMillis, TimeUnit.MILLISECONDS);
      return () -> timer.cancel(false);
    }

    @Override
    public long nanoTime() {
      return System.nanoTime();
    }
  }
}

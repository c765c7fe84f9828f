package dev.skein.server.transport;

import dev.skein.server.Shard;
import io.netty.channel.IoEventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jctools.queues.MpscUnboundedArrayQueue;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A shard on a Netty event loop. Confined to its loop, except {@link Shard}'s methods.
 *
 * <p>Work comes in turns: datagrams that were read together, deadlines that passed together, tasks
 * that waited together. Connections touched in a turn are polled once at its end, and everything
 * they have to send leaves in one batch. The first turn after a rest begins at once; while there is
 * work, turns keep a distance, so that each has more to do at less cost: it is the kernel's work
 * for every wakeup and the cold caches after it that this saves. Tasks that other threads hand over
 * wait for the next turn, too, if it is no farther away than that.
 */
final class EventShard implements Shard {
  private static final Logger LOG = LoggerFactory.getLogger(EventShard.class);
  private static final int HANDED_OVER_CHUNK_COUNT = 256;

  /** So many tasks of other threads run before it is looked for datagrams and deadlines again. */
  private static final int TASKS_PER_DRAIN_COUNT = 1_024;

  private final int index;
  private final IoEventLoop loop;
  private final LongSupplier clock;
  private final Runnable requestedTurn = this::onRequestedTurn;
  private final Runnable armedTurn = this::onArmed;
  private final Runnable drain = this::drain;
  private final TimerWheel wheel;
  private final List<TurnPart> parts = new ArrayList<>();

  private final List<SessionConnection> touched = new ArrayList<>();

  private final long periodNanos;

  private boolean inTurn;
  private long turnNanos;

  /** No turn that nobody hurries begins before this. */
  private long nextTurnNanos;

  private boolean hurried;
  private boolean restful;
  private boolean turnRequested;
  private long armedNanos = Long.MAX_VALUE;
  private @Nullable Future<?> armed;

  /** What other threads have handed over, in order. Any thread adds. */
  private final MpscUnboundedArrayQueue<Runnable> handedOver =
      new MpscUnboundedArrayQueue<>(HANDED_OVER_CHUNK_COUNT);

  private final AtomicBoolean drainRequested = new AtomicBoolean();

  /** Whether the loop wakes within a period by itself, and takes then what was handed over. */
  private volatile boolean wakesSoon;

  private volatile boolean ending;

  /** Something that takes part in every turn, such as a socket with a batch to send. */
  interface TurnPart {
    /** Begins the turn. */
    void beginTurn(long nowNanos);

    /** Ends the turn; returns when it wants the next one, or Long.MAX_VALUE. */
    long endTurn(long nowNanos);
  }

  /**
   * @param periodNanos the least time from one turn to the next while there is work, so that work
   *     gathers; a turn after a rest begins at once
   */
  EventShard(int index, IoEventLoop loop, LongSupplier clock, long periodNanos) {
    this.index = index;
    this.loop = loop;
    this.clock = clock;
    this.periodNanos = periodNanos;
    this.nextTurnNanos = clock.getAsLong();
    this.wheel = new TimerWheel(clock.getAsLong());
  }

  @Override
  public int index() {
    return index;
  }

  @Override
  public boolean isCurrent() {
    return loop.inEventLoop();
  }

  @Override
  public long nanoTime() {
    return clock.getAsLong();
  }

  @Override
  public void execute(Runnable task) {
    if (loop.inEventLoop()) {
      run(task);
    } else if (ending) {
      loop.execute(() -> run(task)); // refused when the loop is gone
    } else {
      handedOver.add(task);
      // Read after the task is there: a loop that wakes from now on finds it.
      if (!wakesSoon) {
        requestDrain();
      }
    }
  }

  private void requestDrain() {
    if (drainRequested.compareAndSet(false, true)) {
      loop.execute(drain);
    }
  }

  /** Runs what other threads have handed over. */
  private void drain() {
    drainRequested.set(false);
    Runnable task;
    for (int i = 0; i < TASKS_PER_DRAIN_COUNT; i++) {
      task = handedOver.poll();
      if (task == null) {
        return;
      }
      run(task);
    }
    requestDrain();
  }

  /** The loop is about to end: runs what waits, and nothing waits from now on. */
  void end() {
    ending = true;
    loop.execute(drain);
  }

  @Override
  public Timer schedule(Runnable task, long delayMillis) {
    if (delayMillis < 0) {
      throw new IllegalArgumentException("delayMillis " + delayMillis + " is negative");
    }
    Scheduled scheduled = new Scheduled(task);
    long deadlineNanos = clock.getAsLong() + TimeUnit.MILLISECONDS.toNanos(delayMillis);
    execute(() -> scheduled.start(deadlineNanos));
    return scheduled;
  }

  IoEventLoop loop() {
    return loop;
  }

  TimerWheel wheel() {
    return wheel;
  }

  void add(TurnPart part) {
    parts.add(part);
  }

  void remove(TurnPart part) {
    parts.remove(part);
  }

  /** Now, read once a turn or batch: for everything that happens many times in one. */
  long now() {
    return inTurn ? turnNanos : clock.getAsLong();
  }

  /** Reads the clock again in the middle of a long turn. */
  void refreshNow() {
    turnNanos = clock.getAsLong();
  }

  /** Has the connection polled at the end of this turn, or of one that comes at once. */
  void touch(SessionConnection connection) {
    if (connection.touch()) {
      touched.add(connection);
      requestTurn();
    }
  }

  /** Runs the task as a turn of its own, or as part of the one under way. */
  void turn(Runnable task) {
    if (inTurn) {
      run(task);
      return;
    }
    beginTurn();
    run(task);
    endTurn();
  }

  /** Asks for a turn soon: something has been touched outside of one. */
  void requestTurn() {
    if (inTurn || turnRequested) {
      return;
    }
    turnRequested = true;
    long nowNanos = clock.getAsLong();
    if (nowNanos >= nextTurnNanos) {
      loop.execute(requestedTurn);
    } else {
      arm(nextTurnNanos, nowNanos);
    }
  }

  /**
   * A stream was read, outside of a turn. Epoll wakes the loop for every stream that becomes
   * readable; so after the turn this leads to, the loop rests for the turn's period and then finds
   * all that have become so meanwhile.
   */
  void rest() {
    restful = true;
  }

  /** In a turn: more waits than it could take, so the next one follows at once. */
  void hurry() {
    hurried = true;
  }

  private void onRequestedTurn() {
    turnRequested = false;
    wakesSoon = false;
    if (!inTurn) {
      beginTurn();
      drain();
      for (int i = 0; i < parts.size(); i++) {
        parts.get(i).beginTurn(turnNanos);
      }
      endTurn();
      if (restful && periodNanos > 0) {
        restful = false;
        LockSupport.parkNanos(nextTurnNanos - clock.getAsLong());
      }
    }
  }

  private void beginTurn() {
    inTurn = true;
    turnNanos = clock.getAsLong();
  }

  private void endTurn() {
    try {
      refreshNow();
      wheel.advance(turnNanos);
      flushTouched();
      long nextNanos = wheel.nextNanos();
      for (int i = 0; i < parts.size(); i++) {
        nextNanos = Math.min(nextNanos, parts.get(i).endTurn(turnNanos));
      }
      nextTurnNanos = hurried ? turnNanos : turnNanos + periodNanos;
      hurried = false;
      arm(Math.max(nextNanos, nextTurnNanos), turnNanos);
    } catch (RuntimeException e) {
      LOG.error("shard {} failed at the end of a turn", index, e);
    } finally {
      inTurn = false;
    }
  }

  /** A flush may touch others (an end of a session that its room hears of); they follow. */
  private void flushTouched() {
    for (int i = 0; i < touched.size(); i++) {
      SessionConnection connection = touched.get(i);
      try {
        connection.flush(turnNanos);
      } catch (RuntimeException e) {
        LOG.error("connection {} failed to send on shard {}", connection.id(), index, e);
      }
    }
    touched.clear();
  }

  /** Keeps one wakeup armed, no later than wanted; one that comes too early finds nothing to do. */
  private void arm(long wantedNanos, long nowNanos) {
    if (wantedNanos < armedNanos) {
      if (armed != null) {
        armed.cancel(false);
      }
      armedNanos = wantedNanos;
      armed = loop.schedule(armedTurn, Math.max(0, wantedNanos - nowNanos), TimeUnit.NANOSECONDS);
    }
    wakesSoon = armedNanos <= nowNanos + periodNanos;
  }

  private void onArmed() {
    armedNanos = Long.MAX_VALUE;
    armed = null;
    onRequestedTurn();
  }

  private void run(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.error("a task failed on shard {}", index, e);
    }
  }

  /** A task of {@link #schedule}. */
  private final class Scheduled extends TimerWheel.Entry implements Timer {
    private final Runnable task;
    private volatile boolean cancelled;

    Scheduled(Runnable task) {
      this.task = task;
    }

    void start(long deadlineNanos) {
      if (!cancelled) {
        wheel.set(this, deadlineNanos);
        requestTurn();
      }
    }

    @Override
    void onDeadline(long nowNanos) {
      if (!cancelled) {
        run(task);
      }
    }

    @Override
    public void cancel() {
      cancelled = true;
      if (isCurrent()) {
        wheel.remove(this);
      }
    }
  }
}

package dev.skein.client;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.ByteBuffer;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Objects;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * One daemon thread with a selector, and the clients that live on it; one loop serves thousands.
 * Any thread may call the public methods. Callbacks run on the loop unless a client was built with
 * an executor for them; whatever runs on the loop must not block, least of all on a future that the
 * loop itself has to complete.
 */
public final class ClientLoop implements Executor, AutoCloseable {
  /** Tasks of other threads that may wait; more are refused. */
  public static final int TASKS_MAX = 1 << 20;

  private static final Logger LOG = System.getLogger(ClientLoop.class.getName());
  private static final int SCRATCH_BYTES = 256 * 1024;

  /** Holder, so that the shared thread starts only if somebody wants it. */
  private static final class Shared {
    static final ClientLoop LOOP = builder().name("skein-client").start();
  }

  private final Selector selector;
  private final Thread thread;
  private final boolean busyPoll;
  private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
  private final AtomicInteger tasksWaiting = new AtomicInteger();
  private final AtomicBoolean wakeupAsked = new AtomicBoolean();
  private final Deadlines deadlines = new Deadlines();
  private final ArrayList<Flushed> unflushed = new ArrayList<>();
  private final Consumer<SelectionKey> dispatch = this::dispatch;
  private final SecureRandom random = new SecureRandom();
  private final ByteBuffer scratch = ByteBuffer.allocateDirect(SCRATCH_BYTES);
  private final byte[] scratchBytes = new byte[SCRATCH_BYTES];
  private final @Nullable SSLContext tls;
  private final Entry entry;
  private volatile boolean closed;
  private long nowNanos = System.nanoTime();

  /** Whose channel is ready; the attachment of its key. */
  interface Ready {
    void onReady(SelectionKey key) throws IOException;

    /** The channel failed, or {@link #onReady} did. */
    void onFailure(IOException failure);
  }

  /** What has something to send at the end of a turn. */
  interface Flushed {
    void flush(long nowNanos);
  }

  /** A task that waits for its time. */
  public interface Timer {
    /** Prevents the task from running if it has not started. Any thread. */
    void cancel();
  }

  private ClientLoop(Builder builder) {
    this.busyPoll = builder.busyPoll;
    this.tls = builder.tls;
    this.entry = new Entry(this);
    try {
      this.selector = Selector.open();
    } catch (IOException e) {
      throw new UncheckedIOException("no selector", e);
    }
    this.thread = Thread.ofPlatform().daemon().name(builder.name).unstarted(this::run);
  }

  /** The loop of all clients that were not given one; started at its first use. */
  public static ClientLoop shared() {
    return Shared.LOOP;
  }

  /** A loop of one's own. */
  public static ClientLoop start() {
    return builder().start();
  }

  public static Builder builder() {
    return new Builder();
  }

  /** How a loop is made. */
  public static final class Builder {
    private String name = "skein-client";
    private boolean busyPoll;
    private @Nullable SSLContext tls;

    private Builder() {}

    /** The thread's name; default {@code skein-client}. */
    public Builder name(String threadName) {
      this.name = Objects.requireNonNull(threadName, "name");
      return this;
    }

    /** Never sleep in the selector: a core for the lowest latency. Default false. */
    public Builder busyPoll(boolean spin) {
      this.busyPoll = spin;
      return this;
    }

    /**
     * Whom to trust, for entries over https and for {@link ClientBuilder#tls}. Default the JDK's
     * default context.
     */
    public Builder tls(SSLContext context) {
      this.tls = Objects.requireNonNull(context, "tls");
      return this;
    }

    public ClientLoop start() {
      ClientLoop loop = new ClientLoop(this);
      loop.thread.start();
      return loop;
    }
  }

  /** True on the loop's own thread. */
  public boolean isCurrent() {
    return Thread.currentThread() == thread;
  }

  /**
   * Runs the task on the loop, in the order handed over; also for a caller on the loop it runs in a
   * later turn.
   *
   * @throws RejectedExecutionException if the loop is closed or {@link #TASKS_MAX} tasks wait
   */
  @Override
  public void execute(Runnable task) {
    if (closed) {
      throw new RejectedExecutionException("the loop is closed");
    }
    if (tasksWaiting.incrementAndGet() > TASKS_MAX) {
      tasksWaiting.decrementAndGet();
      throw new RejectedExecutionException(TASKS_MAX + " tasks wait for the loop");
    }
    tasks.add(task);
    if (!isCurrent() && !busyPoll && !wakeupAsked.getAndSet(true)) {
      selector.wakeup();
    }
  }

  /** Runs the task once on the loop after the delay; precise to about a millisecond. */
  public Timer schedule(Runnable task, Duration delay) {
    long at = System.nanoTime() + delay.toNanos();
    Deadline deadline =
        new Deadline() {
          @Override
          void onDue(long nowNanos) {
            runSafely(task);
          }
        };
    inLoop(() -> deadlines.set(deadline, at));
    return () -> inLoop(() -> deadlines.remove(deadline));
  }

  /** Ends the thread; the clients on it fall silent, so close them before. */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
  }

  /** At once if the caller is on the loop, else in turn. */
  void inLoop(Runnable task) {
    if (isCurrent()) {
      task.run();
    } else {
      execute(task);
    }
  }

  /** Any thread; the default context is not loaded before somebody needs it. */
  SSLContext tls() {
    try {
      return tls == null ? SSLContext.getDefault() : tls;
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has a default TLS context", e);
    }
  }

  Entry entry() {
    return entry;
  }

  /** For keys, masks and the like. */
  SecureRandom random() {
    return random;
  }

  Deadlines deadlines() {
    return deadlines;
  }

  /** The time as of this turn, or of the channel being read. */
  long nowNanos() {
    return nowNanos;
  }

  /** A direct buffer for one read or write; its content does not survive the call. */
  ByteBuffer scratch() {
    return scratch.clear();
  }

  /** An array for one packet or record; its content does not survive the call. */
  byte[] scratchBytes() {
    return scratchBytes;
  }

  SelectionKey register(SelectableChannel channel, int operations, Ready ready) throws IOException {
    channel.configureBlocking(false);
    return channel.register(selector, operations, ready);
  }

  /** Asks for one {@link Flushed#flush} at the end of this turn; the caller asks once a turn. */
  void flushLater(Flushed flushed) {
    unflushed.add(flushed);
  }

  private void run() {
    while (!closed) {
      try {
        turn();
      } catch (IOException | RuntimeException e) {
        LOG.log(Level.ERROR, "a turn of the loop failed", e);
      }
    }
    entry.close();
    try {
      selector.close();
    } catch (IOException e) {
      LOG.log(Level.DEBUG, "closing the selector", e);
    }
  }

  private void turn() throws IOException {
    select();
    nowNanos = System.nanoTime();
    wakeupAsked.set(false);
    runTasks();
    deadlines.expire(nowNanos);
    flush();
  }

  private void select() throws IOException {
    long waitNanos = busyPoll || !tasks.isEmpty() ? 0 : deadlines.nanosToNext(System.nanoTime());
    if (waitNanos <= 0) {
      selector.selectNow(dispatch);
    } else if (waitNanos == Deadline.NEVER) {
      selector.select(dispatch);
    } else {
      selector.select(dispatch, TimeUnit.NANOSECONDS.toMillis(waitNanos + 999_999));
    }
  }

  private void dispatch(SelectionKey key) {
    Ready ready = (Ready) key.attachment();
    nowNanos = System.nanoTime();
    try {
      ready.onReady(key);
    } catch (IOException e) {
      ready.onFailure(e);
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a client failed while reading", e);
      ready.onFailure(new IOException(e));
    }
  }

  private void runTasks() {
    for (int left = tasksWaiting.get(); left > 0; left--) {
      Runnable task = tasks.poll();
      if (task == null) {
        return;
      }
      tasksWaiting.decrementAndGet();
      runSafely(task);
    }
  }

  private void flush() {
    for (int i = 0; i < unflushed.size(); i++) {
      Flushed each = unflushed.get(i);
      try {
        each.flush(nowNanos);
      } catch (RuntimeException e) {
        LOG.log(Level.ERROR, "a client failed while sending", e);
      }
    }
    unflushed.clear();
  }

  static void runSafely(Runnable task) {
    try {
      task.run();
    } catch (RuntimeException e) {
      LOG.log(Level.ERROR, "a task or callback threw", e);
    }
  }
}

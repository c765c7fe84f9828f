package dev.skein.testkit.relay;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.ArrayList;
import java.util.List;
import java.util.PriorityQueue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The one thread of a relay: sockets that are ready, tasks of other threads, and deliveries that
 * fall due. Everything but {@link #execute}, {@link #start} and {@link #close} is confined to it.
 */
final class RelayLoop implements AutoCloseable {
  private static final long STOP_MILLIS = 5_000;

  private record Due(long atNanos, long order, Runnable task) implements Comparable<Due> {
    @Override
    public int compareTo(Due other) {
      int byTime = Long.compare(atNanos - other.atNanos, 0);
      return byTime != 0 ? byTime : Long.compare(order, other.order);
    }
  }

  private final Selector selector;
  private final Thread thread;
  private final ConcurrentLinkedQueue<Runnable> posted = new ConcurrentLinkedQueue<>();
  private final PriorityQueue<Due> dues = new PriorityQueue<>();
  private long order;
  private volatile boolean closed;

  RelayLoop(String name) throws IOException {
    selector = Selector.open();
    thread = Thread.ofPlatform().daemon().name(name).unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  /** Runs the task on the loop's thread, soon. */
  void execute(Runnable task) {
    posted.add(task);
    selector.wakeup();
  }

  /** Runs the task when {@link System#nanoTime} reaches this. */
  void at(long nanos, Runnable task) {
    dues.add(new Due(nanos, order++, task));
  }

  /** How many tasks wait for their time. */
  int waiting() {
    return dues.size();
  }

  SelectionKey register(SelectableChannel channel, int interest, Consumer<SelectionKey> ready)
      throws ClosedChannelException {
    return channel.register(selector, interest, ready);
  }

  void interest(SelectableChannel channel, int operations) {
    SelectionKey key = channel.keyFor(selector);
    if (key != null && key.isValid()) {
      key.interestOps(operations);
    }
  }

  /** Ends the thread and closes every socket of the loop; returns when that is done. */
  @Override
  public void close() {
    closed = true;
    selector.wakeup();
    if (Thread.currentThread() == thread) {
      return;
    }
    try {
      thread.join(STOP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    try {
      while (!closed) {
        select();
        runPosted();
        deliverDue();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      closeSockets();
    }
  }

  private void select() throws IOException {
    Due next = dues.peek();
    if (next == null) {
      selector.select(this::ready);
      return;
    }
    long waitNanos = next.atNanos - System.nanoTime();
    if (waitNanos <= 0) {
      selector.selectNow(this::ready);
    } else {
      selector.select(this::ready, TimeUnit.NANOSECONDS.toMillis(waitNanos) + 1);
    }
  }

  @SuppressWarnings("unchecked")
  private void ready(SelectionKey key) {
    try {
      ((Consumer<SelectionKey>) key.attachment()).accept(key);
    } catch (CancelledKeyException e) {
      // Closed by an earlier key of the same turn; nothing is left to do for it.
    }
  }

  /** Runs what other threads have posted; also called between two datagrams of one turn. */
  void runPosted() {
    for (Runnable task = posted.poll(); task != null; task = posted.poll()) {
      task.run();
    }
  }

  private void deliverDue() {
    long now = System.nanoTime();
    for (Due due = dues.peek(); due != null && due.atNanos - now <= 0; due = dues.peek()) {
      dues.poll();
      due.task.run();
    }
  }

  private void closeSockets() {
    List<SelectionKey> keys = new ArrayList<>(selector.keys());
    for (SelectionKey key : keys) {
      closeQuietly(key.channel());
    }
    closeQuietly(selector);
  }

  /** A socket that fails to close is gone all the same. */
  static void closeQuietly(AutoCloseable closeable) {
    try {
      closeable.close();
    } catch (Exception e) {
      // Nothing depends on it any more.
    }
  }
}

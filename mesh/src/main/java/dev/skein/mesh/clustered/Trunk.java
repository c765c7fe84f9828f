package dev.skein.mesh.clustered;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.Arrays;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The connection to one node. Any thread may offer frames; the switchboard's thread reads. A frame
 * that finds the connection at rest is written at once by the thread that offers it; what comes
 * within {@value #BURST_MICROS} µs of the last write waits for the switchboard's thread, which
 * writes all of it together. Polite frames wait for a thread that comes after those that are ready
 * to run (docs/decisions/0013). Frames nobody waits for gather for a tick of the switchboard's
 * thread while there is a flow of them: one write, one wakeup of the other node and one of its
 * shards for many.
 */
final class Trunk implements Outlet {
  private static final long BURST_MICROS = 20;
  private static final long BURST_NANOS = TimeUnit.MICROSECONDS.toNanos(BURST_MICROS);
  private static final int GATHERED_ENOUGH_BYTES = 16 * 1024;
  private static final int BUFFER_BYTES = 128 * 1024;
  private static final int WRITES_PER_TURN_COUNT = 2;
  private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

  private final UUID node;
  private final Conduit conduit;
  private final Switchboard switchboard;
  private final int maxBytes;
  private final int frameMaxBytes;
  private final LongAdder refused;
  private final ReentrantLock lock = new ReentrantLock();
  private final Batch waiting = new Batch();
  private ByteBuffer arrived = ByteBuffer.allocate(BUFFER_BYTES);

  /** Of whoever writes now. */
  private ByteBuffer leaving = NOTHING;

  private int leavingBytes;
  private long restSinceNanos = System.nanoTime() - BURST_NANOS;
  private State state = State.AT_REST;

  /** Whether the switchboard's thread looks after it in every tick. */
  private boolean ticks;

  /** Who sees to what waits. */
  private enum State {
    /** Nobody: nothing waits. */
    AT_REST,
    /** The switchboard's thread will, in its next tick. */
    GATHERING,
    /** The switchboard's thread will. */
    ASKED,
    /** A thread will that lets others speak first. */
    YIELDING,
    /** A thread writes. */
    WRITING,
    /** The switchboard's thread will as soon as the socket takes more. */
    STUCK,
    CLOSED
  }

  /**
   * @param conduit where both sides know each other already
   * @param refused counts what found no room
   */
  Trunk(
      UUID node,
      Conduit conduit,
      Switchboard switchboard,
      ClusterConfig config,
      LongAdder refused) {
    this.node = node;
    this.conduit = conduit;
    this.switchboard = switchboard;
    this.maxBytes = config.queueMaxBytes();
    this.frameMaxBytes = config.frameMaxBytes();
    this.refused = refused;
  }

  /** Whom it leads to. */
  UUID node() {
    return node;
  }

  @Override
  public boolean offer(Batch.Kind kind, byte[] frame, Haste haste) {
    int size = Batch.sizeOf(frame);
    State before;
    State after;
    boolean begins;
    lock.lock();
    try {
      int max = haste == Haste.BEST_EFFORT ? maxBytes / 2 : maxBytes;
      if (state == State.CLOSED || size > max - waiting.length() - leavingBytes) {
        refused.increment();
        return false;
      }
      waiting.add(kind, frame);
      before = state;
      state = after = after(before, haste);
      begins = after == State.GATHERING && !ticks;
      ticks |= begins;
    } finally {
      lock.unlock();
    }
    if (begins) {
      switchboard.inNextTick(this);
    } else if (before != after) {
      proceed(after);
    }
    return true;
  }

  /** Who sees to what waits now that there is one frame more. */
  private State after(State before, Haste haste) {
    if (before != State.AT_REST && before != State.GATHERING) {
      return before;
    }
    long restNanos = System.nanoTime() - restSinceNanos;
    boolean enough = waiting.length() >= GATHERED_ENOUGH_BYTES;
    boolean flows = ticks || restNanos < Switchboard.GATHER_NANOS;
    if (haste == Haste.GATHERED && flows && !enough) {
      return State.GATHERING;
    }
    if (switchboard.isItsThread()) {
      return State.ASKED;
    }
    boolean busy = enough || restNanos < BURST_NANOS;
    if (haste == Haste.POLITE && (busy || Thread.currentThread().isVirtual())) {
      return State.YIELDING;
    }
    return busy ? State.ASKED : State.WRITING;
  }

  private void proceed(State now) {
    switch (now) {
      case GATHERING -> {
        // The tick sees to it.
      }
      case ASKED -> switchboard.inTurn(this);
      case YIELDING ->
          Thread.ofVirtual().name("mesh-trunk-writer").start(this::takeTurnAfterOthers);
      case WRITING -> write(1);
      case AT_REST, STUCK, CLOSED -> throw new IllegalStateException(now.name());
    }
  }

  @Override
  public int queuedBytes() {
    lock.lock();
    try {
      return waiting.length() + leavingBytes;
    } finally {
      lock.unlock();
    }
  }

  // --- Writing ---

  /** Who is ready to run speaks first; a yield returns at once if nobody is. */
  private void takeTurnAfterOthers() {
    Thread.yield();
    takeTurn();
  }

  /** Sees to what waits, unless somebody does already. */
  void takeTurn() {
    lock.lock();
    try {
      if (state != State.ASKED && state != State.YIELDING && state != State.GATHERING) {
        return;
      }
      state = State.WRITING;
    } finally {
      lock.unlock();
    }
    write(WRITES_PER_TURN_COUNT);
  }

  /** Once a tick, on the switchboard's thread; false if the flow has ended. */
  boolean tick() {
    lock.lock();
    try {
      ticks = state != State.AT_REST && state != State.CLOSED;
      if (!ticks) {
        return false;
      }
    } finally {
      lock.unlock();
    }
    takeTurn();
    return true;
  }

  private void write(int timesMaxCount) {
    try {
      for (int times = 0; next(times < timesMaxCount); times++) {
        if (!conduit.write(leaving)) {
          stick();
          return;
        }
      }
    } catch (IOException e) {
      switchboard.broken(this, e);
    }
  }

  /** Takes what waits; false if this thread is done with writing. */
  private boolean next(boolean mayGoOn) {
    boolean ask;
    lock.lock();
    try {
      if (state == State.CLOSED) {
        return false;
      }
      if (mayGoOn && waiting.length() > 0) {
        leaving = waiting.take(leaving);
        leavingBytes = leaving.remaining();
        return true;
      }
      leavingBytes = 0;
      restSinceNanos = System.nanoTime();
      ask = waiting.length() > 0;
      state = ask ? State.ASKED : State.AT_REST;
    } finally {
      lock.unlock();
    }
    if (ask) {
      switchboard.inTurn(this);
    }
    return false;
  }

  private void stick() {
    lock.lock();
    try {
      if (state == State.CLOSED) {
        return;
      }
      state = State.STUCK;
      leavingBytes = leaving.remaining();
    } finally {
      lock.unlock();
    }
    switchboard.awaitRoom(this);
  }

  /** The socket takes more. */
  private void onWritable() throws IOException {
    lock.lock();
    try {
      if (state != State.STUCK) {
        return;
      }
      state = State.WRITING;
    } finally {
      lock.unlock();
    }
    if (conduit.write(leaving)) {
      write(WRITES_PER_TURN_COUNT);
    } else {
      stick();
    }
  }

  // --- Reading, on the switchboard's thread ---

  void listen(Selector selector) throws IOException {
    conduit.channel().register(selector, SelectionKey.OP_READ, this);
    read(); // what was said right after the greeting may have come with it
  }

  void awaitRoom(Selector selector) {
    SelectionKey key = conduit.channel().keyFor(selector);
    if (key != null && key.isValid()) {
      key.interestOpsOr(SelectionKey.OP_WRITE);
    }
  }

  /** What the selector found. */
  void onReady(SelectionKey key) throws IOException {
    int ready = key.readyOps();
    if ((ready & SelectionKey.OP_WRITE) != 0) {
      key.interestOpsAnd(~SelectionKey.OP_WRITE);
      onWritable();
    }
    if ((ready & SelectionKey.OP_READ) != 0) {
      read();
    }
  }

  private void read() throws IOException {
    do {
      if (conduit.read(arrived) < 0) {
        throw new EOFException("the other side has closed");
      }
      int end = arrived.position();
      int taken = switchboard.deliver(this, arrived.array(), end);
      makeRoom(taken, end);
    } while (conduit.hasMore());
  }

  private void makeRoom(int taken, int end) throws IOException {
    int size = Batch.sizeAt(arrived.array(), taken, end);
    if (size < 0 || size > frameMaxBytes + Batch.HEAD_BYTES) {
      throw new IOException("a frame of more than " + frameMaxBytes + " bytes");
    }
    int capacity = Math.max(BUFFER_BYTES, size + BUFFER_BYTES / 2);
    if (capacity > arrived.capacity() || (taken == end && capacity < arrived.capacity())) {
      arrived = ByteBuffer.wrap(Arrays.copyOfRange(arrived.array(), taken, taken + capacity));
      arrived.position(end - taken);
    } else {
      arrived.limit(end).position(taken);
      arrived.compact();
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      state = State.CLOSED;
      waiting.take(NOTHING);
      leavingBytes = 0;
    } finally {
      lock.unlock();
    }
    switchboard.hangUp(conduit.channel());
  }
}

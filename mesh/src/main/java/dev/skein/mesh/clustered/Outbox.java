package dev.skein.mesh.clustered;

import java.util.ArrayDeque;
import java.util.concurrent.atomic.LongAdder;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * What waits for one node, sent by a thread of its own that coalesces what it finds. Any thread may
 * call; nobody but that thread ever waits for the node.
 */
final class Outbox implements AutoCloseable {
  private final int maxBytes;
  private final Wire wire;
  private final LongAdder refused;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition filled = lock.newCondition();
  private final ArrayDeque<Waiting> queue = new ArrayDeque<>();
  private final Thread sender;
  private int queuedBytes;
  private boolean idle;
  private boolean closed;

  private record Waiting(Batch.Kind kind, byte[] frame) {}

  /** Sends a batch; may block. */
  interface Wire {
    void send(byte[] array, int length);
  }

  /**
   * @param name of the node, for the thread's
   * @param refused counts what found no room
   */
  Outbox(String name, int maxBytes, Wire wire, LongAdder refused) {
    this.maxBytes = maxBytes;
    this.wire = wire;
    this.refused = refused;
    this.sender = Thread.ofVirtual().name("mesh-to-" + name).start(this::run);
  }

  /** False if there is no room, or only as much as is kept for reliable frames. */
  boolean offer(Batch.Kind kind, byte[] frame, boolean reliable) {
    int size = Batch.sizeOf(frame);
    lock.lock();
    try {
      if (closed || size > (reliable ? maxBytes : maxBytes / 2) - queuedBytes) {
        refused.increment();
        return false;
      }
      queue.add(new Waiting(kind, frame));
      queuedBytes += size;
      if (idle) {
        idle = false;
        filled.signal();
      }
      return true;
    } finally {
      lock.unlock();
    }
  }

  int queuedBytes() {
    lock.lock();
    try {
      return queuedBytes;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    Batch batch = new Batch();
    try {
      while (fill(batch)) {
        int length = batch.length();
        wire.send(batch.takeArray(), length);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean fill(Batch batch) throws InterruptedException {
    lock.lock();
    try {
      while (queue.isEmpty() && !closed) {
        idle = true;
        filled.await();
      }
      if (closed) {
        return false;
      }
      do {
        Waiting next = queue.remove();
        queuedBytes -= Batch.sizeOf(next.frame);
        batch.add(next.kind, next.frame);
      } while (!queue.isEmpty()
          && batch.length() + Batch.sizeOf(queue.element().frame) <= Batch.TARGET_BYTES);
      return true;
    } finally {
      lock.unlock();
    }
  }

  /** Drops what waits. */
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      queue.clear();
      queuedBytes = 0;
      filled.signal();
    } finally {
      lock.unlock();
    }
    sender.interrupt();
  }
}

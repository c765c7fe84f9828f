package dev.skein.mesh.clustered;

import java.nio.ByteBuffer;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;

/** What a node sends to itself. Any thread may call; it is delivered on another one, in order. */
final class Mirror implements Outlet {
  private final int maxBytes;
  private final LongAdder refused;
  private final Executor thread;
  private final Receiver receiver;
  private final Batch waiting = new Batch();
  private ByteBuffer leaving = ByteBuffer.allocate(0);
  private boolean asked;

  /** Gets bytes of {@link Batch}. */
  interface Receiver {
    void onBytes(byte[] array, int length);
  }

  /**
   * @param thread runs what it is given one at a time, in order
   * @param refused counts what found no room
   */
  Mirror(int maxBytes, Executor thread, Receiver receiver, LongAdder refused) {
    this.maxBytes = maxBytes;
    this.thread = thread;
    this.receiver = receiver;
    this.refused = refused;
  }

  @Override
  public boolean offer(Batch.Kind kind, byte[] frame, Haste haste) {
    boolean ask;
    synchronized (this) {
      int room = (haste == Haste.BEST_EFFORT ? maxBytes / 2 : maxBytes) - waiting.length();
      if (Batch.sizeOf(frame) > room) {
        refused.increment();
        return false;
      }
      waiting.add(kind, frame);
      ask = !asked;
      asked = true;
    }
    if (ask) {
      thread.execute(this::deliver);
    }
    return true;
  }

  private void deliver() {
    synchronized (this) {
      asked = false;
      leaving = waiting.take(leaving);
    }
    receiver.onBytes(leaving.array(), leaving.remaining());
  }

  @Override
  public synchronized int queuedBytes() {
    return waiting.length();
  }

  @Override
  public synchronized void close() {
    waiting.take(leaving);
  }
}

package dev.skein.client;

import java.util.Arrays;

/**
 * The deadlines of a loop, the earliest first: a binary heap whose entries know their place, so
 * that moving one costs no search and no allocation. Confined to the loop.
 *
 * <p>Times are compared by their difference, as {@link System#nanoTime} may overflow.
 */
final class Deadlines {
  private Deadline[] heap = new Deadline[64];
  private int size;

  /** Puts the deadline at a moment, or takes it out for {@link Deadline#NEVER}. */
  void set(Deadline deadline, long atNanos) {
    if (atNanos == Deadline.NEVER) {
      remove(deadline);
      return;
    }
    if (deadline.place >= 0) {
      if (deadline.atNanos == atNanos) {
        return;
      }
      deadline.atNanos = atNanos;
      up(deadline);
      down(deadline);
      return;
    }
    if (size == heap.length) {
      heap = Arrays.copyOf(heap, size * 2);
    }
    deadline.atNanos = atNanos;
    deadline.place = size++;
    heap[deadline.place] = deadline;
    up(deadline);
  }

  void remove(Deadline deadline) {
    int place = deadline.place;
    if (place < 0) {
      return;
    }
    deadline.place = -1;
    Deadline last = heap[--size];
    heap[size] = NONE;
    if (place < size) {
      heap[place] = last;
      last.place = place;
      up(last);
      down(last);
    }
  }

  /** Nanoseconds from {@code nowNanos} to the earliest, 0 if it is due, NEVER if there is none. */
  long nanosToNext(long nowNanos) {
    return size == 0 ? Deadline.NEVER : Math.max(0, heap[0].atNanos - nowNanos);
  }

  /** Calls those that are due; one that is set again to a moment already due runs the next time. */
  void expire(long nowNanos) {
    for (int left = size; left > 0 && size > 0 && heap[0].atNanos - nowNanos <= 0; left--) {
      Deadline due = heap[0];
      remove(due);
      due.onDue(nowNanos);
    }
  }

  private void up(Deadline deadline) {
    while (deadline.place > 0) {
      Deadline parent = heap[(deadline.place - 1) >>> 1];
      if (parent.atNanos - deadline.atNanos <= 0) {
        return;
      }
      swap(deadline, parent);
    }
  }

  private void down(Deadline deadline) {
    while (true) {
      int child = 2 * deadline.place + 1;
      if (child >= size) {
        return;
      }
      if (child + 1 < size && heap[child + 1].atNanos - heap[child].atNanos < 0) {
        child++;
      }
      if (deadline.atNanos - heap[child].atNanos <= 0) {
        return;
      }
      swap(deadline, heap[child]);
    }
  }

  private void swap(Deadline a, Deadline b) {
    int place = a.place;
    a.place = b.place;
    b.place = place;
    heap[a.place] = a;
    heap[b.place] = b;
  }

  /** Fills places that are free, so that nothing taken out is kept from the collector. */
  private static final Deadline NONE =
      new Deadline() {
        @Override
        void onDue(long nowNanos) {
          throw new AssertionError("a free place is never due");
        }
      };
}

package dev.skein.server.transport;

import java.util.concurrent.TimeUnit;

/**
 * All deadlines of one shard, to the millisecond, in two rings of slots: near ones by the
 * millisecond, far ones by the half second, from where they move to the near ring in time. Setting,
 * moving and removing a deadline is O(1) and allocates nothing. Confined to its shard.
 *
 * <p>The structure is that of Varghese and Lauck, "Hashed and Hierarchical Timing Wheels" (1987),
 * scheme 7, with two levels.
 */
final class TimerWheel {
  /** Something with a deadline; it is in one wheel at most. */
  abstract static class Entry {
    private Entry previous = this;
    private Entry next = this;
    private long tick = NONE;

    /** Called once by the wheel when the deadline has passed; the entry is out of the wheel. */
    abstract void onDeadline(long nowNanos);

    final boolean isWaiting() {
      return tick != NONE;
    }

    private void insertBefore(Entry other) {
      previous = other.previous;
      next = other;
      previous.next = this;
      other.previous = this;
    }

    private void unlink() {
      previous.next = next;
      next.previous = previous;
      previous = this;
      next = this;
    }
  }

  private static final class Slot extends Entry {
    @Override
    void onDeadline(long nowNanos) {
      throw new AssertionError("a slot has no deadline");
    }

    boolean isEmpty() {
      return super.next == this;
    }
  }

  static final long TICK_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
  static final int NEAR_TICKS = 512;
  static final int FAR_SLOTS = 128;

  private static final long NONE = Long.MIN_VALUE;

  private final long originNanos;
  private final Ring near = new Ring(NEAR_TICKS);
  private final Ring far = new Ring(FAR_SLOTS);
  private final Slot due = new Slot();

  /** The tick up to which, inclusive, everything has been called. */
  private long current;

  TimerWheel(long nowNanos) {
    this.originNanos = nowNanos;
  }

  /**
   * Sets or moves the deadline of an entry. It is called at the first {@link #advance} at or after
   * the deadline, which is rounded up to a whole tick.
   */
  void set(Entry entry, long deadlineNanos) {
    long tick = tickOf(deadlineNanos);
    if (entry.tick != tick) {
      remove(entry);
      insert(entry, tick);
    }
  }

  /** The same, unless the entry is already waiting for an earlier or the same deadline. */
  void setNoLaterThan(Entry entry, long deadlineNanos) {
    long tick = tickOf(deadlineNanos);
    if (!entry.isWaiting() || entry.tick > tick) {
      remove(entry);
      insert(entry, tick);
    }
  }

  void remove(Entry entry) {
    if (entry.tick == NONE) {
      return;
    }
    Entry neighbour = entry.next;
    entry.unlink();
    entry.tick = NONE;
    if (neighbour instanceof Slot slot && slot.isEmpty()) {
      near.clearIfEmpty(slot);
      far.clearIfEmpty(slot);
    }
  }

  /** When {@link #advance} has something to do next; {@link Long#MAX_VALUE} for never. */
  long nextNanos() {
    long nearTick = near.nextOccupied(current + 1);
    long farTick = far.nextOccupied(current / NEAR_TICKS + 1);
    long tick = Math.min(nearTick, farTick == Long.MAX_VALUE ? farTick : farTick * NEAR_TICKS);
    return tick == Long.MAX_VALUE ? tick : originNanos + tick * TICK_NANOS;
  }

  /** Calls every entry whose deadline has come. Entries set meanwhile wait for the next call. */
  void advance(long nowNanos) {
    long target = (nowNanos - originNanos) / TICK_NANOS;
    while (current < target) {
      long nearTick = near.nextOccupied(current + 1);
      long farSlot = far.nextOccupied(current / NEAR_TICKS + 1);
      long farTick = farSlot == Long.MAX_VALUE ? farSlot : farSlot * NEAR_TICKS;
      long next = Math.min(nearTick, farTick);
      if (next > target) {
        current = target;
        break;
      }
      current = next;
      if (farTick == next) {
        spread(farSlot);
      }
      near.drainInto(due, next);
    }
    while (!due.isEmpty()) {
      Entry entry = ((Entry) due).next;
      entry.unlink();
      entry.tick = NONE;
      entry.onDeadline(nowNanos);
    }
  }

  private long tickOf(long deadlineNanos) {
    return Math.max(current + 1, Math.ceilDiv(deadlineNanos - originNanos, TICK_NANOS));
  }

  private void insert(Entry entry, long tick) {
    entry.tick = tick;
    long ahead = tick - current;
    if (ahead < NEAR_TICKS) {
      near.add(entry, tick);
    } else {
      long slot = Math.min(tick / NEAR_TICKS, current / NEAR_TICKS + FAR_SLOTS - 1);
      far.add(entry, slot);
    }
  }

  /** Moves the entries of a far slot whose time span has begun to the near ring, or farther on. */
  private void spread(long farSlot) {
    Slot slot = far.take(farSlot);
    while (!slot.isEmpty()) {
      Entry entry = ((Entry) slot).next;
      entry.unlink();
      if (entry.tick <= current) {
        entry.insertBefore(due);
      } else {
        insert(entry, entry.tick);
      }
    }
  }

  /** A ring of slots with a bitmap of those that hold entries. */
  private static final class Ring {
    private final Slot[] slots;
    private final long[] occupied;

    Ring(int size) {
      slots = new Slot[size];
      occupied = new long[size / Long.SIZE];
      for (int i = 0; i < size; i++) {
        slots[i] = new Slot();
        ((Entry) slots[i]).tick = i;
      }
    }

    void add(Entry entry, long position) {
      int index = index(position);
      entry.insertBefore(slots[index]);
      occupied[index / Long.SIZE] |= 1L << index;
    }

    Slot take(long position) {
      int index = index(position);
      occupied[index / Long.SIZE] &= ~(1L << index);
      return slots[index];
    }

    void drainInto(Slot target, long position) {
      Slot slot = take(position);
      while (!slot.isEmpty()) {
        Entry entry = ((Entry) slot).next;
        entry.unlink();
        entry.insertBefore(target);
      }
    }

    void clearIfEmpty(Slot slot) {
      int index = (int) ((Entry) slot).tick;
      if (index >= 0 && index < slots.length && slots[index] == slot) {
        occupied[index / Long.SIZE] &= ~(1L << index);
      }
    }

    /** The first position from here on, within one turn of the ring, that holds entries. */
    long nextOccupied(long from) {
      int start = index(from);
      int word = start / Long.SIZE;
      long bits = occupied[word] & (-1L << start);
      for (int i = 0; i <= occupied.length; i++) {
        if (bits != 0) {
          int found = word * Long.SIZE + Long.numberOfTrailingZeros(bits);
          return from + ((found - start) & (slots.length - 1));
        }
        word = (word + 1) & (occupied.length - 1);
        bits = occupied[word];
      }
      return Long.MAX_VALUE;
    }

    private int index(long position) {
      return (int) (position & (slots.length - 1));
    }
  }
}

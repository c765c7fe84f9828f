package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Where one reliable channel of the peer stands: the oldest id not delivered, and what came after
 * it. The ring of early messages is made when one comes early and given back when none is left.
 */
final class ReceiveChannel {
  private static final @Nullable Slot[] NONE = {};
  private static final int INITIAL_SLOTS = 8;
  private static final int KEPT_SLOTS = 64;

  /** What stands in a place of the ring: a message held, or the mark of one delivered early. */
  private record Slot(@Nullable Assembly assembly) {}

  private static final Slot DELIVERED = new Slot(null);

  private final Channel channel;
  private final boolean ordered;
  private long nextId;
  private @Nullable Slot[] ring = NONE;
  private int occupied;

  ReceiveChannel(Channel channel) {
    this.channel = channel;
    this.ordered = channel.kind() == Channel.Kind.ORDERED;
  }

  /** Goes on where another session stood, before anything is received. */
  void restore(long oldestMissing) {
    nextId = oldestMissing;
  }

  /** The same for a message beyond that; the assembly is null if it was delivered. */
  void restore(long id, @Nullable Assembly assembly) {
    put(id, assembly == null ? DELIVERED : new Slot(assembly));
  }

  /** Adds what another session needs of the messages that came early. */
  void carry(List<SessionState.Early> early) {
    for (int i = 0; i < ring.length; i++) {
      Slot slot = slot(nextId + i);
      if (slot == DELIVERED) {
        early.add(new SessionState.Early(channel, nextId + i, List.of(), 0));
      } else if (slot != null && slot.assembly() != null) {
        early.add(slot.assembly().carry(channel));
      }
    }
  }

  long nextId() {
    return nextId;
  }

  Channel channel() {
    return channel;
  }

  boolean isOrdered() {
    return ordered;
  }

  /** True if this id was delivered. */
  boolean isOld(long id) {
    return id < nextId || slot(id) == DELIVERED;
  }

  boolean isWithinWindow(long id) {
    return id - nextId < SendChannel.WINDOW_MESSAGES;
  }

  private @Nullable Slot slot(long id) {
    return id - nextId < ring.length ? ring[(int) id & ring.length - 1] : null;
  }

  @Nullable Assembly held(long id) {
    Slot slot = slot(id);
    return slot == null ? null : slot.assembly();
  }

  /** Keeps the start of a message of which nothing is held yet. */
  void hold(Assembly assembly) {
    put(assembly.id, new Slot(assembly));
  }

  /**
   * Accounts for a whole message that just came, if it may be delivered now.
   *
   * @return false if it is early and has to be held, or its fragments are
   */
  boolean takeWhole(long id) {
    if (slot(id) != null) {
      return false;
    }
    if (id == nextId) {
      nextId++;
      skipDelivered();
      return true;
    }
    if (ordered) {
      return false;
    }
    put(id, DELIVERED);
    return true;
  }

  /** The same for a message whose last fragment just came, on a channel without order. */
  void takeComplete(Assembly assembly) {
    ring[(int) assembly.id & ring.length - 1] = DELIVERED;
    skipDelivered();
  }

  /** Ordered: the next message in turn if it is complete, removed; null if it is not. */
  @Nullable Assembly pollReady() {
    Slot slot = slot(nextId);
    if (slot == null) {
      return null;
    }
    Assembly assembly = slot.assembly();
    if (assembly == null || !assembly.isComplete()) {
      return null;
    }
    removeNext();
    return assembly;
  }

  private void skipDelivered() {
    while (slot(nextId) == DELIVERED) {
      removeNext();
    }
  }

  private void removeNext() {
    ring[(int) nextId & ring.length - 1] = null;
    nextId++;
    if (--occupied == 0 && ring.length > KEPT_SLOTS) {
      ring = NONE;
    }
  }

  private void put(long id, Slot slot) {
    int needed = (int) (id - nextId) + 1;
    if (needed > ring.length) {
      grow(Math.max(INITIAL_SLOTS, Integer.highestOneBit(needed - 1) << 1));
    }
    ring[(int) id & ring.length - 1] = slot;
    occupied++;
  }

  private void grow(int capacity) {
    @Nullable Slot[] grown = new Slot[capacity];
    for (int i = 0; i < ring.length; i++) {
      long id = nextId + i;
      grown[(int) id & capacity - 1] = ring[(int) id & ring.length - 1];
    }
    ring = grown;
  }
}

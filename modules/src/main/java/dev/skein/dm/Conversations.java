package dev.skein.dm;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whom one user has exchanged messages with, and what it sends to each: one message at a time, the
 * others wait in order. Confined to the user's shard.
 */
final class Conversations {
  private final int peersMaxCount;
  private final int waitingMaxCount;
  private final LinkedHashMap<String, Boolean> peers = new LinkedHashMap<>(16, 0.75f, true);
  private final Map<String, ArrayDeque<Runnable>> waiting = new HashMap<>();
  private int waitingCount;

  Conversations(int peersMaxCount, int waitingMaxCount) {
    this.peersMaxCount = peersMaxCount;
    this.waitingMaxCount = waitingMaxCount;
  }

  /**
   * Notes an exchange; the one longest ago is forgotten if there are too many.
   *
   * @return true if it is the first with this peer
   */
  boolean remember(String peer) {
    boolean isFirst = peers.put(peer, true) == null;
    if (peers.size() > peersMaxCount) {
      Iterator<String> eldest = peers.keySet().iterator();
      eldest.next();
      eldest.remove();
    }
    return isFirst;
  }

  /** True if there was one. */
  boolean forget(String peer) {
    return peers.remove(peer) != null;
  }

  List<String> peers() {
    return List.copyOf(peers.keySet());
  }

  /**
   * Takes a sending to a peer; it is to be begun at once if nothing else is under way there.
   *
   * @return the sending to begin now
   * @throws dev.skein.server.CommandException if too many wait
   */
  Optional<Runnable> add(String peer, Runnable sending) {
    if (waitingCount >= waitingMaxCount) {
      throw Refusal.tooManyWaiting();
    }
    waitingCount++;
    ArrayDeque<Runnable> queue = waiting.get(peer);
    if (queue == null) {
      waiting.put(peer, new ArrayDeque<>());
      return Optional.of(sending);
    }
    queue.add(sending);
    return Optional.empty();
  }

  /** The sending under way to a peer has ended; gives the next. */
  Optional<Runnable> next(String peer) {
    waitingCount--;
    @Nullable ArrayDeque<Runnable> queue = waiting.get(peer);
    Runnable next = queue == null ? null : queue.poll();
    if (next == null) {
      waiting.remove(peer);
    }
    return Optional.ofNullable(next);
  }
}

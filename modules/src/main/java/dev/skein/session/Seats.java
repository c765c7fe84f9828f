package dev.skein.session;

import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The sessions one user of this node is in. Any thread; the lock guards nothing but these. */
final class Seats {
  private final Map<String, Seat> byType = new LinkedHashMap<>();
  private final Set<String> joining = new HashSet<>();
  private boolean gone;

  synchronized Optional<Seat> ofType(String type) {
    return Optional.ofNullable(byType.get(type));
  }

  synchronized List<Seat> all() {
    return List.copyOf(byType.values());
  }

  /** False if the user is in a session of the type, or on its way into one, or gone. */
  synchronized boolean begin(String type) {
    return !gone && !byType.containsKey(type) && joining.add(type);
  }

  /** True while a join, or an arrival from another node, has neither succeeded nor failed. */
  synchronized boolean isJoining() {
    return !joining.isEmpty();
  }

  /** A join has failed. */
  synchronized void fail(String type) {
    joining.remove(type);
  }

  /** A join has succeeded; false if the user is gone meanwhile. */
  synchronized boolean take(Seat seat) {
    joining.remove(seat.type());
    if (!gone) {
      byType.put(seat.type(), seat);
    }
    return !gone;
  }

  /** True if the seat was there. */
  synchronized boolean vacate(Seat seat) {
    return byType.remove(seat.type(), seat);
  }

  /** The user is gone; no join succeeds any more. */
  synchronized Collection<Seat> close() {
    gone = true;
    List<Seat> all = List.copyOf(byType.values());
    byType.clear();
    return all;
  }
}

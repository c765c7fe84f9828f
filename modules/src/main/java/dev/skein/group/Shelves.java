package dev.skein.group;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;

/**
 * The registered groups of the types that this node is the home of. A group shows itself again and
 * again, so that a shelf that moved to this node fills by itself. Any thread may call; the lock
 * guards nothing but ids.
 */
final class Shelves {
  /** A group that was not shown for so long is gone. */
  private static final long SHOWN_MILLIS = 6_000;

  /** Groups a shelf holds; random joins of the type go to these. */
  private static final int SHELF_MAX_COUNT = 1_024;

  private final Map<String, Map<String, Long>> shelves = new LinkedHashMap<>();

  synchronized void show(String type, String groupId, long nowMillis) {
    Map<String, Long> shelf = shelves.computeIfAbsent(type, any -> new LinkedHashMap<>());
    if (shelf.size() < SHELF_MAX_COUNT || shelf.containsKey(groupId)) {
      shelf.put(groupId, nowMillis + SHOWN_MILLIS);
    }
  }

  synchronized void hide(String type, String groupId) {
    Map<String, Long> shelf = shelves.get(type);
    if (shelf != null) {
      shelf.remove(groupId);
      if (shelf.isEmpty()) {
        shelves.remove(type);
      }
    }
  }

  /**
   * Any group of the type; if there is none, {@code candidate} is shown from now on, so that all
   * who come at the same moment meet in it. An empty candidate is not.
   */
  synchronized Optional<String> pick(
      String type, String candidate, long nowMillis, RandomGenerator chance) {
    Map<String, Long> shelf = shelves.getOrDefault(type, new LinkedHashMap<>());
    for (Iterator<Long> shownUntil = shelf.values().iterator(); shownUntil.hasNext(); ) {
      if (shownUntil.next() <= nowMillis) {
        shownUntil.remove();
      }
    }
    if (!shelf.isEmpty()) {
      List<String> all = new ArrayList<>(shelf.keySet());
      return Optional.of(all.get(chance.nextInt(all.size())));
    }
    shelves.remove(type);
    if (candidate.isEmpty()) {
      return Optional.empty();
    }
    show(type, candidate, nowMillis);
    return Optional.of(candidate);
  }
}

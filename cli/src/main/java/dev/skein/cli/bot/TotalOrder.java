package dev.skein.cli.bot;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The one order in which all members of a group or session should hear everything: a message has
 * the rank at which the first of them heard it, and everybody must hear rising ranks. Any thread.
 */
final class TotalOrder {
  /** Messages remembered; one that comes later than so many others is taken for new. */
  private static final int REMEMBERED_MAX_COUNT = 1 << 17;

  private final Map<Long, Long> ranks = new LinkedHashMap<>();
  private long heard;

  synchronized long rank(int speaker, int sequence) {
    long message = (long) speaker << Integer.SIZE | sequence;
    Long known = ranks.get(message);
    if (known != null) {
      return known;
    }
    ranks.put(message, ++heard);
    if (ranks.size() > REMEMBERED_MAX_COUNT) {
      ranks.remove(ranks.keySet().iterator().next());
    }
    return heard;
  }
}

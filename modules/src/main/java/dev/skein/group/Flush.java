package dev.skein.group;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a new epoch starts from, worked out of the censuses of its branches. Branches that opened
 * the same epoch last have delivered the same entries up to different places: together they know
 * everything any of them has delivered, and each gets what it lacks. Branches of an older epoch
 * were cut off and begin anew; if they went on by themselves meanwhile, so do the others, because
 * both have missed something. Immutable.
 *
 * @param base the place before the first entry of the new epoch
 * @param shares what each branch with members gets
 * @param incomplete whether somebody does not have everything that was said before
 */
record Flush(long base, Map<String, Share> shares, boolean incomplete) {

  /** For one branch: what it had missed, and whether there is more that nobody can give it. */
  record Share(List<Entry> missed, boolean gap) {}

  /**
   * @param silent whether somebody did not answer the roll call
   */
  static Flush of(Map<String, Mail.Census> censuses, boolean silent) {
    Map<String, Mail.Census> present = new HashMap<>(censuses);
    present.values().removeIf(census -> census.members() == 0);
    Epoch newest =
        present.values().stream().map(Mail.Census::opened).reduce(Epoch.NONE, Epoch::later);
    long base = present.values().stream().mapToLong(Mail.Census::last).max().orElse(0);
    TreeMap<Long, Entry> known = new TreeMap<>();
    long reached = 0;
    for (Mail.Census census : present.values()) {
      if (census.opened().equals(newest)) {
        reached = Math.max(reached, census.last());
        census.unstable().forEach(entry -> known.put(entry.seq(), entry));
      }
    }
    boolean parted = false;
    for (Mail.Census census : present.values()) {
      parted |= !census.opened().equals(newest) && wentOn(census, newest, present.values());
    }
    Map<String, Share> shares = new HashMap<>();
    for (Map.Entry<String, Mail.Census> each : present.entrySet()) {
      shares.put(each.getKey(), share(each.getValue(), newest, reached, known, parted));
    }
    boolean incomplete = silent || shares.values().stream().anyMatch(Share::gap);
    return new Flush(base, shares, incomplete);
  }

  /** Whether a branch of an older epoch has heard what those of the newest have not. */
  private static boolean wentOn(Mail.Census older, Epoch newest, Collection<Mail.Census> censuses) {
    return censuses.stream()
        .filter(census -> census.opened().equals(newest))
        .noneMatch(census ->
            census.history().stream()
                .anyMatch(
                    reign -> reign.epoch().equals(older.opened()) && reign.end() >= older.last()));
  }

  private static Share share(
      Mail.Census census, Epoch newest, long reached, TreeMap<Long, Entry> known, boolean parted) {
    if (parted || !census.opened().equals(newest)) {
      return new Share(List.of(), true);
    }
    List<Entry> missed = new ArrayList<>();
    for (long seq = census.last() + 1; seq <= reached; seq++) {
      Entry entry = known.get(seq);
      if (entry == null) {
        return new Share(List.of(), true);
      }
      missed.add(entry);
    }
    return new Share(missed, false);
  }
}

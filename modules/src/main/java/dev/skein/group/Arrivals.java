package dev.skein.group;

import dev.skein.server.CommandException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Predicate;

/** Those who wait at a branch until they may come in or look. Confined to the group's shard. */
final class Arrivals {
  private final List<Arrival> waiting = new ArrayList<>();
  private int memberCount;

  /**
   * Somebody who waits.
   *
   * @param counts whether as a member
   * @param place after which it is to hear everything
   */
  record Arrival(
      CompletableFuture<Charter> ready, boolean counts, Place place, long deadlineMillis) {}

  /** Completes when the branch says so; it counts as a member from now on if it comes as one. */
  CompletableFuture<Charter> add(boolean counts, Place place, long deadlineMillis) {
    CompletableFuture<Charter> ready = new CompletableFuture<>();
    waiting.add(new Arrival(ready, counts, place, deadlineMillis));
    memberCount += counts ? 1 : 0;
    return ready;
  }

  boolean isEmpty() {
    return waiting.isEmpty();
  }

  /** Those of them who come as members. */
  int memberCount() {
    return memberCount;
  }

  /** The earliest place that somebody from another node goes on from. */
  Place earliestPlace() {
    return waiting.stream()
        .map(Arrival::place)
        .filter(place -> !place.isNow())
        .min(Comparator.comparing(Place::epoch).thenComparingLong(Place::seq))
        .orElse(Place.NOW);
  }

  /** Lets those in who may come now, each as soon as {@code enter} has counted it. */
  void admit(Predicate<Arrival> may, Charter charter, Runnable enter) {
    for (Arrival arrival : List.copyOf(waiting)) {
      if (may.test(arrival) && waiting.remove(arrival)) {
        if (arrival.counts()) {
          memberCount--;
          enter.run();
        }
        arrival.ready().complete(charter);
      }
    }
  }

  /** Nobody of them comes in. */
  void fail(CommandException why) {
    List<Arrival> failed = List.copyOf(waiting);
    waiting.clear();
    failed.forEach(arrival -> fail(arrival, why));
  }

  /** Those who have waited too long do not; true if there were any. */
  boolean expire(long nowMillis, CommandException why) {
    boolean any = false;
    for (Iterator<Arrival> each = waiting.iterator(); each.hasNext(); ) {
      Arrival arrival = each.next();
      if (nowMillis >= arrival.deadlineMillis()) {
        each.remove();
        fail(arrival, why);
        any = true;
      }
    }
    return any;
  }

  private void fail(Arrival arrival, CommandException why) {
    memberCount -= arrival.counts() ? 1 : 0;
    arrival.ready().completeExceptionally(why);
  }
}

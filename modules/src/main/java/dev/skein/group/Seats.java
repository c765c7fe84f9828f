package dev.skein.group;

import dev.skein.server.User;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The groups one user is in, or about to be. Changed on the user's shard; any thread may read. */
final class Seats {
  private final User user;
  private final Map<Long, Seat> seats = new LinkedHashMap<>();

  /**
   * A place in a group.
   *
   * @param hall the group's members on this node; null while the user is on its way in
   * @param charter of the group; null while it is not known
   * @param place up to where a user has heard that is on its way from another node
   */
  record Seat(long group, @Nullable Hall hall, @Nullable Charter charter, Place place) {}

  Seats(User user) {
    this.user = user;
  }

  User user() {
    return user;
  }

  /**
   * Keeps a place for a user who is about to come in.
   *
   * @throws dev.skein.server.CommandException if it is in already, or in too many
   */
  synchronized void keep(long group, int maxCount) {
    if (seats.containsKey(group)) {
      throw Refusal.alreadyAMember();
    }
    if (seats.size() >= maxCount) {
      throw Refusal.tooManyGroups();
    }
    seats.put(group, new Seat(group, null, null, Place.NOW));
  }

  /** Keeps a place for a user who is in the group, and comes from another node. */
  synchronized void expect(Charter charter, Place place) {
    seats.put(charter.number(), new Seat(charter.number(), null, charter, place));
  }

  synchronized void take(Hall hall, Charter charter) {
    seats.put(hall.group(), new Seat(hall.group(), hall, charter, Place.NOW));
  }

  synchronized @Nullable Seat get(long group) {
    return seats.get(group);
  }

  synchronized void giveUp(long group) {
    seats.remove(group);
  }

  synchronized boolean isEmpty() {
    return seats.isEmpty();
  }

  /** True while a join has neither succeeded nor failed. */
  synchronized boolean isJoining() {
    return seats.values().stream().anyMatch(seat -> seat.charter() == null);
  }

  synchronized List<Seat> all() {
    return new ArrayList<>(seats.values());
  }
}

package dev.skein.room;

import dev.skein.server.User;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The rooms one user is in. Changed on the user's shard only; any thread may read. */
final class Seats {
  private final User user;
  private final AtomicInteger made = new AtomicInteger();
  private volatile Seat[] seats = {};
  private int joining;
  private boolean gone;

  /** A place in a room. */
  record Seat(LiveRoom room, Member member) {}

  Seats(User user) {
    this.user = user;
  }

  User user() {
    return user;
  }

  /** The seat in the room with this number on this node, or null: the hot path's lookup. */
  @Nullable Seat byNumber(long room) {
    for (Seat seat : seats) {
      if (seat.room.number() == room) {
        return seat;
      }
    }
    return null;
  }

  boolean isIn(LiveRoom room) {
    return byNumber(room.number()) != null;
  }

  List<Seat> all() {
    return new ArrayList<>(Arrays.asList(seats));
  }

  /** True if the user may join one more; it counts as joining until {@link #settle}. */
  boolean begin(int maxRooms) {
    if (gone || seats.length + joining >= maxRooms) {
      return false;
    }
    joining++;
    return true;
  }

  /** A join has failed. */
  void settle() {
    joining--;
  }

  /** A join has succeeded; false if the user is gone meanwhile. */
  boolean settle(LiveRoom room, Member member) {
    joining--;
    if (gone) {
      return false;
    }
    if (member.isPresent()) {
      Seat[] more = Arrays.copyOf(seats, seats.length + 1);
      more[more.length - 1] = new Seat(room, member);
      seats = more;
    }
    return true;
  }

  void vacate(LiveRoom room, Member member) {
    seats =
        Arrays.stream(seats)
            .filter(seat -> seat.room != room || seat.member != member)
            .toArray(Seat[]::new);
  }

  /** The user's session ended; no join succeeds any more. */
  List<Seat> close() {
    gone = true;
    List<Seat> all = all();
    seats = new Seat[0];
    return all;
  }

  /** Counts a room this user's client makes; false if there are as many already. */
  boolean beginMaking(int maxRooms) {
    if (made.incrementAndGet() > maxRooms) {
      made.decrementAndGet();
      return false;
    }
    return true;
  }

  /** A room this user's client made is no more. */
  void endMaking() {
    made.decrementAndGet();
  }
}

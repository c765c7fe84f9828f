package dev.skein.room;

import dev.skein.server.User;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** The rooms one user is in. Changed on the user's shard only; any thread may read. */
final class Seats {
  /** Numbers from here on are given to rooms whose own number the user has for another room. */
  private static final int FIRST_ALIAS = 1 << 20;

  private final User user;
  private final AtomicInteger made = new AtomicInteger();
  private volatile Seat[] seats = {};
  private final Set<Integer> joiningNumbers = new HashSet<>();

  /** Given up, but their users have not heard so: they wait for what former nodes have for them. */
  private final List<Seat> unheard = new ArrayList<>();

  private int joining;
  private boolean gone;

  /**
   * A place in a room.
   *
   * @param number stands for the room on this user's wire
   */
  record Seat(Venue venue, Member member, int number) {}

  Seats(User user) {
    this.user = user;
  }

  User user() {
    return user;
  }

  /** The seat in the room with this number for the user, or null: the hot path's lookup. */
  @Nullable Seat byNumber(long room) {
    for (Seat seat : seats) {
      if (seat.number == room) {
        return seat;
      }
    }
    return null;
  }

  boolean isIn(String roomId) {
    for (Seat seat : seats) {
      if (seat.venue.id().equals(roomId)) {
        return true;
      }
    }
    return false;
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

  /** True while a join has neither succeeded nor failed. */
  boolean isJoining() {
    return joining > 0;
  }

  /**
   * The number for a room that has this one itself; kept until {@link #forget} or a seat has it.
   */
  int numberFor(int own) {
    unheard.removeIf(seat -> seat.member.ear().waiting().isEmpty());
    int number = own;
    for (int alias = FIRST_ALIAS; isTaken(number); alias++) {
      number = alias;
    }
    joiningNumbers.add(number);
    return number;
  }

  private boolean isTaken(int number) {
    return joiningNumbers.contains(number)
        || byNumber(number) != null
        || unheard.stream().anyMatch(seat -> seat.number == number);
  }

  void forget(int number) {
    joiningNumbers.remove(number);
  }

  /** A join has failed. */
  void settle() {
    joining--;
  }

  /** A join has succeeded; false if the user is gone meanwhile. */
  boolean settle(Seat seat) {
    joining--;
    joiningNumbers.remove(seat.number);
    if (gone) {
      return false;
    }
    if (seat.member.isPresent()) {
      add(seat);
    }
    return true;
  }

  /** Adds a seat that the user has brought along from another node. */
  void add(Seat seat) {
    Seat[] more = Arrays.copyOf(seats, seats.length + 1);
    more[more.length - 1] = seat;
    seats = more;
  }

  /** A seat becomes another one; false if it is not there. */
  boolean replace(Venue former, Seat by) {
    Seat[] next = seats.clone();
    for (int i = 0; i < next.length; i++) {
      if (next[i].venue == former) {
        next[i] = by;
        seats = next;
        return true;
      }
    }
    return false;
  }

  /** The room of a seat has moved: it is reached by the other venue. */
  void reseat(Venue former, Venue next, Member member) {
    for (Seat seat : seats) {
      if (seat.venue == former && seat.member.number() == member.number()) {
        replace(former, new Seat(next, member, seat.number));
        return;
      }
    }
  }

  /** Removes a seat that has come to nothing. */
  void drop(Venue venue) {
    seats = Arrays.stream(seats).filter(seat -> seat.venue != venue).toArray(Seat[]::new);
  }

  /** The member is out; its number stands for no other room before the user has heard so. */
  void vacate(Venue venue, Member member) {
    List<Seat> kept = new ArrayList<>();
    for (Seat seat : seats) {
      if (seat.venue != venue || seat.member != member) {
        kept.add(seat);
      } else if (member.ear().waiting().isPresent()) {
        unheard.add(seat);
      }
    }
    seats = kept.toArray(Seat[]::new);
  }

  /** The user's session ended, or goes on elsewhere; no join succeeds any more. */
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

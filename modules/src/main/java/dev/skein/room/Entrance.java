package dev.skein.room;

import dev.skein.module.Answers;
import dev.skein.protocol.room.RoomCode;
import dev.skein.protocol.room.RoomRequest;
import dev.skein.server.CommandException;
import dev.skein.server.Shard;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;

/** How users of this node come into rooms, of this node and others. Any thread. */
final class Entrance {
  /** How often a random join that lost its place to somebody else tries again. */
  private static final int RANDOM_JOIN_ATTEMPTS = 12;

  /** A room that is being made, or has just been, is tried again so much later. */
  private static final long RETRY_MILLIS = 10;

  /** A user that a room has let in hears from it within this time, or not at all. */
  private static final long SEAT_MILLIS = 10_000;

  private final RoomNode node;
  private final RoomSettings settings;
  private final AtomicLong lastRef = new AtomicLong();
  private final Map<Long, Joining> joinings = new ConcurrentHashMap<>();

  /** A user that waits for a room of another node to let it in. */
  record Joining(User user, Seats seats, CompletableFuture<Seats.Seat> seated) {}

  /**
   * What a random join does when no room of the type has a free place.
   *
   * @param maker makes one with this id; empty: refuse
   */
  record Lack(String type, int maxMembers, Optional<Function<String, LiveRoom>> maker) {
    static Lack refuse(String type) {
      return new Lack(type, 0, Optional.empty());
    }
  }

  /** Where a random join ended. */
  record Entry(Seats.Seat seat, boolean created) {}

  Entrance(RoomNode node, RoomSettings settings) {
    this.node = node;
    this.settings = settings;
  }

  // By id

  /** Lets a user into a room, wherever it lives. */
  CompletableFuture<Seats.Seat> join(String roomId, User user, byte[] message) {
    return node.homes()
        .at(
            roomId,
            here -> enter(here, user, message, false),
            host -> enter(host, roomId, user, message));
  }

  /** Gives a user its seat back in a room with backups; its former node was lost. */
  CompletableFuture<Seats.Seat> comeBack(RoomRequest.Return back, User user) {
    LongFunction<RoomMail> question =
        ref ->
            new RoomMail.Return(back.roomId(), back.member(), back.heard(), Visitor.of(user), ref);
    return node.homes()
        .at(
            back.roomId(),
            here -> enter(node.self(), user, question),
            host -> enter(host, user, question));
  }

  /**
   * Lets a user in: the user's shard counts the seat, the room's decides, the user's takes the
   * seat. With {@code claimed} the room holds a place for it.
   */
  CompletableFuture<Seats.Seat> enter(LiveRoom room, User user, byte[] message, boolean claimed) {
    if (room.backed().isPresent()) {
      // All members of such a room are on lines, those of its own node too.
      return enter(node.self(), room.id(), user, message)
          .whenComplete((seat, failure) -> {
            if (claimed) {
              room.unclaim();
            }
          });
    }
    CompletableFuture<Seats.Seat> entered = new CompletableFuture<>();
    user.shard()
        .execute(() -> {
          Optional<Seats> begun = begin(user, entered);
          if (begun.isEmpty()) {
            if (claimed) {
              room.unclaim();
            }
            return;
          }
          Seats seats = begun.get();
          int number = seats.numberFor(room.number());
          Ear ear = new Ear(listener(user, number, room));
          room.call(() -> admit(room, user, ear, message, claimed))
              .whenComplete((member, failure) ->
                  user.shard()
                      .execute(() -> settle(room, seats, number, member, failure, entered)));
        });
    return entered;
  }

  private Optional<Seats> begin(User user, CompletableFuture<Seats.Seat> entered) {
    Seats seats = node.seatsOf(user);
    if (user.isConnected() && seats.begin(settings.maxRoomsPerUser())) {
      return Optional.of(seats);
    }
    node.forgetIfGone(user);
    entered.completeExceptionally(user.isConnected() ? Refusal.tooManyRooms() : Refusal.userGone());
    return Optional.empty();
  }

  private static User listener(User user, int number, Venue venue) {
    return number == venue.number() ? user : new AliasedUser(user, number);
  }

  private static Member admit(LiveRoom room, User user, Ear ear, byte[] message, boolean claimed) {
    if (claimed) {
      room.unclaim();
    }
    return room.door().admit(user, ear, message);
  }

  private static void settle(
      LiveRoom room,
      Seats seats,
      int number,
      @Nullable Member member,
      @Nullable Throwable failure,
      CompletableFuture<Seats.Seat> entered) {
    if (member == null) {
      seats.forget(number);
      seats.settle();
      entered.completeExceptionally(Answers.cause(failure));
      return;
    }
    Seats.Seat seat = new Seats.Seat(room, member, number);
    if (seats.settle(seat)) {
      entered.complete(seat);
    } else {
      room.dismiss(member);
      entered.completeExceptionally(Refusal.userGone());
    }
  }

  /** Lets the user in that a room was made for; the room is closed if that fails. */
  CompletableFuture<Seats.Seat> enterFirst(LiveRoom room, User user, byte[] message) {
    return enter(room, user, message, false)
        .whenComplete((seat, failure) -> {
          if (failure != null) {
            room.post(room::closeIfUnused);
          }
        });
  }

  /** Asks the room's node, which answers a refusal; if not, it gives the user a seat. */
  private CompletableFuture<Seats.Seat> enter(
      String host, String roomId, User user, byte[] message) {
    return enter(host, user, ref -> new RoomMail.Join(roomId, Visitor.of(user), ref, message));
  }

  private CompletableFuture<Seats.Seat> enter(
      String host, User user, LongFunction<RoomMail> question) {
    CompletableFuture<Seats.Seat> entered = new CompletableFuture<>();
    user.shard()
        .execute(() ->
            begin(user, entered)
                .ifPresent(seats -> {
                  long ref = lastRef.incrementAndGet();
                  joinings.put(ref, new Joining(user, seats, entered));
                  node.ask(host, question.apply(ref))
                      .whenComplete((done, failure) ->
                          user.shard().execute(() -> answered(user, ref, failure)));
                }));
    return entered;
  }

  private void answered(User user, long ref, @Nullable Throwable failure) {
    if (failure != null) {
      fail(ref, Answers.cause(failure));
    } else if (joinings.containsKey(ref)) {
      user.shard().schedule(() -> fail(ref, Refusal.unreachable()), SEAT_MILLIS);
    }
  }

  private void fail(long ref, Throwable failure) {
    Joining joining = joinings.remove(ref);
    if (joining != null) {
      joining.seats.settle();
      joining.seated.completeExceptionally(failure);
    }
  }

  /** The user that a room of another node has let in; empty if it does not wait any more. */
  Optional<Joining> joining(long ref) {
    return Optional.ofNullable(joinings.remove(ref));
  }

  /** On the user's shard, before it hears anything of the room. */
  void settle(Joining joining, Branch branch, Member member) {
    User user = joining.user;
    int number = joining.seats.numberFor(branch.number());
    member.ear().replace(listener(user, number, branch));
    Seats.Seat seat = new Seats.Seat(branch, member, number);
    if (!joining.seats.settle(seat)) {
      branch.gone(member);
      joining.seated.completeExceptionally(Refusal.userGone());
      return;
    }
    joining.seated.complete(seat);
    if (settings.remoteJoin() == RemoteJoin.MOVE) {
      node.context().directory().move(user.uid(), branch.host());
    }
  }

  // At random

  /** One random join on its way. */
  private record Search(
      Shard desk,
      Lack lack,
      User user,
      byte[] message,
      Set<String> tried,
      CompletableFuture<Entry> joined) {}

  /**
   * Joins a random room of a type. On one node all such joins of a type are decided on one shard,
   * over several at the type's home, so that two users who come at the same time meet in one new
   * room. A room of this node is preferred.
   */
  CompletableFuture<Entry> random(Lack lack, User user, byte[] message) {
    Shard desk = node.shardOf(lack.type);
    Search search =
        new Search(
            desk, lack, user, message, ConcurrentHashMap.newKeySet(), new CompletableFuture<>());
    desk.execute(() -> attempt(search, RANDOM_JOIN_ATTEMPTS));
    return search.joined;
  }

  private void attempt(Search search, int attemptsLeft) {
    Optional<LiveRoom> found =
        node.directory()
            .claim(search.lack.type, node.seatsOf(search.user), node.context().random());
    if (found.isPresent()) {
      follow(search, attemptsLeft, false, enter(found.get(), search.user, search.message, true));
    } else if (node.isAlone()) {
      make(search, attemptsLeft, node.directory().newId());
    } else {
      look(search, attemptsLeft);
    }
  }

  private void make(Search search, int attemptsLeft, String id) {
    LiveRoom room;
    try {
      room = search.lack.maker.orElseThrow(Refusal::notFound).apply(id);
    } catch (CommandException refused) {
      node.forgetIfGone(search.user);
      if (!node.isAlone() && search.lack.maker.isPresent()) {
        node.notices().tell(search.lack.type, id, 0);
      }
      search.joined.completeExceptionally(refused);
      return;
    }
    boolean claimed = room.claim();
    follow(
        search,
        attemptsLeft,
        true,
        enter(room, search.user, search.message, claimed)
            .whenComplete((seat, failure) -> {
              if (failure != null) {
                room.post(room::closeIfUnused);
              }
            }));
  }

  /** Asks the type's home, which knows the rooms of all nodes and those being made. */
  private void look(Search search, int attemptsLeft) {
    Lack lack = search.lack;
    String candidate = lack.maker.isPresent() ? node.directory().newId() : "";
    List<String> not = new ArrayList<>(search.tried);
    node.seatsOf(search.user).all().forEach(seat -> not.add(seat.venue().id()));
    node.notices()
        .pick(new RoomMail.Pick(lack.type, candidate, Math.max(0, lack.maxMembers - 1), not))
        .whenComplete((id, failure) ->
            search.desk.execute(() -> {
              if (failure != null || id.equals(candidate)) {
                // A home that does not answer keeps nobody from playing.
                make(search, attemptsLeft, candidate);
              } else {
                follow(
                    search,
                    attemptsLeft,
                    false,
                    join(id, search.user, search.message)
                        .whenComplete(
                            (seat, refused) -> giveUp(search, attemptsLeft, id, refused)));
              }
            }));
  }

  /** A room is not tried again; but one that is not there yet may be on its way. */
  private static void giveUp(
      Search search, int attemptsLeft, String id, @Nullable Throwable refused) {
    boolean maybeLater =
        Answers.cause(refused) instanceof CommandException refusal
            && refusal.code() == RoomCode.NOT_FOUND
            && attemptsLeft > RANDOM_JOIN_ATTEMPTS / 2;
    if (!maybeLater) {
      search.tried.add(id);
    }
  }

  private void follow(
      Search search, int attemptsLeft, boolean created, CompletableFuture<Seats.Seat> entering) {
    entering.whenComplete((seat, failure) -> {
      if (seat != null) {
        search.joined.complete(new Entry(seat, created));
      } else if (attemptsLeft <= 1 || !lostItsPlace(failure)) {
        search.joined.completeExceptionally(Answers.cause(failure));
      } else if (node.isAlone()) {
        search.desk.execute(() -> attempt(search, attemptsLeft - 1));
      } else {
        search.desk.schedule(() -> attempt(search, attemptsLeft - 1), RETRY_MILLIS);
      }
    });
  }

  private static boolean lostItsPlace(@Nullable Throwable failure) {
    return Answers.cause(failure) instanceof CommandException refused
        && switch (refused.code()) {
          case RoomCode.FULL,
              RoomCode.CLOSED,
              RoomCode.NOT_FOUND,
              RoomCode.ALREADY_A_MEMBER,
              RoomCode.MOVED,
              RoomCode.UNREACHABLE ->
              true;
          default -> false;
        };
  }
}

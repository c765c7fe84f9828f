package dev.skein.room;

import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import dev.skein.module.Answers;
import dev.skein.protocol.room.RoomCode;
import dev.skein.server.CommandException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Where rooms live: where they were made, which their ids say, unless they have moved; then their
 * former node, or the cluster's store, knows. Any thread.
 */
final class Homes {
  /** How often a room that moves meanwhile is run after. */
  private static final int ATTEMPTS_MAX_COUNT = 10;

  /** A room that is just arriving is asked for again so much later. */
  private static final long RETRY_MILLIS = 20;

  /** Rooms that have moved and whose node is remembered here. */
  private static final int LEARNED_MAX_COUNT = 10_000;

  /** As long as a room that has lost its node is looked for again so much later. */
  private static final long TAKEOVER_MILLIS = 250;

  private static final long ENTER_AGAIN_MILLIS = 1_000;
  private static final int BIRTH_NODE_DIGITS = 8;

  /** Entries outlive as many nodes as rooms may. */
  private static final int COPIES_COUNT = 1 + RoomOptions.BACKUPS_MAX_COUNT;

  private final RoomNode node;
  private final Store store;
  private final Map<String, String> learned =
      new LinkedHashMap<>(16, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
          return size() > LEARNED_MAX_COUNT;
        }
      };

  /** What is to be done with a room, if it is here, or else by its node. */
  private record Search<T>(
      String roomId,
      Function<LiveRoom, CompletableFuture<T>> here,
      Function<String, CompletableFuture<T>> there) {}

  Homes(RoomNode node) {
    this.node = node;
    this.store =
        node.context()
            .mesh()
            .store(
                new StoreOptions(HomeEntry.STORE, COPIES_COUNT, Set.of(), 0, Optional.empty()),
                HomeEntry::enter);
  }

  /**
   * Does something with a room wherever it is, also if it moves in the meantime; fails with
   * NOT_FOUND if it is nowhere. What an unreachable node may have done is not done again.
   */
  <T> CompletableFuture<T> at(
      String roomId,
      Function<LiveRoom, CompletableFuture<T>> here,
      Function<String, CompletableFuture<T>> there) {
    return attempt(new Search<>(roomId, here, there), ATTEMPTS_MAX_COUNT);
  }

  private <T> CompletableFuture<T> attempt(Search<T> search, int attemptsLeft) {
    Optional<LiveRoom> room = node.directory().find(search.roomId);
    Optional<String> host = room.isPresent() ? Optional.empty() : hint(search.roomId);
    CompletableFuture<T> tried =
        room.map(search.here)
            .or(() -> host.map(search.there))
            .orElseGet(() -> CompletableFuture.failedFuture(Refusal.notFound()));
    return tried.exceptionallyCompose(failure -> {
      Optional<String> moved = Refusal.movedTo(failure);
      if (attemptsLeft <= 1 || node.isAlone()) {
        return CompletableFuture.failedFuture(
            moved.isPresent() ? Refusal.unreachable() : Answers.cause(failure));
      }
      Optional<String> next = moved.filter(this::isOther);
      if (next.isPresent()) {
        learn(search.roomId, next.get());
        return again(search, attemptsLeft - 1, RETRY_MILLIS);
      }
      // Who says that it has moved to a lost node, or to this one, has not heard of what followed.
      return moved.isPresent() || isNotFound(failure)
          ? lookUp(search, attemptsLeft, host.orElse(""), moved.isPresent())
          : CompletableFuture.failedFuture(Answers.cause(failure));
    });
  }

  private static boolean isNotFound(Throwable failure) {
    return Answers.cause(failure) instanceof CommandException refused
        && refused.code() == RoomCode.NOT_FOUND;
  }

  private <T> CompletableFuture<T> again(Search<T> search, int attemptsLeft, long afterMillis) {
    CompletableFuture<T> result = new CompletableFuture<>();
    node.shardOf(search.roomId)
        .schedule(
            () ->
                attempt(search, attemptsLeft)
                    .whenComplete((value, failure) -> Answers.finish(result, value, failure)),
            node.directory().find(search.roomId).isPresent() ? 0 : afterMillis);
    return result;
  }

  private <T> CompletableFuture<T> lookUp(
      Search<T> search, int attemptsLeft, String tried, boolean mayBeOnItsWay) {
    return entry(search.roomId)
        .handle((entry, unreachable) -> {
          if (entry == null) {
            // Nobody knows for now: the nodes that kept the entry may just have been lost.
            return await(search, attemptsLeft, TAKEOVER_MILLIS);
          }
          String home = entry.map(HomeEntry::home).filter(this::isInSight).orElse("");
          if (!home.isEmpty() && !home.equals(tried)) {
            learn(search.roomId, home);
            return await(search, attemptsLeft, RETRY_MILLIS);
          }
          // Its home, or a backup, is about to go on with the room.
          boolean expected =
              !home.isEmpty()
                  || entry.stream()
                      .flatMap(each -> each.backups().stream())
                      .anyMatch(this::isInSight);
          if (expected) {
            return await(search, attemptsLeft, TAKEOVER_MILLIS);
          }
          return mayBeOnItsWay && attemptsLeft > 2
              ? again(search, attemptsLeft - 1, RETRY_MILLIS)
              : CompletableFuture.<T>failedFuture(Refusal.notFound());
        })
        .thenCompose(outcome -> outcome);
  }

  /** The room is somewhere: if it does not turn up in time, it is out of reach. */
  private <T> CompletableFuture<T> await(Search<T> search, int attemptsLeft, long millis) {
    return attemptsLeft <= 2
        ? CompletableFuture.failedFuture(Refusal.unreachable())
        : again(search, attemptsLeft - 1, millis);
  }

  /** What the store has of a room. */
  CompletableFuture<Optional<HomeEntry>> entry(String roomId) {
    return store.get(roomId).toCompletableFuture().thenApply(found -> found.map(HomeEntry::decode));
  }

  /** Enters something of a room; false if what is there forbids it. */
  CompletableFuture<Boolean> claim(String roomId, HomeEntry entry) {
    return store.apply(roomId, entry.encode()).toCompletableFuture().thenApply(HomeEntry::granted);
  }

  /** The node that probably has the room, which is not here. */
  Optional<String> hint(String roomId) {
    return movedTo(roomId).filter(this::isOther).or(() -> birthNode(roomId));
  }

  /** Where a room is that has been here. */
  Optional<String> movedTo(String roomId) {
    synchronized (learned) {
      return Optional.ofNullable(learned.get(roomId));
    }
  }

  private boolean isOther(String address) {
    return !address.equals(node.self()) && isInSight(address);
  }

  private boolean isInSight(String address) {
    return node.context().mesh().node(address).isPresent();
  }

  private Optional<String> birthNode(String roomId) {
    if (roomId.length() <= BIRTH_NODE_DIGITS) {
      return Optional.empty();
    }
    int birthNode;
    try {
      birthNode = HexFormat.fromHexDigits(roomId, 0, BIRTH_NODE_DIGITS);
    } catch (IllegalArgumentException noId) {
      return Optional.empty();
    }
    return node.context().mesh().nodes().stream()
        .filter(each -> (int) each.id() == birthNode && !each.address().equals(node.self()))
        .map(NodeInfo::address)
        .findFirst();
  }

  /** A room has moved to that node. */
  void learn(String roomId, String host) {
    synchronized (learned) {
      learned.put(roomId, host);
    }
  }

  // Rooms of this node that were made elsewhere

  /** Enters that a room lives here now, until it does not. */
  void enter(LiveRoom room) {
    if (room.term() == 0 || room.isClosed() || room.hasMoved() || room.backed().isPresent()) {
      return;
    }
    claim(room.id(), new HomeEntry(node.self(), 0, room.term(), HomeEntry.LEASE_MILLIS, List.of()))
        .whenComplete((granted, failure) ->
            room.shard()
                .schedule(
                    () -> enter(room),
                    failure == null ? HomeEntry.RENEW_MILLIS : ENTER_AGAIN_MILLIS));
  }

  /** A room of this node is no more. */
  void closed(LiveRoom room) {
    if (room.term() > 0) {
      claim(room.id(), new HomeEntry("", 0, room.term(), 0, List.of()));
    }
  }
}

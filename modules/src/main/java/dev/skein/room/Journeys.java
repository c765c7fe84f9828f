package dev.skein.room;

import dev.skein.module.Answers;
import dev.skein.protocol.Channel;
import dev.skein.protocol.record.RecordCodec;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.server.Shard;
import dev.skein.server.Traveller;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Keeps members in their rooms while their users move from node to node. The former node keeps what
 * it has for the member and asks the room, behind everything the member has commanded there, to
 * serve it at the next node; then it hands over what it kept. Any thread, unless it says otherwise.
 */
final class Journeys implements Traveller {
  private static final byte[] NOTHING = {};

  /** For so long a member may be between two nodes. */
  private static final long PATIENCE_MILLIS = 30_000;

  /** For so long a former node may take to hand over. */
  private static final long HANDOVER_MILLIS = 10_000;

  private final RoomNode node;
  private final Handovers handovers = new Handovers();
  private final AtomicLong lastRef = new AtomicLong();
  private final Map<Long, Arrival> arrivals = new ConcurrentHashMap<>();

  Journeys(RoomNode node) {
    this.node = node;
  }

  // Away

  @Override
  public boolean isReady(User user) {
    return node.seatsIfAny(user).filter(Seats::isJoining).isEmpty();
  }

  @Override
  public byte[] pack(User user) {
    List<Luggage.Item> items = new ArrayList<>();
    for (Seats.Seat seat : node.takeSeats(user)) {
      switch (seat.venue()) {
        case Arrival arrival -> {
          arrival.abandon();
          arrival.runKept();
          items.add(arrival.item().again());
        }
        case LiveRoom room -> {
          items.add(item(seat, room.options().channel(), node.self()));
          leave(user, room, seat.member());
        }
        case Branch branch -> {
          items.add(item(seat, branch.channel(), branch.host()));
          leave(user, branch, seat.member());
        }
      }
    }
    return items.isEmpty() ? NOTHING : RecordCodec.encodeRecord(new Luggage(items));
  }

  private Luggage.Item item(Seats.Seat seat, int channel, String host) {
    return new Luggage.Item(
        seat.venue().id(),
        seat.number(),
        seat.member().number(),
        channel,
        seat.member().moves() + 1,
        host,
        node.self());
  }

  private void leave(User user, Venue venue, Member member) {
    Ear ear = member.ear();
    ear.waiting()
        .ifPresentOrElse(
            waiting -> waiting.releaseTo(null), () -> ear.replace(new Waiting(user, false)));
    awaitDeparture(user, venue, member, ear);
  }

  /** If no node takes the user over, it is gone. */
  private void awaitDeparture(User user, Venue venue, Member member, Ear ear) {
    user.shard()
        .schedule(
            () -> {
              if (ear.waiting().isPresent() && member.ear() == ear) {
                node.discard(venue, member);
              }
            },
            PATIENCE_MILLIS);
  }

  /** On the user's former shard: its next node has taken over. */
  void handOver(Ear former, String next, long ref) {
    former
        .waiting()
        .ifPresentOrElse(
            waiting -> waiting.releaseTo(whole -> node.tell(next, handover(ref, whole))),
            () -> node.tell(next, new RoomMail.Handover(ref, true, List.of())));
  }

  private static RoomMail.Handover handover(long ref, Waiting whole) {
    return whole.isComplete()
        ? new RoomMail.Handover(ref, true, whole.kept())
        : new RoomMail.Handover(ref, false, List.of());
  }

  // There

  @Override
  public void unpack(User user, byte[] packed) {
    if (packed.length == 0) {
      return;
    }
    for (Luggage.Item item : RecordCodec.of(Luggage.class).decode(packed).items()) {
      Arrival arrival = new Arrival(lastRef.incrementAndGet(), item, user);
      arrivals.put(arrival.ref(), arrival);
      Member placeholder = new Member(item.member(), user, node.nowMillis());
      node.seatsOf(user).add(new Seats.Seat(arrival, placeholder, item.number()));
      announce(arrival);
    }
  }

  /** Asks the room, by way of the former node, to serve the member here. */
  private void announce(Arrival arrival) {
    Luggage.Item item = arrival.item();
    RoomMail.Rehome rehome =
        new RoomMail.Rehome(
            item.roomId(),
            item.member(),
            item.moves(),
            Visitor.of(arrival.user()),
            node.self(),
            arrival.ref());
    node.ask(item.from(), rehome)
        .exceptionallyCompose(failure ->
            item.from().equals(item.host())
                ? CompletableFuture.failedFuture(failure)
                : node.ask(item.host(), rehome))
        .exceptionallyCompose(failure -> findAgain(rehome))
        .whenComplete((done, failure) -> {
          Shard shard = arrival.user().shard();
          if (failure != null) {
            shard.execute(() -> lose(arrival));
          } else {
            // The room has said yes, but may be lost before it shows.
            shard.schedule(() -> lose(arrival), HANDOVER_MILLIS);
          }
        });
  }

  /** The room is not where it was: it may have moved since the user left its former node. */
  private CompletableFuture<byte[]> findAgain(RoomMail.Rehome rehome) {
    return node.homes()
        .at(
            rehome.roomId(),
            here -> here.call(() -> rehome(here, rehome)),
            host -> node.ask(host, rehome));
  }

  /** A question of a node that one of the members of a room here, or of a branch, has come to. */
  CompletableFuture<byte[]> rehome(String sender, RoomMail.Rehome rehome) {
    Optional<LiveRoom> here = node.directory().find(rehome.roomId());
    // What the member has commanded here may be on its way by the branch of this very node.
    boolean byBranch =
        here.filter(room -> room.backed().isPresent()).isPresent()
            && !sender.equals(node.self())
            && node.lines().branch(rehome.roomId()).isPresent();
    if (here.isEmpty() || byBranch) {
      return follow(rehome);
    }
    return here.get()
        .call(() -> rehome(here.get(), rehome))
        .exceptionallyCompose(failure ->
            Refusal.movedTo(failure).isPresent()
                ? follow(rehome)
                : CompletableFuture.failedFuture(Answers.cause(failure)));
  }

  private CompletableFuture<byte[]> follow(RoomMail.Rehome rehome) {
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    node.lines()
        .branch(rehome.roomId())
        .ifPresentOrElse(
            branch -> branch.follow(rehome, answer),
            () -> answer.completeExceptionally(Refusal.notAMember()));
    return answer;
  }

  private byte[] rehome(LiveRoom room, RoomMail.Rehome rehome) {
    if (!rehome.to().equals(node.self()) || room.backed().isPresent()) {
      RemoteUser user = node.remote(room, rehome.to(), rehome.visitor(), rehome.ref(), true);
      room.door().rehome(rehome, user, new Ear(user));
      return NOTHING;
    }
    Arrival arrival = arrival(rehome.ref()).orElseThrow(Refusal::userGone);
    User user = arrival.user();
    Member member = room.door().rehome(rehome, user, ear(arrival));
    user.shard().execute(() -> settle(arrival, room, member));
    return NOTHING;
  }

  Optional<Arrival> arrival(long ref) {
    return Optional.ofNullable(arrivals.get(ref));
  }

  /** By which a member hears that has come, until everything from before is there. */
  static Ear ear(Arrival arrival) {
    return new Ear(new Waiting(arrival.user(), true));
  }

  /** On the user's shard: the room serves the member here from now on. */
  void settle(Arrival arrival, Venue venue, Member member) {
    User user = arrival.user();
    arrivals.remove(arrival.ref());
    Ear ear = member.ear();
    if (!(ear.listener() instanceof Waiting waiting)) {
      throw new IllegalStateException(member + " hears before it has settled");
    }
    Consumer<RoomMail.Handover> taker =
        handover ->
            user.shard().execute(() -> waiting.earlier(handover.kept(), handover.complete()));
    handovers.expect(arrival.ref(), taker);
    user.shard()
        .schedule(
            () -> {
              handovers.forget(arrival.ref());
              waiting.giveUpEarlier();
            },
            HANDOVER_MILLIS);
    int number = arrival.number();
    Seats seats = node.seatsIfAny(user).orElse(null);
    if (arrival.isAbandoned()) {
      awaitDeparture(user, venue, member, ear);
    } else if (seats == null || !seats.replace(arrival, new Seats.Seat(venue, member, number))) {
      node.discard(venue, member);
    } else {
      waiting.releaseTo(whole -> hear(venue, member, number, ear, whole));
    }
    arrival.runKept();
  }

  /** Everything that was kept reaches the user, which hears for itself from now on. */
  private void hear(Venue venue, Member member, int number, Ear ear, Waiting whole) {
    User user = member.user();
    User listener = number == venue.number() ? user : new AliasedUser(user, number);
    for (Waiting.Kept kept : whole.kept()) {
      // Who has missed something hears nothing any more but that it is out.
      if (whole.isComplete() || RoomPush.isExit(kept.message())) {
        listener.send(kept.message(), kept.channel(), 0);
      }
    }
    ear.replace(listener);
    if (!whole.isComplete()) {
      node.discard(venue, member);
    }
  }

  /** The room is gone, or out of reach. */
  private void lose(Arrival arrival) {
    User user = arrival.user();
    if (!arrivals.remove(arrival.ref(), arrival)) {
      return;
    }
    node.seatsIfAny(user).ifPresent(seats -> seats.drop(arrival));
    if (!arrival.isAbandoned() && user.isConnected()) {
      byte[] exited =
          RoomPush.of(new RoomEvent.Exited(arrival.number(), LeaveReason.CLOSED, NOTHING));
      user.send(exited, Channel.ordered(arrival.item().channel()), 0);
    }
    arrival.runKept();
  }

  void came(RoomMail.Handover handover) {
    if (!handovers.came(handover)) {
      node.nextShard().schedule(() -> handovers.forget(handover.ref()), HANDOVER_MILLIS);
    }
  }
}

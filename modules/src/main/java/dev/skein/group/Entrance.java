package dev.skein.group;

import dev.skein.group.GroupNode.Target;
import dev.skein.module.Answers;
import dev.skein.protocol.Channel;
import dev.skein.protocol.group.GroupEvent;
import dev.skein.protocol.record.RecordCodec;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.CommandException;
import dev.skein.server.Traveller;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How users of this node come into groups and out of them. Any thread may call; what concerns a
 * user happens on the user's shard, what concerns a branch at its desk.
 */
final class Entrance implements Traveller {
  private static final byte[] NOTHING = {};

  /** A user on its way to another node counts here for so long, so that its group stays. */
  private static final long MOVE_GRACE_MILLIS = 10_000;

  private final GroupNode node;
  private final Map<User, Seats> seats = new ConcurrentHashMap<>();

  /** What a user takes along to another node. */
  record Luggage(List<Item> items) {
    /** One of its groups, and up to where it has heard. */
    record Item(Charter charter, Place place) {}
  }

  Entrance(GroupNode node) {
    this.node = node;
  }

  double seatCount() {
    return seats.values().stream().mapToLong(each -> each.all().size()).sum();
  }

  void countGap() {
    node.countGap();
  }

  /** The groups a user is in. */
  List<Charter> of(User user) {
    Seats kept = seats.get(user);
    List<Charter> charters = new ArrayList<>();
    if (kept != null) {
      for (Seats.Seat seat : kept.all()) {
        if (seat.charter() != null) {
          charters.add(seat.charter());
        }
      }
    }
    return charters;
  }

  // In

  CompletableFuture<Group> join(Target target, User user, byte[] message) {
    CompletableFuture<Group> joined = new CompletableFuture<>();
    user.shard()
        .execute(() -> {
          try {
            keepSeat(target.number(), user);
          } catch (CommandException refused) {
            joined.completeExceptionally(refused);
            return;
          }
          joined.whenComplete((group, failure) -> {
            if (failure != null) {
              user.shard().execute(() -> giveUp(user, target.number()));
            }
          });
          node.atDesk(
              target,
              joined,
              hall ->
                  hall.branch()
                      .arrive(Place.NOW)
                      .whenComplete((charter, failure) -> {
                        if (charter == null) {
                          joined.completeExceptionally(Answers.cause(failure));
                          return;
                        }
                        Place place = hall.branch().place();
                        hall.bench(user.shard()).expect(1);
                        user.shard()
                            .execute(() -> enter(hall, charter, place, user, message, joined));
                      }));
        });
    return joined;
  }

  private void keepSeat(long group, User user) {
    if (!user.isConnected()) {
      throw Refusal.userGone();
    }
    seats.computeIfAbsent(user, Seats::new).keep(group, node.settings().maxGroupsPerUser());
  }

  private void giveUp(User user, long group) {
    Seats kept = seats.get(user);
    if (kept != null) {
      kept.giveUp(group);
      if (kept.isEmpty()) {
        seats.remove(user);
      }
    }
  }

  /** On the user's shard: the group is there and waits. */
  private void enter(
      Hall hall,
      Charter charter,
      Place place,
      User user,
      byte[] message,
      CompletableFuture<Group> joined) {
    Group face = node.face(charter);
    byte[] welcome;
    try {
      checkMessage(charter, message);
      welcome = node.hooks(charter).message(hook -> hook.beforeJoin(face, user, message));
      checkMessage(charter, welcome);
      if (!user.isConnected()) {
        throw Refusal.userGone();
      }
    } catch (CommandException refused) {
      gone(hall, user);
      joined.completeExceptionally(refused);
      return;
    }
    byte[] entered =
        GroupPush.of(
            new GroupEvent.Entered(
                charter.number(),
                charter.id(),
                charter.options().type(),
                charter.options().channel(),
                welcome));
    user.send(entered, Channel.ordered(charter.options().channel()), 0);
    sit(hall, charter, place, user);
    if (message.length > 0) {
      hall.publish(Utterance.of(Utterance.Kind.JOINED, user.uid(), message), Mail.RELIABLY);
    }
    node.hooks(charter).each(hook -> hook.joined(face, user, message));
    joined.complete(face);
  }

  private void sit(Hall hall, Charter charter, Place place, User user) {
    hall.bench(user.shard()).add(user, place);
    seats.computeIfAbsent(user, Seats::new).take(hall, charter);
    node.seated(hall);
  }

  private void stand(Hall hall, User user) {
    hall.bench(user.shard()).remove(user);
    node.seated(hall);
  }

  /** A user that was let in is out, or did not come in after all. */
  private static void gone(Hall hall, User user) {
    hall.desk()
        .post(() -> {
          hall.bench(user.shard()).expect(-1);
          hall.branch().changeMembers(-1);
          hall.desk().tidy(hall.group());
        });
  }

  private static void checkMessage(Charter charter, byte[] message) {
    if (message.length > charter.options().messageMaxBytes()) {
      throw Refusal.tooLarge("the message");
    }
  }

  // Out

  CompletableFuture<Void> leave(long group, User user, byte[] message) {
    CompletableFuture<Void> left = new CompletableFuture<>();
    user.shard()
        .execute(() -> {
          try {
            Seats.Seat seat = seat(user, group);
            Hall hall = seat.hall();
            Charter charter = seat.charter();
            if (hall == null || charter == null) {
              throw Refusal.notAMember();
            }
            checkMessage(charter, message);
            Group face = node.face(charter);
            node.hooks(charter).ask(hook -> hook.beforeLeave(face, user, message));
            depart(hall, charter, user, LeaveReason.LEFT, message);
            left.complete(null);
          } catch (CommandException refused) {
            left.completeExceptionally(refused);
          }
        });
    return left;
  }

  private void depart(Hall hall, Charter charter, User user, LeaveReason reason, byte[] message) {
    giveUp(user, hall.group());
    stand(hall, user);
    exited(charter, user, reason, message);
    if (message.length > 0) {
      hall.publish(
          new Utterance(Utterance.Kind.LEFT, user.uid(), reason.code(), message), Mail.RELIABLY);
    }
    gone(hall, user);
  }

  private void exited(Charter charter, User user, LeaveReason reason, byte[] message) {
    byte[] push = GroupPush.of(new GroupEvent.Exited(charter.number(), reason, message));
    user.send(push, Channel.ordered(charter.options().channel()), 0);
    Group face = node.face(charter);
    node.hooks(charter).each(hook -> hook.left(face, user, reason, message));
  }

  /** The user's session ended; on its shard. */
  void discarded(User user) {
    Seats left = seats.remove(user);
    if (left == null) {
      return;
    }
    for (Seats.Seat seat : left.all()) {
      Hall hall = seat.hall();
      Charter charter = seat.charter();
      if (hall != null && charter != null) {
        Group face = node.face(charter);
        byte[] message = discardMessage(charter, face, user);
        depart(hall, charter, user, LeaveReason.DISCONNECTED, message);
      }
    }
  }

  private byte[] discardMessage(Charter charter, Group face, User user) {
    try {
      byte[] message = node.hooks(charter).message(hook -> hook.discardMessage(face, user));
      checkMessage(charter, message);
      return message;
    } catch (CommandException thrown) {
      return NOTHING;
    }
  }

  /** The group is closed: everybody on this bench is out. Any thread. */
  void evict(Hall hall, Bench bench, Charter charter, byte[] message) {
    bench
        .shard()
        .execute(() -> {
          for (User user : bench.clear()) {
            giveUp(user, hall.group());
            exited(charter, user, LeaveReason.CLOSED, message);
          }
          node.seated(hall);
        });
  }

  // Talk

  CompletableFuture<Void> broadcast(long group, User from, byte[] data, Channel channel) {
    CompletableFuture<Void> said = new CompletableFuture<>();
    from.shard()
        .execute(() -> {
          try {
            Seats.Seat seat = seat(from, group);
            Charter charter = seat.charter();
            if (charter == null) {
              throw Refusal.notAMember();
            }
            if (data.length > charter.options().broadcastMaxBytes()) {
              throw Refusal.tooLarge("the data");
            }
            Utterance broadcast = Utterance.of(Utterance.Kind.SAID, from.uid(), data);
            Hall hall = seat.hall();
            int how = how(channel);
            // Who has just moved here speaks through a branch that is being opened.
            (hall == null ? node.publish(group, broadcast, how) : hall.publish(broadcast, how))
                .whenComplete((nothing, failure) -> {
                  if (failure == null) {
                    said.complete(null);
                  } else {
                    said.completeExceptionally(Answers.cause(failure));
                  }
                });
          } catch (CommandException refused) {
            said.completeExceptionally(refused);
          }
        });
    return said;
  }

  private static int how(Channel channel) {
    return switch (channel.kind()) {
      case ORDERED, RELIABLE -> Mail.RELIABLY;
      case UNRELIABLE -> Mail.UNRELIABLY;
      case SEQUENCED -> channel.id();
    };
  }

  private Seats.Seat seat(User user, long group) {
    Seats kept = seats.get(user);
    Seats.Seat seat = kept == null ? null : kept.get(group);
    if (seat == null) {
      throw Refusal.notAMember();
    }
    return seat;
  }

  // Moves

  @Override
  public boolean isReady(User user) {
    Seats kept = seats.get(user);
    return kept == null || !kept.isJoining();
  }

  @Override
  public byte[] pack(User user) {
    Seats kept = seats.remove(user);
    List<Luggage.Item> items = new ArrayList<>();
    if (kept != null) {
      for (Seats.Seat seat : kept.all()) {
        Hall hall = seat.hall();
        Charter charter = seat.charter();
        if (charter == null) {
          continue;
        }
        if (hall == null) {
          // It moves on before it has arrived here.
          items.add(new Luggage.Item(charter, seat.place()));
          continue;
        }
        items.add(new Luggage.Item(charter, hall.bench(user.shard()).place()));
        stand(hall, user);
        hall.desk().postLater(() -> gone(hall, user), MOVE_GRACE_MILLIS);
      }
    }
    return items.isEmpty() ? NOTHING : RecordCodec.encodeRecord(new Luggage(items));
  }

  @Override
  public void unpack(User user, byte[] packed) {
    if (packed.length == 0) {
      return;
    }
    for (Luggage.Item item : RecordCodec.of(Luggage.class).decode(packed).items()) {
      Charter charter = item.charter();
      seats.computeIfAbsent(user, Seats::new).expect(charter, item.place());
      CompletableFuture<Void> outcome = new CompletableFuture<>();
      outcome.whenComplete((nothing, failure) -> {
        if (failure != null) {
          user.shard()
              .execute(() -> {
                giveUp(user, charter.number());
                exited(charter, user, LeaveReason.DISCONNECTED, NOTHING);
              });
        }
      });
      node.atDesk(
          new Target(charter.number(), Optional.of(charter), false),
          outcome,
          hall -> arrive(hall, item, user, outcome));
    }
  }

  private void arrive(Hall hall, Luggage.Item item, User user, CompletableFuture<Void> outcome) {
    hall.branch()
        .arrive(item.place())
        .whenComplete((charter, failure) -> {
          if (charter == null) {
            outcome.completeExceptionally(Answers.cause(failure));
            return;
          }
          Place place = hall.branch().place();
          Optional<List<Entry>> missed = hall.branch().since(item.place());
          hall.bench(user.shard()).expect(1);
          user.shard()
              .execute(() -> {
                if (user.isConnected()) {
                  replay(hall, user, missed);
                  sit(hall, charter, place, user);
                } else {
                  gone(hall, user);
                }
                outcome.complete(null);
              });
        });
  }

  /** What was said while the user was on its way. */
  private void replay(Hall hall, User user, Optional<List<Entry>> missed) {
    Channel channel = hall.channel();
    if (missed.isEmpty()) {
      countGap();
      user.send(GroupPush.of(new GroupEvent.Gap(hall.group())), channel, 0);
      return;
    }
    for (Entry entry : missed.get()) {
      boolean ownJoin =
          entry.said().kind() == Utterance.Kind.JOINED && entry.said().uid().equals(user.uid());
      if (!ownJoin) {
        user.send(GroupPush.of(hall.group(), entry.said()), channel, 0);
      }
    }
  }
}

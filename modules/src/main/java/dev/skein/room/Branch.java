package dev.skein.room;

import dev.skein.module.Answers;
import dev.skein.protocol.Channel;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.server.Command;
import dev.skein.server.Responder;
import dev.skein.server.Shard;
import dev.skein.server.User;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/**
 * The members of this node in a room of another: spreads what the room says to them and brings to
 * the room what they command, both in order. Any thread, unless it says otherwise.
 */
final class Branch implements Venue {
  private static final byte[] NOTHING = {};

  private final RoomNode node;
  private final String host;
  private final long line;
  private final String roomId;
  private final int number;
  private final int channel;
  private final int broadcastMaxBytes;
  private final Shard shard;

  // Confined to the shard
  private final LocalAudience audience;
  private final Map<Integer, Member> members = new HashMap<>();
  private final Set<Member> hearing = new HashSet<>();
  private boolean closed;

  Branch(RoomNode node, String host, RoomMail.Seated first) {
    this.node = node;
    this.host = host;
    this.line = first.line();
    this.roomId = first.roomId();
    this.number = first.room();
    this.channel = first.channel();
    this.broadcastMaxBytes = first.broadcastMaxBytes();
    this.shard = node.shardOf(roomId);
    this.audience = new LocalAudience(node::crowd);
  }

  @Override
  public String id() {
    return roomId;
  }

  @Override
  public int number() {
    return number;
  }

  /** The mesh address of the room's node. */
  String host() {
    return host;
  }

  long line() {
    return line;
  }

  int channel() {
    return channel;
  }

  Shard shard() {
    return shard;
  }

  // To the room

  /** Throws if a broadcast or relay of so many bytes is too large. */
  void checkData(int length) {
    if (length > broadcastMaxBytes) {
      throw Refusal.tooLarge("the data");
    }
  }

  /** What a member says without waiting for an answer. */
  void say(Member member, Command command) {
    send(
        new RoomMail.Said(
            line, member.number(), 0, command.cmd(), command.channel(), command.payload()));
  }

  /** What a member asks the room. */
  void ask(Member member, Command command, Responder responder) {
    shard.execute(() -> {
      if (closed) {
        Answers.fail(responder, Refusal.notAMember());
        return;
      }
      long ref = node.answers().expect(host, line, responder);
      send(
          new RoomMail.Said(
              line, member.number(), ref, command.cmd(), command.channel(), command.payload()));
    });
  }

  /** A member's session ended for good, or it did not come in after all. */
  void gone(Member member) {
    send(new RoomMail.Gone(line, member.number()));
  }

  private void send(RoomMail mail) {
    shard.execute(() -> {
      if (!closed && !node.tell(host, mail)) {
        // What the room missed it would never hear: the members are out instead.
        node.repeatNoLine(host, line);
        evict();
      }
    });
  }

  /** The user of a member has come to the node {@code rehome.to()}, and tells by way of this. */
  void follow(RoomMail.Rehome rehome, CompletableFuture<byte[]> answer) {
    shard.execute(() -> {
      if (closed || !members.containsKey(rehome.member())) {
        answer.completeExceptionally(Refusal.notAMember());
        return;
      }
      node.ask(host, rehome)
          .whenComplete((done, failure) -> {
            if (failure == null) {
              answer.complete(done);
            } else {
              answer.completeExceptionally(failure);
            }
          });
    });
  }

  // From the room

  /** News over the line, in order. */
  void receive(RoomMail mail) {
    shard.execute(() -> {
      if (!closed) {
        take(mail);
      }
    });
  }

  private void take(RoomMail mail) {
    switch (mail) {
      case RoomMail.ToAll all -> {
        Member except = members.get(all.except());
        if (except == null) {
          audience.toAll(all.push(), all.channel());
        } else {
          audience.toOthers(except, all.push(), all.channel());
        }
      }
      case RoomMail.ToOne one -> {
        Member member = members.get(one.member());
        if (member != null) {
          audience.to(member, one.push(), one.channel());
        }
      }
      case RoomMail.Seated seated -> seat(seated);
      case RoomMail.Unseated unseated -> unseat(unseated);
      case RoomMail.Vacated vacated -> vacate(vacated.member());
      case RoomMail.Answer _,
          RoomMail.Said _,
          RoomMail.Gone _,
          RoomMail.NoLine _,
          RoomMail.Reset _,
          RoomMail.Handover _,
          RoomMail.Shelved _,
          RoomMail.Join _,
          RoomMail.Rehome _,
          RoomMail.Call _,
          RoomMail.Find _,
          RoomMail.Pick _ ->
          throw new IllegalArgumentException("not for a branch: " + mail);
    }
  }

  private void seat(RoomMail.Seated seated) {
    if (seated.moved()) {
      node.journeys()
          .arrival(seated.ref())
          .ifPresentOrElse(
              arrival -> {
                Member member = add(seated.member(), arrival);
                arrival.user().shard().execute(() -> node.journeys().settle(arrival, this, member));
              },
              () -> send(new RoomMail.Gone(line, seated.member())));
      return;
    }
    node.entrance()
        .joining(seated.ref())
        .ifPresentOrElse(
            joining -> {
              User user = joining.user();
              Ear ear = new Ear(user);
              Member member = new Member(seated.member(), user, ear, node.nowMillis());
              // Before it hears anything, so that it hears by the right number.
              user.shard().execute(() -> node.entrance().settle(joining, this, member));
              hear(member);
            },
            () -> send(new RoomMail.Gone(line, seated.member())));
  }

  private Member add(int member, Arrival arrival) {
    Member added = new Member(member, arrival.user(), Journeys.ear(arrival), node.nowMillis());
    added.moved(arrival.item().moves());
    hear(added);
    return added;
  }

  private void hear(Member member) {
    members.put(member.number(), member);
    hearing.add(member);
    audience.add(member);
  }

  private void unseat(RoomMail.Unseated unseated) {
    Member member = members.get(unseated.member());
    if (member == null) {
      return;
    }
    if (hearing.remove(member)) {
      audience.remove(member);
    }
    if (!unseated.next().isEmpty()) {
      members.remove(unseated.member());
      Ear ear = member.ear();
      ear.shard().execute(() -> node.handOver(ear, unseated.next(), unseated.ref()));
      closeIfEmpty();
    }
  }

  private void vacate(int number) {
    Member member = members.remove(number);
    if (member != null) {
      member.gone();
      node.vacate(this, member);
    }
    closeIfEmpty();
  }

  private void closeIfEmpty() {
    if (members.isEmpty()) {
      closed = true;
      node.forget(this);
    }
  }

  /** The room is out of reach: its members of this node are out. */
  void evict() {
    shard.execute(() -> {
      if (closed) {
        return;
      }
      closed = true;
      node.forget(this);
      node.answers().failLine(line, Refusal.unreachable());
      byte[] exited = RoomPush.of(new RoomEvent.Exited(number, LeaveReason.CLOSED, NOTHING));
      for (Member member : List.copyOf(members.values())) {
        if (hearing.remove(member)) {
          audience.remove(member);
          audience.to(member, exited, Channel.ordered(channel));
        }
        member.gone();
        node.vacate(this, member);
      }
      members.clear();
    });
  }
}

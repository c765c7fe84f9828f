package dev.skein.room;

import dev.skein.module.Answers;
import dev.skein.protocol.Channel;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.protocol.room.RoomEvent.Address;
import dev.skein.server.Command;
import dev.skein.server.Responder;
import dev.skein.server.Shard;
import dev.skein.server.User;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * The members of this node in a room of another: spreads what the room says to them and brings to
 * the room what they command, both in order. Any thread, unless it says otherwise.
 */
final class Branch implements Venue {
  private static final byte[] NOTHING = {};

  private final RoomNode node;
  private final long line;
  private final BranchTerms terms;
  private final Shard shard;

  // Confined to the shard
  private final LocalAudience audience;
  private final Map<Integer, Member> members = new HashMap<>();
  private final Set<Member> hearing = new HashSet<>();
  private final Uplink uplink;
  private boolean closed;
  private @Nullable LiveRoom heir;

  private Branch(RoomNode node, String host, long line, BranchTerms terms, Shard shard) {
    this.node = node;
    this.line = line;
    this.terms = terms;
    this.shard = shard;
    this.audience = new LocalAudience(node::crowd);
    this.uplink = new Uplink(node, shard, line, terms.backed(), host, this::sever);
  }

  /** For the first member that a room of another node gets here. */
  static Branch of(RoomNode node, String host, RoomMail.Seated first) {
    BranchTerms terms = first.terms();
    return new Branch(node, host, first.line(), terms, node.shardOf(terms.roomId()));
  }

  /** For the members that a room leaves here; on the room's shard, which is the branch's, too. */
  static Branch of(RoomNode node, String host, long line, LiveRoom room) {
    return new Branch(node, host, line, BranchTerms.of(room), room.shard());
  }

  @Override
  public String id() {
    return terms.roomId();
  }

  @Override
  public int number() {
    return terms.number();
  }

  /** The mesh address of the room's node. */
  String host() {
    return uplink.host();
  }

  long line() {
    return line;
  }

  int channel() {
    return terms.channel();
  }

  Shard shard() {
    return shard;
  }

  // To the room

  /** Throws if a broadcast or relay of so many bytes is too large. */
  void checkData(int length) {
    if (length > terms.broadcastMaxBytes()) {
      throw Refusal.tooLarge("the data");
    }
  }

  /**
   * A member's broadcast or relay that waits for no answer; the data lies in the payload from
   * {@code at} on. What is unreliable has no order: it is heard at this node at once, and at the
   * others by way of the room.
   */
  void say(Address address, Member from, Command command, int at) {
    if (terms.merges() || command.channel().kind() != Channel.Kind.UNRELIABLE) {
      say(from, command);
    } else {
      onShard(() -> speak(address, from, command, at));
    }
  }

  private void speak(Address address, Member from, Command command, int at) {
    if (heir != null || !hearing.contains(from)) {
      command(from, command, 0);
      return;
    }
    byte[] data = command.payload();
    byte[] push = RoomPush.said(address, number(), from.number(), data, at, data.length - at);
    if (address == Address.RELAY) {
      audience.toOthers(from, push, command.channel());
    } else {
      audience.toAll(push, command.channel());
    }
    uplink.send(0, new RoomMail.Spoken(line, from.number(), push));
  }

  /** What a member says without waiting for an answer. */
  void say(Member member, Command command) {
    onShard(() -> command(member, command, 0));
  }

  /** What a member asks the room. */
  void ask(Member member, Command command, Responder responder) {
    onShard(() -> {
      if (heir != null) {
        node.commands().again(heir, member, command, responder);
      } else if (closed) {
        Answers.fail(responder, Refusal.notAMember());
      } else {
        command(member, command, node.answers().expect(line, responder));
      }
    });
  }

  private void command(Member member, Command command, long ref) {
    if (heir != null) {
      node.commands().again(heir, member, command, PendingAnswers.NOBODY);
      return;
    }
    boolean kept = ref != 0 || command.channel().kind().reliable();
    long up = kept ? uplink.next() : 0;
    uplink.send(
        up,
        new RoomMail.Said(
            line, up, member.number(), ref, command.cmd(), command.channel(), command.payload()));
  }

  /** A member's session ended for good, or it did not come in after all. */
  void gone(Member member) {
    onShard(() -> {
      Member there = members.get(member.number());
      // If another one has its seat, its user has come back with a new session.
      if (there == null || there == member) {
        gone(member.number());
      }
    });
  }

  private void gone(int member) {
    if (heir != null) {
      heir.dismiss(member);
    } else {
      long up = uplink.next();
      uplink.send(up, new RoomMail.Gone(line, up, member));
    }
  }

  /** In order, also when a task of this very shard asks for it. */
  private void onShard(Runnable task) {
    if (shard.isCurrent()) {
      task.run();
    } else {
      shard.execute(task);
    }
  }

  /** What the room missed it would never hear: the members are out instead. */
  private void sever() {
    node.lines().repeatNoLine(host(), line);
    evict();
  }

  /** The user of a member has come to the node {@code rehome.to()}, and tells by way of this. */
  void follow(RoomMail.Rehome rehome, CompletableFuture<byte[]> answer) {
    onShard(() -> {
      boolean isKnown = !closed && members.containsKey(rehome.member());
      if (heir != null || (!isKnown && node.directory().find(id()).isPresent())) {
        node.journeys()
            .rehome(node.self(), rehome)
            .whenComplete((done, failure) -> Answers.finish(answer, done, failure));
      } else if (!isKnown) {
        answer.completeExceptionally(Refusal.notAMember());
      } else {
        String asked = host();
        node.ask(asked, rehome)
            .whenComplete((done, failure) ->
                shard.execute(() -> followed(rehome, asked, answer, done, failure)));
      }
    });
  }

  private void followed(
      RoomMail.Rehome rehome,
      String asked,
      CompletableFuture<byte[]> answer,
      byte @Nullable [] done,
      @Nullable Throwable failure) {
    if (failure != null && (heir != null || (!closed && !host().equals(asked)))) {
      // The room has moved, and has been sent everything again that the member has commanded.
      follow(rehome, answer);
    } else if (failure == null || !uplink.waitForHost(() -> follow(rehome, answer))) {
      Answers.finish(answer, done, failure);
    }
  }

  // From the room

  /** News over the line, in order. */
  void receive(String sender, RoomMail.ToBranch mail) {
    shard.execute(() -> {
      if (closed) {
        return;
      }
      if (terms.backed() && mail instanceof RoomMail.Rehosted rehosted) {
        if (uplink.follow(sender, rehosted)) {
          node.homes().learn(id(), sender);
        }
      } else if (sender.equals(host())) {
        // A room that has moved is not heard from where it was any more.
        take(mail);
      }
    });
  }

  private void take(RoomMail.ToBranch mail) {
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
          if (!hearing.contains(member)) {
            // That it is out. A user who goes to another node right then takes no seat along.
            node.vacate(this, member);
          }
        }
      }
      case RoomMail.Seated seated -> seat(seated);
      case RoomMail.Unseated unseated -> unseat(unseated);
      case RoomMail.Vacated vacated -> vacate(vacated.member());
      case RoomMail.Heard heard -> uplink.heard(heard.up());
      case RoomMail.Rehosted rehosted -> rehosted(rehosted.host());
      case RoomMail.Numbered frame -> take(frame);
    }
  }

  private void take(RoomMail.Numbered frame) {
    if (!uplink.isNew(frame)) {
      return;
    }
    if (frame.mail() instanceof RoomMail.Answer answer) {
      node.answers().came(answer);
    } else if (frame.mail() instanceof RoomMail.ToBranch mail) {
      take(mail);
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
              () -> gone(seated.member()));
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
            () -> gone(seated.member()));
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
    deafen(member);
    if (!unseated.next().isEmpty()) {
      members.remove(unseated.member());
      Ear ear = member.ear();
      ear.shard().execute(() -> node.handOver(ear, unseated.next(), unseated.ref()));
      closeIfEmpty();
    }
  }

  /** It hears no more of the room; false if it did not. */
  private boolean deafen(Member member) {
    boolean heard = hearing.remove(member);
    if (heard) {
      audience.remove(member);
    }
    return heard;
  }

  private void vacate(int number) {
    Member member = members.remove(number);
    if (member != null) {
      deafen(member);
      member.gone();
      node.vacate(this, member);
    }
    closeIfEmpty();
  }

  private void closeIfEmpty() {
    if (members.isEmpty()) {
      close();
      // Answers come behind the last member, unless the room is lost with them.
      shard.schedule(
          () -> node.answers().failLine(line, Refusal.unreachable()), Uplink.ORPHAN_MILLIS);
    }
  }

  private List<Uplink.Sent> close() {
    closed = true;
    node.lines().remove(this);
    return uplink.close();
  }

  // The room moves

  /** It has left its node for another. */
  private void rehosted(String next) {
    uplink.leadTo(next);
    node.homes().learn(id(), next);
    if (next.equals(node.self())) {
      boolean absorbed =
          node.directory().find(id()).filter(room -> room.crossing().absorb(this)).isPresent();
      if (!absorbed) {
        evict();
      }
    } else {
      uplink.attach();
    }
  }

  /**
   * Members that stay on this node while their room leaves it, from now on heard by way of this.
   */
  void begin(Collection<Member> staying) {
    staying.forEach(this::hear);
    uplink.attach();
  }

  /** The members here, for their room, which has come to this node. */
  List<Member> members() {
    return List.copyOf(members.values());
  }

  /** The room serves the members itself from now on: gives it what it has perhaps not heard. */
  List<Uplink.Sent> endFor(LiveRoom room) {
    List<Uplink.Sent> unheard = close();
    heir = room;
    hearing.forEach(audience::remove);
    return unheard;
  }

  /** That node is out of sight, or knows nothing of the line. */
  void lost(String address) {
    shard.execute(() -> {
      if (closed && heir == null) {
        // It has ended in good order: commands may have come after its last member.
        node.answers().failLine(line, Refusal.notAMember());
      } else if (address.equals(host())) {
        uplink.lost();
      }
    });
  }

  /** The room is out of reach: its members of this node are out. */
  private void evict() {
    if (closed) {
      return;
    }
    close();
    node.answers().failLine(line, Refusal.unreachable());
    byte[] exited = RoomPush.of(new RoomEvent.Exited(number(), LeaveReason.CLOSED, NOTHING));
    for (Member member : List.copyOf(members.values())) {
      if (deafen(member)) {
        audience.to(member, exited, Channel.ordered(channel()));
      }
      member.gone();
      node.vacate(this, member);
    }
    members.clear();
  }
}

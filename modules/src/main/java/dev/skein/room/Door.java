package dev.skein.room;

import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.server.User;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * How members come into a room, go, and are followed when their users change nodes. Confined to the
 * room's shard.
 */
final class Door {
  private final LiveRoom room;
  private final RoomState state;
  private final HookChain hooks;
  private final WideAudience audience;
  private final Surroundings surroundings;
  private final LongSupplier wallClock;

  Door(
      LiveRoom room,
      RoomState state,
      HookChain hooks,
      WideAudience audience,
      Surroundings surroundings,
      LongSupplier wallClock) {
    this.room = room;
    this.state = state;
    this.hooks = hooks;
    this.audience = audience;
    this.surroundings = surroundings;
    this.wallClock = wallClock;
  }

  Member admit(User user, Ear ear, byte[] message) {
    discardFormerSession(user);
    state.checkJoin(user.uid(), message);
    byte[] welcome = hooks.beforeJoin(room.face(), user, message);
    state.checkMessage(welcome);
    Member member = state.join(user, ear, message, welcome, wallClock.getAsLong());
    surroundings.changed(room);
    room.later(() -> hooks.joined(room.face(), member, message));
    if (state.roster().owner().equals(Optional.of(member))) {
      room.later(() -> hooks.ownerChanged(room.face(), member));
    }
    return member;
  }

  void reserve(Collection<String> uids, long ttlMillis) {
    state.reserve(uids, ttlMillis, room.nowMillis());
    surroundings.changed(room);
  }

  void cancelReservations(Collection<String> uids) {
    state.cancelReservations(uids);
    surroundings.changed(room);
  }

  /** A uid has one session in the cluster: another one's end has not been heard of yet. */
  private void discardFormerSession(User user) {
    state
        .roster()
        .member(user.uid())
        .filter(member -> !member.user().sid().equals(user.sid()) || isForgotten(member))
        .ifPresent(this::discard);
  }

  private boolean isForgotten(Member member) {
    return room.backed().filter(backed -> backed.isForgotten(member)).isPresent();
  }

  /** A member has come to another node, or to this one: nobody is told. */
  Member rehome(RoomMail.Rehome rehome, User user, Ear ear) {
    Member member =
        state
            .roster()
            .member(rehome.member())
            // A journey of a session that was lost may be told of when the user is back already.
            .filter(found -> found.user().sid().equals(user.sid()))
            // An earlier journey of the member may be told of later.
            .filter(found -> found.moves() <= rehome.moves())
            .orElseThrow(Refusal::notAMember);
    if (member.moves() == rehome.moves() && member.isOn(rehome.to())) {
      // Asked again, because the answer got lost.
      return member;
    }
    member.moved(rehome.moves());
    audience.move(member, rehome.to(), rehome.ref(), user, ear);
    return member;
  }

  /** A member whose node was lost has logged in again: it goes on where it was. */
  void comeBack(RoomMail.Return back, RemoteUser user) {
    BackedAudience backed = room.backed().orElseThrow(Refusal::notAMember);
    Member member =
        state
            .roster()
            .member(back.member())
            .filter(found -> found.uid().equals(user.uid()))
            .orElseThrow(Refusal::notAMember);
    if (member.user().sid().equals(user.sid())) {
      throw Refusal.alreadyAMember();
    }
    Optional<List<byte[]>> missed = backed.ledger().frames().missed(back.member(), back.got());
    if (missed.isEmpty()) {
      discard(member);
      throw Refusal.missedTooMuch();
    }
    byte[] returned = RoomPush.of(new RoomEvent.Returned(room.number(), room.id()));
    backed.moveBack(member, user, returned, missed.get());
  }

  /** A node is lost, with the sessions of its users, or the line to it is. */
  void lost(String node) {
    if (!audience.keeps(node)) {
      giveUp(node);
    }
  }

  /** The members of a node are out. */
  void giveUp(String node) {
    audience.lost(node);
    for (Member member : state.roster().members()) {
      if (member.isOn(node)) {
        discard(member);
      }
    }
  }

  /** A member wants to go. */
  void leave(Member member, byte[] message) {
    checkPresent(member);
    state.checkMessage(message);
    hooks.beforeLeave(room.face(), member, message);
    depart(member, LeaveReason.LEFT, message);
  }

  /** A member's session ended. */
  void discard(Member member) {
    if (member.isPresent()) {
      depart(member, LeaveReason.DISCONNECTED, hooks.discardMessage(room.face(), member));
    }
  }

  /** Removes a member; {@code by} null is the server. */
  void kick(@Nullable Member by, Member member, byte[] message) {
    if (by != null) {
      checkPresent(by);
      state.checkOwner(by);
    }
    checkTarget(member);
    state.checkMessage(message);
    depart(member, LeaveReason.KICKED, message);
  }

  /** Makes another member the owner; {@code by} null is the server. */
  void own(@Nullable Member by, Member member) {
    if (by != null) {
      checkPresent(by);
      state.checkOwner(by);
    }
    checkTarget(member);
    if (!state.roster().owner().equals(Optional.of(member))) {
      state.own(member);
      room.later(() -> hooks.ownerChanged(room.face(), member));
    }
  }

  /** The room is closed: everyone is out. */
  void empty(byte[] message) {
    for (Member member : state.roster().members()) {
      depart(member, LeaveReason.CLOSED, message);
    }
  }

  private void depart(Member member, LeaveReason reason, byte[] message) {
    boolean owned = state.roster().owner().equals(Optional.of(member));
    state.leave(member, reason, message, room.nowMillis());
    if (member.user() instanceof RemoteUser remote) {
      audience.vacate(member, remote);
    } else {
      surroundings.vacated(room, member);
    }
    surroundings.changed(room);
    room.later(() -> hooks.left(room.face(), member, reason, message));
    if (owned && !state.roster().isEmpty() && !state.isClosed()) {
      List<Member> candidates = state.roster().members();
      own(null, hooks.electOwner(room.face(), candidates).orElse(candidates.getFirst()));
    }
  }

  void checkPresent(Member member) {
    if (!member.isPresent()) {
      throw Refusal.notAMember();
    }
  }

  private static void checkTarget(Member member) {
    if (!member.isPresent()) {
      throw Refusal.noSuchMember();
    }
  }
}

package dev.skein.session;

import dev.skein.mesh.Store;
import dev.skein.module.StoreAnswer;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.CommandException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Decides what is asked of sessions. Runs where a session lives, so that all its members' nodes,
 * whatever they ask at the same time, get one order of news. Pure; any thread.
 */
final class SessionOperator implements Store.Operator {
  /** A session with members lives that long after its last touch. */
  static final long KEEP_MILLIS = 60_000;

  /** A new session waits at least that long for its first member. */
  static final long FIRST_MEMBER_MILLIS = 60_000;

  private static final byte[] NOTHING = {};

  @Override
  public Store.Outcome run(byte @Nullable [] current, byte[] operation, long nowMillis) {
    List<Operation> operations = Operation.decodeAll(operation);
    Turn turn = new Turn(current == null ? null : SessionState.decode(current), nowMillis);
    long firstSeq = turn.state == null ? 1 : turn.state.seq() + 1;
    Set<String> nodes = new HashSet<>(turn.nodes());
    List<byte[]> answers = new ArrayList<>();
    turn.expire();
    for (Operation each : operations) {
      try {
        answers.add(StoreAnswer.ok(turn.decide(each)));
      } catch (CommandException refused) {
        answers.add(StoreAnswer.refused(refused));
      }
      nodes.addAll(turn.nodes());
    }
    byte[] answer =
        new Verdict(answers, firstSeq, turn.news, nodes.stream().sorted().toList()).encode();
    if (turn.state == null) {
      return new Store.Outcome(null, 0, answer);
    }
    return turn.written
        ? new Store.Outcome(turn.state.encode(), ttlMillis(turn.state, nowMillis), answer)
        : new Store.Outcome(current, 0, answer);
  }

  private static long ttlMillis(SessionState state, long nowMillis) {
    if (!state.nodes().isEmpty()) {
      return KEEP_MILLIS;
    }
    long untilMillis =
        state.members().isEmpty()
            ? emptyUntilMillis(state)
            : state.members().values().stream()
                .mapToLong(place -> lostUntilMillis(state, place))
                .max()
                .orElse(0);
    return Math.max(1, untilMillis - nowMillis);
  }

  private static long emptyUntilMillis(SessionState state) {
    long ttlMillis = state.options().emptyTtlMillis();
    return state.emptySinceMillis() + (ttlMillis == 0 ? FIRST_MEMBER_MILLIS : ttlMillis);
  }

  static long lostUntilMillis(SessionState state, SessionState.Place place) {
    return place.lostAtMillis() + state.options().rejoinTtlMillis();
  }

  /** Some operations on one session at one moment. Confined to one call. */
  private static final class Turn {
    private final long nowMillis;
    private final List<News> news = new ArrayList<>();
    private @Nullable SessionState state;
    private boolean written;

    Turn(@Nullable SessionState state, long nowMillis) {
      this.state = state;
      this.nowMillis = nowMillis;
    }

    Set<String> nodes() {
      return state == null ? Set.of() : state.nodes();
    }

    /** What time has done since the last turn. */
    void expire() {
      SessionState now = state;
      if (now == null) {
        return;
      }
      for (SessionState.Place place : List.copyOf(now.members().values())) {
        if (place.isLost() && lostUntilMillis(now, place) <= nowMillis) {
          depart(now, place.uid(), LeaveReason.DISCONNECTED, NOTHING);
        }
      }
      now.invitations().values().removeIf(untilMillis -> untilMillis <= nowMillis);
      if (state != null && now.members().isEmpty() && emptyUntilMillis(now) <= nowMillis) {
        state = null;
      }
    }

    byte[] decide(Operation operation) {
      if (operation instanceof Operation.Create(Terms terms, String maker)) {
        return create(terms, maker);
      }
      SessionState now = state;
      if (now == null) {
        throw Refusal.notFound();
      }
      switch (operation) {
        case Operation.Create _ -> {}
        case Operation.Join join -> {
          join(now, join);
          return now.encode();
        }
        case Operation.Attach attach -> {
          attach(now, attach);
          return now.encode();
        }
        case Operation.Lose(String uid, String sid) -> {
          SessionState.Place place = now.members().get(uid);
          if (place != null && place.sid().equals(sid)) {
            lose(now, place);
          }
        }
        case Operation.LoseNode(String node) ->
            List.copyOf(now.members().values()).stream()
                .filter(place -> place.node().equals(node))
                .forEach(place -> lose(now, place));
        case Operation.Leave leave -> leave(now, leave);
        case Operation.Kick(String by, String uid, byte[] message) -> {
          checkOwner(now, by);
          checkTarget(now, uid);
          checkMessage(now, message);
          depart(now, uid, LeaveReason.KICKED, message);
        }
        case Operation.ChangeOwner(String by, String uid) -> {
          checkOwner(now, by);
          checkTarget(now, uid);
          if (!now.owner().equals(uid)) {
            hear(now, new News.Owned(uid));
          }
        }
        case Operation.Say _, Operation.Tell _, Operation.Announce _ -> talk(now, operation);
        case Operation.Invite invite -> invite(now, invite);
        case Operation.Decline(String uid, byte[] message) -> {
          checkMessage(now, message);
          if (!now.invitations().containsKey(uid)) {
            throw Refusal.notInvited();
          }
          hear(now, new News.Declined(uid, message));
        }
        case Operation.Change _, Operation.Replace _, Operation.Increment _ -> {
          return SessionProperties.decide(now, operation, changed -> hear(now, changed));
        }
        case Operation.Touch _ -> written = true;
        case Operation.Close(byte[] message) -> close(now, message);
      }
      return NOTHING;
    }

    private byte[] create(Terms terms, String maker) {
      if (state == null) {
        SessionState made = new SessionState(terms, nowMillis);
        state = made;
        written = true;
        if (!maker.isEmpty()) {
          hear(made, new News.Invited(maker, nowMillis + FIRST_MEMBER_MILLIS));
        }
      }
      return NOTHING;
    }

    private void join(SessionState now, Operation.Join join) {
      checkMessage(now, join.message());
      if (now.members().containsKey(join.uid())) {
        throw Refusal.alreadyAMember();
      }
      if (now.options().inviteOnly() && !now.invitations().containsKey(join.uid())) {
        throw Refusal.notInvited();
      }
      if (now.members().size() >= now.options().maxMembers()) {
        throw Refusal.full();
      }
      hear(now, new News.Joined(join.uid(), join.sid(), join.node(), nowMillis, join.message()));
      if (now.owner().isEmpty()) {
        hear(now, new News.Owned(join.uid()));
      }
    }

    private void attach(SessionState now, Operation.Attach attach) {
      SessionState.Place place = now.members().get(attach.uid());
      if (place == null) {
        throw Refusal.notAMember();
      }
      if (place.isLost()
          || !place.sid().equals(attach.sid())
          || !place.node().equals(attach.node())) {
        hear(now, new News.Attached(attach.uid(), attach.sid(), attach.node()));
      }
    }

    private void lose(SessionState now, SessionState.Place place) {
      if (now.options().rejoinTtlMillis() == 0) {
        depart(now, place.uid(), LeaveReason.DISCONNECTED, NOTHING);
      } else if (!place.isLost()) {
        hear(now, new News.Lost(place.uid(), nowMillis));
      }
    }

    private void leave(SessionState now, Operation.Leave leave) {
      checkMessage(now, leave.message());
      SessionState.Place place = now.members().get(leave.uid());
      if (place == null) {
        throw Refusal.notAMember();
      }
      if (!leave.sid().isEmpty() && !leave.sid().equals(place.sid())) {
        // A newer login of the uid has taken its place.
        throw Refusal.alreadyAMember();
      }
      depart(now, leave.uid(), leave.reason(), leave.message());
    }

    private void depart(SessionState now, String uid, LeaveReason reason, byte[] message) {
      boolean owned = now.owner().equals(uid);
      hear(now, new News.Left(uid, reason, message));
      if (now.members().isEmpty()) {
        now.emptySince(nowMillis);
        if (now.options().emptyTtlMillis() == 0) {
          state = null;
        }
      } else if (owned) {
        hear(now, new News.Owned(heir(now)));
      }
    }

    /** Who is in longest, if possible one that is not away. */
    private static String heir(SessionState now) {
      return now.members().values().stream()
          .filter(place -> !place.isLost())
          .findFirst()
          .orElseGet(() -> now.members().values().iterator().next())
          .uid();
    }

    private void talk(SessionState now, Operation operation) {
      switch (operation) {
        case Operation.Say(String uid, byte[] data) -> {
          checkMember(now, uid);
          checkData(now, data);
          hear(now, new News.Said(uid, data));
        }
        case Operation.Tell(String uid, List<String> uids, byte[] data) -> {
          checkMember(now, uid);
          checkData(now, data);
          uids.forEach(each -> checkTarget(now, each));
          hear(now, new News.Told(uid, uids, data));
        }
        case Operation.Announce(byte[] data) -> {
          checkData(now, data);
          hear(now, new News.Announced(data));
        }
        default -> throw new IllegalArgumentException(operation + " is no talk");
      }
    }

    private void invite(SessionState now, Operation.Invite invite) {
      if (!invite.by().isEmpty()) {
        checkMember(now, invite.by());
      }
      Set<String> open = new HashSet<>(now.invitations().keySet());
      open.addAll(invite.uids());
      open.removeAll(now.members().keySet());
      if (open.size() > now.options().invitationsMaxCount()) {
        throw Refusal.tooManyInvitations();
      }
      long untilMillis = nowMillis + now.options().invitationTtlMillis();
      for (String uid : invite.uids()) {
        if (!now.members().containsKey(uid)) {
          hear(now, new News.Invited(uid, untilMillis));
        }
      }
    }

    private void close(SessionState now, byte[] message) {
      checkMessage(now, message);
      for (String uid : List.copyOf(now.members().keySet())) {
        hear(now, new News.Left(uid, LeaveReason.CLOSED, message));
      }
      state = null;
    }

    private void hear(SessionState now, News piece) {
      now.hear(piece);
      news.add(piece);
      written = true;
    }

    private static void checkMember(SessionState now, String uid) {
      if (!now.members().containsKey(uid)) {
        throw Refusal.notAMember();
      }
    }

    private static void checkTarget(SessionState now, String uid) {
      if (!now.members().containsKey(uid)) {
        throw Refusal.noSuchMember();
      }
    }

    private static void checkOwner(SessionState now, String by) {
      if (!by.isEmpty()) {
        checkMember(now, by);
        if (!now.owner().equals(by)) {
          throw Refusal.notTheOwner();
        }
      }
    }

    private static void checkData(SessionState now, byte[] data) {
      if (data.length > now.options().dataMaxBytes()) {
        throw Refusal.tooLarge("the data");
      }
    }

    private static void checkMessage(SessionState now, byte[] message) {
      if (message.length > now.options().messageMaxBytes()) {
        throw Refusal.tooLarge("the message");
      }
    }
  }
}

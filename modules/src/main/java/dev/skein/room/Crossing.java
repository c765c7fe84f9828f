package dev.skein.room;

import dev.skein.module.Answers;
import dev.skein.server.Command;
import dev.skein.server.CommandException;
import dev.skein.server.Responder;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * A room between two nodes: its copy for the next one, what becomes of it there, and of what it
 * leaves behind. Confined to the room's shard.
 */
final class Crossing {
  /** For so long other nodes may take to follow the room here. */
  private static final long FOLLOW_MILLIS = 10_000;

  private static final byte[] NOTHING = {};

  private final LiveRoom room;
  private final Surroundings surroundings;
  private String host = "";
  private boolean awaitsBranch;
  private @Nullable Branch successor;

  Crossing(LiveRoom room, Surroundings surroundings) {
    this.room = room;
    this.surroundings = surroundings;
  }

  private WideAudience audience() {
    return room.audience();
  }

  // There

  /** Everything the room is; {@code line} will lead from its next node to members of this one. */
  Transcript transcript(long line) {
    room.state().flush();
    List<RoomCopy.Way> ways = new ArrayList<>(audience().ways());
    ways.add(new RoomCopy.Way(surroundings.self(), line, 0, 0));
    return new Transcript(copy(ways), NOTHING, List.of());
  }

  /** Everything a room with backups is. */
  Transcript transcript(FrameLog frames) {
    return new Transcript(
        copy(audience().ways()), frames.encode(room.nowMillis()), room.state().objects().untold());
  }

  private RoomCopy copy(List<RoomCopy.Way> ways) {
    return room.state().copy(charter(), ways, this::place, room.nowMillis());
  }

  RoomCopy.Charter charter() {
    return room.state().charter(room.isRegistered(), room.createdAtMillis(), room.nowMillis());
  }

  RoomCopy.Place place(Member member) {
    User user = member.user();
    return user instanceof RemoteUser remote
        ? place(member, remote.node(), remote.visitor())
        : place(member, surroundings.self(), Visitor.of(user));
  }

  private static RoomCopy.Place place(Member member, String node, Visitor visitor) {
    return new RoomCopy.Place(
        member.number(), member.joinedAtMillis(), member.moves(), node, visitor);
  }

  /** Before anything happens in it. */
  void restore(Transcript transcript) {
    RoomCopy copy = transcript.copy();
    Map<String, Integer> onNode = new HashMap<>();
    List<Member> members = new ArrayList<>();
    for (RoomCopy.Place place : copy.places()) {
      User user = surroundings.remote(room, place.node(), place.visitor(), 0, false);
      Member member = new Member(place.member(), user, new Ear(user), place.joinedAtMillis());
      member.moved(place.moves());
      members.add(member);
      onNode.merge(place.node(), 1, Integer::sum);
    }
    room.state().restore(copy, members, room.nowMillis());
    Map<String, Long> latest = new HashMap<>();
    copy.ways().forEach(way -> latest.put(way.node(), way.line()));
    for (RoomCopy.Way way : copy.ways()) {
      // Of two to one node the former has only its last words to say.
      boolean isLatest = latest.getOrDefault(way.node(), 0L) == way.line();
      int count = isLatest ? onNode.getOrDefault(way.node(), 0) : 0;
      if (count > 0 || room.backed().isPresent()) {
        audience().restore(way, count);
      }
    }
    room.backed()
        .ifPresent(backed -> {
          room.state().objects().restoreUntold(transcript.untold(), room.nowMillis());
          backed.ledger().restore(FrameLog.decode(transcript.frames(), room.nowMillis()));
        });
  }

  /** The room is offered to this node; it is not here unless it is so entered. */
  CompletableFuture<Boolean> claim() {
    BackedAudience backed = room.backed().orElseThrow();
    CompletableFuture<Boolean> claimed = new CompletableFuture<>();
    room.shard()
        .execute(() ->
            backed
                .ledger()
                .succession()
                .claim()
                .whenComplete((granted, failure) -> {
                  if (!granted) {
                    backed.rehost("");
                  }
                  Answers.finish(claimed, granted, failure);
                }));
    return claimed;
  }

  /** The room is here; members of this node follow in {@link #absorb}. */
  void arrive() {
    room.shard()
        .execute(() -> {
          room.later(() -> room.hooks().arrived(room.face()));
          Optional<BackedAudience> backed = room.backed();
          if (backed.isPresent()) {
            room.turns().release();
            backed.get().arrive();
            return;
          }
          room.shard().schedule(() -> room.post(audience()::giveUpWaiting), FOLLOW_MILLIS);
          awaitsBranch =
              room.state().roster().members().stream()
                  .anyMatch(member -> member.isOn(surroundings.self()));
          if (awaitsBranch) {
            room.shard().schedule(this::giveUpBranch, FOLLOW_MILLIS);
          } else {
            room.turns().release();
          }
        });
  }

  /** The node that the room comes from was lost before it told this one's branch. */
  private void giveUpBranch() {
    if (awaitsBranch) {
      awaitsBranch = false;
      room.later(() -> room.door().lost(surroundings.self()));
      room.turns().release();
    }
  }

  /** Serves the members itself that heard the room by a branch until it came to this node. */
  boolean absorb(Branch branch) {
    if (!awaitsBranch) {
      return false;
    }
    awaitsBranch = false;
    List<Member> there = branch.members();
    List<Uplink.Sent> unheard =
        branch.endFor(room).stream()
            .filter(sent -> audience().hears(branch.line(), sent.up()))
            .toList();
    audience().lost(surroundings.self());
    for (Member known : there) {
      room.state()
          .roster()
          .member(known.number())
          .filter(member -> member.uid().equals(known.uid()))
          .ifPresent(member -> {
            member.moveTo(known.user(), known.ear());
            audience().add(member);
            surroundings.reseat(branch, room, member);
          });
    }
    room.later(() -> room.door().lost(surroundings.self()));
    unheard.forEach(sent -> room.later(() -> surroundings.perform(room, sent.mail())));
    room.turns().release();
    return true;
  }

  /** The room belongs to another node from here on. */
  void departTo(String to, long line) {
    List<Member> staying = new ArrayList<>();
    for (Member member : room.state().roster().members()) {
      if (!(member.user() instanceof RemoteUser)) {
        staying.add(member);
      }
    }
    room.leaveBehind();
    host = to;
    audience().rehost(to);
    if (!staying.isEmpty()) {
      Branch branch = surroundings.branch(room, to, line);
      successor = branch;
      staying.forEach(audience()::remove);
      branch.begin(staying);
      staying.forEach(member -> surroundings.reseat(room, branch, member));
    }
    surroundings.departed(room, to);
    room.later(() -> room.hooks().departed(room.face(), to));
    room.turns().release();
  }

  /** What a member of this node still commands here goes where the room is. */
  void passOn(Member member, Command command, @Nullable Responder responder) {
    if (successor == null) {
      if (responder != null) {
        Answers.fail(responder, Refusal.notAMember());
      }
    } else if (responder == null) {
      successor.say(member, command);
    } else {
      successor.ask(member, command, responder);
    }
  }

  /** A member of this node is out, as far as this node is concerned. */
  void dismiss(Member member) {
    if (successor != null) {
      successor.gone(member);
    }
  }

  /** Why nothing can be done with the room here any more. */
  CommandException moved() {
    return Refusal.moved(host);
  }
}

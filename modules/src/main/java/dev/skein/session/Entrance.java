package dev.skein.session;

import dev.skein.mesh.MeshException;
import dev.skein.module.Answers;
import dev.skein.module.StoreAnswer;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.party.PartyCode;
import dev.skein.protocol.party.PartyEvent;
import dev.skein.protocol.party.PartyWire;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.CommandException;
import dev.skein.server.Traveller;
import dev.skein.server.User;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;

/**
 * How users of this node get into sessions and out of them: by a join, by a login or a move while
 * they are members already, by the end of their own session with the server. A uid's place of a
 * type is taken before the session is joined, so that it is never in two of a type. Any thread,
 * except where it says otherwise.
 */
final class Entrance implements Traveller {
  private static final byte[] NOTHING = {};
  private static final int ATTACH_RETRY_MILLIS = 1_000;
  private static final int ATTACH_MAX_COUNT = 60;

  private final SessionNode node;

  Entrance(SessionNode node) {
    this.node = node;
  }

  // In

  /** Makes a session for a user, who is its first member and owner. */
  CompletionStage<Session> create(User maker, SessionOptions options, byte[] message) {
    String id = node.newId();
    return onShard(
            maker,
            () -> {
              if (!node.context().acceptsNewThings()) {
                throw Refusal.noNewSessions();
              }
              begin(maker, options.type());
              return NOTHING;
            })
        .thenCompose(welcome -> {
          Operation make = new Operation.Create(new Terms(id, options), maker.uid());
          return admit(maker, options.type(), id, Optional.of(make), message, welcome);
        });
  }

  /** Lets a user into a session that is there. */
  CompletionStage<Session> join(User user, String id, byte[] message) {
    return node.state(id)
        .thenCompose(found -> {
          SessionState state = found.orElseThrow(Refusal::notFound);
          return onShard(user, () -> welcome(user, state, message))
              .thenCompose(welcome ->
                  admit(user, state.options().type(), id, Optional.empty(), message, welcome));
        });
  }

  private byte[] welcome(User user, SessionState state, byte[] message) {
    begin(user, state.options().type());
    try {
      byte[] welcome = node.hooks().message(hook -> hook.beforeJoin(state.info(), user, message));
      if (welcome.length > state.options().messageMaxBytes()) {
        throw CommandException.err(Code.INTERNAL, "the welcome is too large");
      }
      return welcome;
    } catch (CommandException refused) {
      node.seatsOf(user).fail(state.options().type());
      throw refused;
    }
  }

  private void begin(User user, String type) {
    if (!user.isConnected()) {
      throw Refusal.userGone();
    }
    if (!node.seatsOf(user).begin(type)) {
      throw Refusal.alreadyAMember();
    }
  }

  private CompletionStage<Session> admit(
      User user, String type, String id, Optional<Operation> make, byte[] message, byte[] welcome) {
    Operation join = new Operation.Join(user.uid(), user.sid(), node.self(), message);
    return takePlace(user.uid(), type, id)
        .thenCompose(taken -> {
          // Both are asked in one go.
          make.ifPresent(operation -> node.call(id, operation));
          return node.call(
              id,
              join,
              (copy, answer) -> {
                SessionState snapshot = SessionState.decode(answer);
                return seat(copy, new Seat(user, type, id, 0), snapshot, Optional.of(welcome));
              });
        })
        .whenComplete((session, failure) -> {
          if (failure != null) {
            failed(user, type, id, Answers.cause(failure));
          }
        });
  }

  private Session seat(
      SessionCopy copy, Seat seat, SessionState snapshot, Optional<byte[]> welcome) {
    if (!node.seatsOf(seat.user()).take(seat) || !seat.user().isConnected()) {
      throw Refusal.userGone();
    }
    copy.seat(seat, snapshot, welcome, seat.heardSeq());
    return new Session(node, copy.id());
  }

  /** Gives back what was taken; what may have happened is undone. */
  private void failed(User user, String type, String id, Throwable why) {
    node.seatsOf(user).fail(type);
    if (!user.isConnected()) {
      node.forget(user);
    }
    int code = why instanceof CommandException refused ? refused.code() : 0;
    if (code == PartyCode.UNAVAILABLE || code == PartyCode.USER_GONE) {
      leave(user, type, id, LeaveReason.DISCONNECTED);
    } else if (code != PartyCode.ALREADY_A_MEMBER) {
      node.release(user.uid(), type, id);
    }
  }

  private void leave(User user, String type, String id, LeaveReason reason) {
    node.insist(id, new Operation.Leave(user.uid(), user.sid(), reason, NOTHING))
        .whenComplete((left, failure) -> {
          if (failure == null || !isInPlace(failure)) {
            node.release(user.uid(), type, id);
          }
        });
  }

  /** A newer login of the uid is the member. */
  private static boolean isInPlace(Throwable failure) {
    return Answers.cause(failure) instanceof CommandException refused
        && refused.code() == PartyCode.ALREADY_A_MEMBER;
  }

  /** Takes the place of a type; one that is kept for a session without the user is free. */
  private CompletionStage<Boolean> takePlace(String uid, String type, String id) {
    return node.take(uid, type, id, "")
        .thenCompose(holder ->
            holder.equals(id)
                ? CompletableFuture.completedFuture(true)
                : node.state(holder)
                    .thenCompose(other -> {
                      if (other.filter(there -> there.members().containsKey(uid)).isPresent()) {
                        throw Refusal.alreadyAMember();
                      }
                      return node.take(uid, type, id, holder);
                    })
                    .thenApply(now -> {
                      if (!now.equals(id)) {
                        throw Refusal.alreadyAMember();
                      }
                      return true;
                    }));
  }

  private static <T> CompletionStage<T> onShard(User user, Supplier<T> step) {
    return CompletableFuture.supplyAsync(step, user.shard());
  }

  // Back

  /** A user logged in: it is back in what it is still a member of. On its shard. */
  void arrived(User user) {
    node.places(user.uid())
        .thenAccept(ids ->
            ids.forEach((type, id) -> {
              if (node.seatsOf(user).begin(type)) {
                attach(user, type, id, 0, Optional.of(NOTHING), ATTACH_MAX_COUNT);
              }
            }));
  }

  private void attach(
      User user, String type, String id, long heardSeq, Optional<byte[]> welcome, int timesLeft) {
    Operation attach = new Operation.Attach(user.uid(), user.sid(), node.self());
    node.call(
            id,
            attach,
            (copy, answer) ->
                seat(
                    copy, new Seat(user, type, id, heardSeq), SessionState.decode(answer), welcome))
        .whenComplete((session, failure) -> {
          if (failure == null) {
            return;
          }
          if (timesLeft > 1 && user.isConnected() && SessionNode.isUnavailable(failure)) {
            user.shard()
                .schedule(
                    () -> attach(user, type, id, heardSeq, welcome, timesLeft - 1),
                    ATTACH_RETRY_MILLIS);
          } else {
            notBack(user, type, id, welcome.isPresent());
          }
        });
  }

  /** The membership is over; a user who came from another node does not know yet. */
  private void notBack(User user, String type, String id, boolean knowsNothing) {
    node.seatsOf(user).fail(type);
    if (!user.isConnected()) {
      node.forget(user);
    }
    node.release(user.uid(), type, id);
    if (!knowsNothing) {
      user.send(
          SessionPush.encode(new PartyEvent.Exited(type, LeaveReason.DISCONNECTED, NOTHING)),
          node.channel(),
          0);
    }
  }

  // Out

  /** A user's session with the server ended for good. On its shard. */
  void discarded(User user, CloseReason reason) {
    boolean mayComeBack = reason.code() == Code.REPLACED || reason.code() == Code.SHUTDOWN;
    for (Seat seat : node.forget(user)) {
      unseat(seat);
      if (mayComeBack) {
        node.insist(seat.sessionId(), new Operation.Lose(user.uid(), user.sid()));
      } else {
        leave(user, seat.type(), seat.sessionId(), LeaveReason.DISCONNECTED);
      }
    }
  }

  private void unseat(Seat seat) {
    seat.end();
    node.copy(seat.sessionId()).ifPresent(copy -> copy.shard().execute(() -> copy.unseat(seat)));
  }

  // From node to node

  @Override
  public boolean isReady(User user) {
    return node.seatsIfAny(user).filter(Seats::isJoining).isEmpty();
  }

  @Override
  public byte[] pack(User user) {
    PayloadWriter out = new PayloadWriter();
    for (Seat seat : node.forget(user)) {
      out.string(seat.type()).string(seat.sessionId()).varint(seat.heardSeq());
      unseat(seat);
    }
    return out.toBytes();
  }

  @Override
  public void unpack(User user, byte[] packed) {
    PayloadReader in = new PayloadReader(packed);
    while (in.remaining() > 0) {
      String type = in.string(PartyWire.TYPE_MAX_BYTES);
      String id = in.string(PartyWire.ID_MAX_BYTES);
      long heardSeq = in.varint();
      if (in.ok() && node.seatsOf(user).begin(type)) {
        attach(user, type, id, heardSeq, Optional.empty(), ATTACH_MAX_COUNT);
      }
    }
  }

  // For another node

  /** A user anywhere comes in, because the server wants it. */
  CompletionStage<Void> bring(String uid, String id, byte[] message) {
    Optional<User> here = node.context().user(uid);
    if (here.isPresent()) {
      return join(here.get(), id, message).thenAccept(joined -> {});
    }
    byte[] question = new NodeMessage.Join(id, uid, message).encode();
    return SessionNode.explained(
        node.context()
            .directory()
            .locate(uid)
            .thenCompose(
                found -> node.topic().ask(found.orElseThrow(Refusal::userGone).node(), question))
            .thenApply(StoreAnswer::payload)
            .thenAccept(joined -> {}));
  }

  /** Another node asks for it. */
  CompletionStage<byte[]> joinHere(User user, NodeMessage.Join asked) {
    return join(user, asked.id(), asked.message())
        .handle((session, failure) -> {
          if (failure == null) {
            return StoreAnswer.ok(NOTHING);
          }
          if (Answers.cause(failure) instanceof CommandException refused) {
            return StoreAnswer.refused(refused);
          }
          throw new MeshException.HandlerFailed("the join failed");
        });
  }
}

package dev.skein.server;

import dev.skein.mesh.NodeInfo;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.session.MoveOrder;
import dev.skein.protocol.session.SessionState;
import dev.skein.protocol.session.SessionStateCodec;
import dev.skein.server.DepartedConnection.Sent;
import dev.skein.server.MoveMessage.Address;
import dev.skein.server.transport.LiveConnection;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/**
 * One user's way to another node, seen from the one it leaves: commands wait, the session is frozen
 * and offered, and either goes on there or here. Confined to the user's shard.
 */
final class MoveOut implements DepartedConnection.Road {
  private final Moves moves;
  private final ConnectedUser user;
  private final String target;
  private final Address there;
  private final CompletableFuture<Boolean> done;
  private @Nullable LiveConnection live;
  private @Nullable DepartedConnection departed;
  private List<MoveOffer.Parcel> parcels = List.of();
  private Shard.@Nullable Timer timer;

  MoveOut(Moves moves, ConnectedUser user, NodeInfo target, CompletableFuture<Boolean> done) {
    this.moves = moves;
    this.user = user;
    this.target = target.address();
    this.there = new Address(user.uid(), user.sid(), user.life() + 1);
    this.done = done;
  }

  /** Waits for the command being handled and for the modules, but not for long. */
  void begin() {
    timer = user.shard().schedule(this::giveUpWaiting, Moves.HANDLER_PATIENCE_MILLIS);
    Optional<LiveConnection> found = user.beginMove(this::whenIdle);
    if (found.isEmpty()) {
      fail("it is not connected, not heard, or moves already");
    }
  }

  private void giveUpWaiting() {
    if (departed == null && !done.isDone()) {
      if (user.isMoving()) {
        user.goOn(user.connection());
        user.catchUp();
      }
      fail("a command is being handled for too long, or a module is not ready");
    }
  }

  private void whenIdle() {
    if (!moves.travellers().stream().allMatch(each -> each.traveller().isReady(user))) {
      user.shard().schedule(this::askAgain, Moves.READY_PAUSE_MILLIS);
      return;
    }
    if (!(user.connection() instanceof LiveConnection connection) || !connection.isAttached()) {
      user.goOn(user.connection());
      user.catchUp();
      fail("it is not heard");
      return;
    }
    live = connection;
    try {
      byte[] data = moves.data().encode(user.values());
      pack();
      SessionState state = connection.freeze();
      DepartedConnection waiting = new DepartedConnection(connection, moves.waitingMaxBytes());
      departed = waiting;
      user.depart(waiting);
      offer(connection, state, data);
    } catch (RuntimeException e) {
      stay(connection, "it cannot be packed: " + e.getMessage());
    }
  }

  private void askAgain() {
    if (user.isMoving() && !done.isDone()) {
      whenIdle();
    }
  }

  /** Modules give what they keep; if one fails, those before it get theirs back. */
  private void pack() {
    List<MoveOffer.Parcel> packed = new ArrayList<>();
    parcels = packed;
    for (UserHooks.Parcelling each : moves.travellers()) {
      byte[] parcel = each.traveller().pack(user);
      if (parcel.length > 0) {
        packed.add(new MoveOffer.Parcel(each.module(), parcel));
      }
    }
  }

  private void offer(LiveConnection connection, SessionState state, byte[] data) {
    byte[] offer =
        new MoveOffer(
                user.uid(),
                HexFormat.of().parseHex(user.sid()),
                there.life(),
                user.role(),
                moves.terms(),
                connection.smoothedRttNanos(),
                SessionStateCodec.encode(state),
                user.waitingCommands(),
                data,
                parcels)
            .encode();
    if (offer.length > MoveOffer.MAX_BYTES) {
      stay(connection, "it has " + offer.length + " bytes to carry");
      return;
    }
    moves
        .topic()
        .ask(target, offer)
        .whenComplete(
            (answer, failure) -> user.shard().execute(() -> onAnswer(connection, answer, failure)));
  }

  private void onAnswer(
      LiveConnection connection, byte @Nullable [] answer, @Nullable Throwable failure) {
    if (answer == null) {
      // It may have taken the user in all the same.
      moves.tell(target, new MoveMessage.Withdrawn(there));
      stay(connection, "no answer: " + (failure == null ? "" : failure.getMessage()));
      return;
    }
    Optional<MoveOrder> order =
        answer.length > 1 && answer[0] == Moves.TAKEN_IN
            ? MoveOrder.parse(answer, 1, answer.length - 1)
            : Optional.empty();
    if (order.isPresent()) {
      go(connection, order.get());
    } else {
      stay(connection, "refused: " + Moves.refusalText(answer));
    }
  }

  private void go(LiveConnection connection, MoveOrder order) {
    DepartedConnection follower = departed;
    if (follower == null) {
      throw new IllegalStateException("the session was not frozen");
    }
    if (follower.lost().isEmpty()) {
      connection.move(order);
    }
    // First, so that at no time a message that is passed on finds neither the user nor its trace.
    moves.add(this);
    user.departed();
    follower.follow(this);
    cancelTimer();
    timer = user.shard().schedule(this::notArrived, moves.arrivalPatienceMillis());
  }

  /** The user goes on here. */
  private void stay(LiveConnection connection, String why) {
    unpack();
    user.goOn(connection);
    DepartedConnection waited = departed;
    Optional<CloseReason> lost = waited == null ? Optional.empty() : waited.lost();
    if (lost.isPresent()) {
      user.onClosed(lost.get());
    } else if (waited != null) {
      connection.thaw();
      waited.stay();
      user.catchUp();
    } else {
      user.catchUp();
    }
    fail(why);
  }

  private void unpack() {
    Map<String, Traveller> byModule = moves.travellersByModule();
    for (MoveOffer.Parcel each : parcels) {
      Traveller traveller = byModule.get(each.module());
      if (traveller != null) {
        moves.guarded(() -> traveller.unpack(user, each.packed()));
      }
    }
    parcels = List.of();
  }

  /** The user where it goes. */
  Address there() {
    return there;
  }

  Shard shard() {
    return user.shard();
  }

  /** The client is there. What is still sent here goes on to follow it for a while. */
  void arrived() {
    if (done.complete(true)) {
      moves.succeeded();
      end(Code.NONE, "moved");
    }
  }

  private void notArrived() {
    if (done.complete(false)) {
      moves.failed(user, target, "the client did not arrive");
      end(Code.IDLE, "moved, but did not arrive");
    }
    moves.remove(this);
  }

  private void end(int code, String text) {
    LiveConnection connection = live;
    if (connection != null) {
      connection.close(code, text);
    }
  }

  @Override
  public void forward(Sent sent) {
    byte[] message =
        Arrays.copyOfRange(sent.message(), sent.offset(), sent.offset() + sent.length());
    moves.tell(
        target, new MoveMessage.Forwarded(there, sent.channel(), sent.conflationKey(), message));
  }

  /** The same for a message that another node has sent after the user. */
  void forward(MoveMessage.Forwarded sent) {
    moves.tell(
        target,
        new MoveMessage.Forwarded(there, sent.channel(), sent.conflationKey(), sent.message()));
  }

  @Override
  public void close(CloseReason reason) {
    moves.tell(target, new MoveMessage.Closed(there, reason));
    if (done.complete(false)) {
      end(reason.code(), reason.text());
    }
  }

  private void fail(String why) {
    cancelTimer();
    if (done.complete(false)) {
      moves.failed(user, target, why);
    }
  }

  private void cancelTimer() {
    if (timer != null) {
      timer.cancel();
    }
  }
}

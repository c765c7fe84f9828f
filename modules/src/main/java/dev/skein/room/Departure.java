package dev.skein.room;

import dev.skein.module.Answers;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A room's way to another node, seen from the one it leaves. What is asked of the room meanwhile
 * waits. The other node gets a copy, says whether it can take the room over, and does; then every
 * line is told where the room is, behind everything it has heard from here. Confined to the room's
 * shard.
 */
final class Departure {
  private static final Logger log = LoggerFactory.getLogger(Departure.class);

  /** A room whose lines have not all followed its last move waits with the next. */
  private static final long SETTLING_MILLIS = 20;

  private static final int SETTLING_MAX_COUNT = 500;

  /** What a room with backups has told waits so long until they have it. */
  private static final long CLOSING_MILLIS = 2;

  private final RoomNode node;
  private final LiveRoom room;
  private final String target;
  private final CompletableFuture<Void> done;
  private final long draft;
  private int settlings;

  Departure(RoomNode node, LiveRoom room, String target, CompletableFuture<Void> done) {
    this.node = node;
    this.room = room;
    this.target = target;
    this.done = done;
    this.draft = node.context().random().nextLong();
  }

  /** In a turn of the room. */
  void begin() {
    if (room.isClosed()) {
      done.completeExceptionally(Refusal.closed());
    } else if (room.hasMoved()) {
      done.completeExceptionally(room.crossing().moved());
    } else if (target.equals(node.self())) {
      done.complete(null);
    } else if (node.context().mesh().node(target).isEmpty() || settlings > SETTLING_MAX_COUNT) {
      done.completeExceptionally(Refusal.unreachable());
    } else if (room.turns().isHeld() || room.audience().isSettling()) {
      settlings++;
      room.shard().schedule(() -> room.now(this::begin), SETTLING_MILLIS);
    } else {
      room.turns().hold(this::offer);
    }
  }

  /** The room does nothing now until it is released. */
  private void offer() {
    if (room.isClosed()) {
      room.turns().release();
      done.completeExceptionally(Refusal.closed());
      return;
    }
    long line = node.context().random().nextLong();
    Optional<Ledger> ledger = room.backed().map(BackedAudience::ledger);
    if (ledger.isPresent() && !ledger.get().close()) {
      // Nobody may know more than the copy.
      if (settlings++ < SETTLING_MAX_COUNT) {
        room.shard().schedule(this::offer, CLOSING_MILLIS);
      } else {
        stay(Refusal.unreachable());
      }
      return;
    }
    byte[] copy =
        ledger
            .map(each -> room.crossing().transcript(each.frames()))
            .orElseGet(() -> room.crossing().transcript(line))
            .encode();
    if (!node.adoptions().send(target, draft, copy)) {
      stay(Refusal.unreachable());
      return;
    }
    node.ask(target, new RoomMail.Adopt(room.id(), draft, room.term() + 1, copy.length))
        .whenComplete((yes, failure) ->
            room.shard()
                .execute(() -> {
                  if (failure == null) {
                    settle(line);
                  } else {
                    stay(Answers.cause(failure));
                  }
                }));
  }

  private void stay(Throwable why) {
    node.tell(target, new RoomMail.Withdrawn(draft));
    room.backed().ifPresent(backed -> backed.ledger().succession().resume());
    room.turns().release();
    done.completeExceptionally(why);
  }

  /** From here on the room belongs to the other node, whatever becomes of it. */
  private void settle(long line) {
    node.ask(target, new RoomMail.Settle(draft))
        .whenComplete((taken, failure) -> room.shard().execute(() -> go(line, failure)));
  }

  private void go(long line, @Nullable Throwable failure) {
    Optional<BackedAudience> backed = room.backed();
    if (backed.isPresent()) {
      go(backed.get().ledger().succession(), failure);
      return;
    }
    room.crossing().departTo(target, line);
    if (failure == null) {
      done.complete(null);
    } else {
      log.warn("room {} may be lost on its way to {}", room.id(), target, failure);
      done.completeExceptionally(Answers.cause(failure));
    }
  }

  /** A room with backups is where the store says. */
  private void go(Succession succession, @Nullable Throwable failure) {
    if (failure == null) {
      room.abandon(target);
      done.complete(null);
    } else {
      succession.reclaim(room.turns()::release);
      done.completeExceptionally(Answers.cause(failure));
    }
  }
}

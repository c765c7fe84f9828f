package dev.skein.room;

import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs the operations of a room one after the other, also when one is asked for within another, and
 * has them wait while the room is on its way to another node. Confined to the room's shard.
 */
final class Turns {
  private static final Logger log = LoggerFactory.getLogger(Turns.class);

  private final String roomId;
  private final Runnable end;
  private final Runnable after;
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private boolean busy;
  private boolean held;
  private @Nullable Runnable whenHeld;

  /**
   * @param end the last operation of every turn
   * @param after when the turn is over
   */
  Turns(String roomId, Runnable end, Runnable after) {
    this.roomId = roomId;
    this.end = end;
    this.after = after;
  }

  /** Runs the operation at once, or in turn. */
  void enter(Runnable operation) {
    if (!begin()) {
      waiting.addLast(operation);
      return;
    }
    run(operation);
    finish();
  }

  /** Runs after the operation that is under way. */
  void later(Runnable operation) {
    waiting.addLast(operation);
  }

  /** True if a turn begins, which {@link #finish} ends; false if one is under way. */
  boolean begin() {
    if (busy) {
      return false;
    }
    busy = true;
    return true;
  }

  /** Runs what was asked for meanwhile, and ends the turn. */
  void finish() {
    do {
      for (Runnable next = waiting.pollFirst(); next != null; next = waiting.pollFirst()) {
        run(next);
      }
      run(end);
    } while (!waiting.isEmpty());
    Runnable then = whenHeld;
    if (then != null) {
      whenHeld = null;
      held = true;
      then.run();
    } else {
      busy = false;
    }
    after.run();
  }

  /** Ends a turn in which nothing has happened that anything follows from, if that is so. */
  boolean finishBriefly() {
    if (!waiting.isEmpty()) {
      return false;
    }
    busy = false;
    return true;
  }

  private void run(Runnable operation) {
    try {
      operation.run();
    } catch (RuntimeException failed) {
      log.error("an operation of room {} failed", roomId, failed);
    }
  }

  /**
   * Has the operation run after this turn; from then on everything waits until {@link #release}.
   */
  void hold(Runnable then) {
    whenHeld = then;
  }

  /** Nothing happens from the beginning on, until {@link #release}. */
  void hold() {
    busy = true;
    held = true;
  }

  boolean isHeld() {
    return held || whenHeld != null;
  }

  /** Goes on with what has waited. */
  void release() {
    held = false;
    finish();
  }
}

package dev.skein.room;

import dev.skein.server.CommandException;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what a room with backups tells and answers from everybody until the backups have all that
 * it follows from, so that whoever goes on with the room knows everything that anybody has heard of
 * it. One entry is under way at a time; what happens meanwhile becomes the next. Confined to the
 * room's shard.
 */
final class Ledger {
  private static final Logger log = LoggerFactory.getLogger(Ledger.class);
  private static final int PART_BYTES = 1 << 20;

  /** A backup that has not taken an entry for so long is none any more. */
  private static final long ANSWER_MILLIS = 2_000;

  /** A room that can neither write nor do without its backups for so long is given up. */
  static final long STALLED_MAX_MILLIS = 15_000;

  /** A room that has so much to write is given up as well. */
  private static final int DRAFT_MAX_BYTES = 32 << 20;

  private final LiveRoom room;
  private final Surroundings surroundings;
  private final Succession succession;
  private final LedgerDraft draft;
  private final Consumer<Frame> teller;
  private final Set<String> awaited = new HashSet<>();
  private FrameLog frames = new FrameLog();
  private Queue<Output> next = new ArrayDeque<>();
  private Queue<Output> held = new ArrayDeque<>();
  private long index;
  private long writtenSeq;
  private long releasedSeq;
  private long writtenAtMillis;
  private boolean underWay;
  private boolean watched;
  private boolean releasing;
  private boolean over;

  /** What waits for the backups. */
  private record Output(Runnable release, Consumer<CommandException> otherwise) {}

  /**
   * @param term of the room's entry in the store; 0: there is none
   * @param teller passes on a frame that the backups have
   */
  Ledger(LiveRoom room, Surroundings surroundings, long term, Consumer<Frame> teller) {
    this.room = room;
    this.surroundings = surroundings;
    this.draft = new LedgerDraft(room);
    this.teller = teller;
    this.succession = surroundings.succession(room, this, term);
  }

  LedgerDraft draft() {
    return draft;
  }

  Succession succession() {
    return succession;
  }

  FrameLog frames() {
    return frames;
  }

  /** The number of the last frame that may be known. */
  long releasedSeq() {
    return releasedSeq;
  }

  /** The last entry that was written. */
  long index() {
    return index;
  }

  /** The last entry whose consequences may be known. */
  long releasedIndex() {
    return underWay ? index - 1 : index;
  }

  /** Goes on where another node was. */
  void restore(FrameLog former) {
    frames = former;
    releasedSeq = former.last();
    writtenSeq = former.last();
  }

  // In a turn of the room

  /** Tells something, when the time has come. */
  void tell(Frame.Kind kind, long line, int member, byte[] bytes) {
    Frame frame = new Frame(frames.last() + 1, kind, line, member, bytes);
    frames.append(frame, room.nowMillis());
    draft.frame(frame);
    after(() -> teller.accept(frame));
  }

  /** Does something that others may see, when the time has come. */
  void after(Runnable output) {
    after(output, givenUp -> {});
  }

  /** The same for something that somebody waits for; the other if the room is given up. */
  void after(Runnable output, Consumer<CommandException> otherwise) {
    next.add(new Output(output, otherwise));
  }

  /** Whether nothing waits for the backups. */
  private boolean isIdle() {
    return !underWay && draft.isBlank() && next.isEmpty();
  }

  /** Before the room moves: whether its backups have everything, and stay those they are. */
  boolean close() {
    room.state().flush();
    endTurn();
    return isIdle() && succession.pause();
  }

  // Between the room's turns

  /** Writes what has happened, or has it wait for the entry under way. */
  void endTurn() {
    if (over) {
      giveUp(Refusal.unreachable());
    } else if (draft.bytes() > DRAFT_MAX_BYTES) {
      room.vanish("its backups do not follow");
    } else if (mayWrite() && (!next.isEmpty() || !draft.isBlank())) {
      write();
    }
  }

  /**
   * What is said in an interval is written at its end. Nobody hears of a new room as long as it
   * could be lost with its node.
   */
  private boolean mayWrite() {
    return !underWay && !releasing && !room.state().isBundling() && !succession.isFounding();
  }

  private void write() {
    Queue<Output> empty = held;
    held = next;
    next = empty;
    writtenSeq = frames.last();
    List<String> keepers = draft.isBlank() ? List.of() : succession.keepers();
    if (keepers.isEmpty()) {
      draft.clear();
      release();
      return;
    }
    index++;
    byte[] entry = draft.take(index).encode();
    for (String keeper : keepers) {
      if (!send(keeper, entry)) {
        succession.fail(keeper, "its queue is full");
      }
    }
    awaited.addAll(succession.required());
    if (awaited.isEmpty()) {
      release();
      return;
    }
    underWay = true;
    writtenAtMillis = room.nowMillis();
    if (!watched) {
      watchFor(ANSWER_MILLIS);
    }
  }

  /** One timer watches all entries of a busy room, one after the other. */
  private void watchFor(long millis) {
    watched = true;
    room.shard().schedule(this::judge, millis);
  }

  /** Sends the entry to a backup; false if it will not arrive there whole. */
  private boolean send(String keeper, byte[] entry) {
    int at = 0;
    boolean told = true;
    while (told && at < entry.length) {
      int end = Math.min(entry.length, at + PART_BYTES);
      byte[] part = Arrays.copyOfRange(entry, at, end);
      boolean whole = end == entry.length;
      told =
          surroundings.tell(keeper, new RoomMail.Written(succession.number(), index, whole, part));
      at = end;
    }
    return told;
  }

  /** A backup has the entry. */
  void taken(String keeper, long taken) {
    if (underWay && taken == index && awaited.remove(keeper) && awaited.isEmpty()) {
      release();
    }
  }

  /** One backup more must have the entry under way. */
  void await(String keeper) {
    if (underWay) {
      awaited.add(keeper);
    }
  }

  /** There are fewer backups than before. */
  void keepersChanged() {
    if (underWay && awaited.retainAll(succession.required()) && awaited.isEmpty()) {
      release();
    }
  }

  private void release() {
    underWay = false;
    releasedSeq = writtenSeq;
    releasing = true;
    for (Output output = held.poll(); output != null; output = held.poll()) {
      try {
        output.release.run();
      } catch (RuntimeException failed) {
        log.error("what room {} tells could not be told", room.id(), failed);
      }
    }
    releasing = false;
    endTurn();
  }

  /** Backups that are late are done without; if that cannot be either, it is over. */
  private void judge() {
    watched = false;
    if (over || !underWay) {
      return;
    }
    long waitedMillis = room.nowMillis() - writtenAtMillis;
    if (waitedMillis < ANSWER_MILLIS) {
      watchFor(ANSWER_MILLIS - waitedMillis);
    } else if (waitedMillis > STALLED_MAX_MILLIS) {
      room.vanish("it can neither reach its backups nor do without them");
    } else {
      watchFor(ANSWER_MILLIS);
      Set.copyOf(awaited).forEach(keeper -> succession.fail(keeper, "it does not answer"));
    }
  }

  /** The room is no more, or not here: what was not told will not be. */
  void giveUp(CommandException refusal) {
    over = true;
    succession.end();
    draft.clear();
    awaited.clear();
    underWay = false;
    for (Queue<Output> each : List.of(held, next)) {
      for (Output output = each.poll(); output != null; output = each.poll()) {
        output.otherwise.accept(refusal);
      }
    }
  }
}

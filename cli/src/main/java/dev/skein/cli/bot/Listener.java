package dev.skein.cli.bot;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The ears of one bot: judges everything it hears and counts it. Confined to the thread its client
 * calls back on.
 */
final class Listener {
  private final int run;
  private final int firstSpeaker;
  private final int deafTo;
  private final SequenceWindow[] windows;
  private final @Nullable TotalOrder order;
  private final boolean ordered;
  private final Tally tally;
  private long lastRank;

  private Listener(
      int run,
      int firstSpeaker,
      int speakers,
      int deafTo,
      @Nullable TotalOrder order,
      boolean ordered,
      Tally tally) {
    this.run = run;
    this.firstSpeaker = firstSpeaker;
    this.deafTo = deafTo;
    this.order = order;
    this.ordered = ordered;
    this.windows = new SequenceWindow[speakers];
    for (int i = 0; i < speakers; i++) {
      windows[i] = new SequenceWindow();
    }
    this.tally = tally;
  }

  /** Hears one bot only: itself. */
  static Listener toEcho(int run, int speaker, Tally tally) {
    return new Listener(run, speaker, 1, -1, null, true, tally);
  }

  /** Hears itself only, by reading what it wrote: in no order, as each answer has its own way. */
  static Listener toReads(int run, int speaker, Tally tally) {
    return new Listener(run, speaker, 1, -1, null, false, tally);
  }

  /** Hears the bots {@code firstSpeaker} to {@code firstSpeaker + speakers - 1} but itself. */
  static Listener toOthers(int run, int firstSpeaker, int speakers, int self, Tally tally) {
    return new Listener(run, firstSpeaker, speakers, self, null, true, tally);
  }

  /** Hears all the bots of a group or session, itself included, in the one order it has. */
  static Listener toAll(int run, int firstSpeaker, int speakers, TotalOrder order, Tally tally) {
    return new Listener(run, firstSpeaker, speakers, -1, order, true, tally);
  }

  /**
   * Something arrived; bytes that are no utterance of this run's room are not counted.
   *
   * @return what was heard for the first time
   */
  Optional<Utterance> hear(byte[] buffer, int offset, int length, long nowNanos) {
    return Utterance.decode(buffer, offset, length)
        .filter(said -> said.run() == run && isHere(said.speaker()))
        .filter(said -> {
          SequenceWindow.Verdict verdict =
              judged(windows[said.speaker() - firstSpeaker].hear(said.sequence()));
          tally.heard(verdict, nowNanos - said.scheduledNanos());
          if (order != null && verdict != SequenceWindow.Verdict.DUPLICATE) {
            place(order.rank(said.speaker(), said.sequence()));
          }
          return verdict != SequenceWindow.Verdict.DUPLICATE;
        });
  }

  /** A read gave an older value than one that had been written before it. */
  void readStale() {
    tally.violated();
  }

  private SequenceWindow.Verdict judged(SequenceWindow.Verdict verdict) {
    return verdict == SequenceWindow.Verdict.LATE && !ordered
        ? SequenceWindow.Verdict.IN_ORDER
        : verdict;
  }

  private void place(long rank) {
    if (rank < lastRank) {
      tally.violated();
    } else {
      lastRank = rank;
    }
  }

  private boolean isHere(int speaker) {
    return speaker >= firstSpeaker && speaker < firstSpeaker + windows.length && speaker != deafTo;
  }
}

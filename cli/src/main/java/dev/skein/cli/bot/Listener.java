package dev.skein.cli.bot;

/**
 * The ears of one bot: judges everything it hears and counts it. Confined to the thread its client
 * calls back on.
 */
final class Listener {
  private final int run;
  private final int firstSpeaker;
  private final int deafTo;
  private final SequenceWindow[] windows;
  private final Tally tally;

  private Listener(int run, int firstSpeaker, int speakers, int deafTo, Tally tally) {
    this.run = run;
    this.firstSpeaker = firstSpeaker;
    this.deafTo = deafTo;
    this.windows = new SequenceWindow[speakers];
    for (int i = 0; i < speakers; i++) {
      windows[i] = new SequenceWindow();
    }
    this.tally = tally;
  }

  /** Hears one bot only: itself. */
  static Listener toEcho(int run, int speaker, Tally tally) {
    return new Listener(run, speaker, 1, -1, tally);
  }

  /** Hears the bots {@code firstSpeaker} to {@code firstSpeaker + speakers - 1} but itself. */
  static Listener toOthers(int run, int firstSpeaker, int speakers, int self, Tally tally) {
    return new Listener(run, firstSpeaker, speakers, self, tally);
  }

  /** Something arrived; bytes that are no utterance of this run's room are not counted. */
  void hear(byte[] buffer, int offset, int length, long nowNanos) {
    Utterance.decode(buffer, offset, length)
        .filter(said -> said.run() == run && isHere(said.speaker()))
        .ifPresent(said ->
            tally.heard(
                windows[said.speaker() - firstSpeaker].hear(said.sequence()),
                nowNanos - said.scheduledNanos()));
  }

  private boolean isHere(int speaker) {
    return speaker >= firstSpeaker && speaker < firstSpeaker + windows.length && speaker != deafTo;
  }
}

package dev.skein.mesh.journal;

import org.jspecify.annotations.Nullable;

/**
 * What a journal knows of a key.
 *
 * @param stamp of two entries of a key the one with the higher stamp counts; see {@link
 *     #stampAfter}
 * @param untilMillis when it goes, in Unix time; {@link #FOR_EVER} if never
 * @param value null: the key was removed
 */
@SuppressWarnings("ArrayRecordComponent")
public record Entry(long stamp, long untilMillis, byte @Nullable [] value) {
  public static final long FOR_EVER = 0;

  /**
   * How long it is remembered that a key was removed, so that the file of a node that was away
   * meanwhile does not bring it back: a day.
   */
  public static final long REMOVED_MILLIS = 24 * 3_600_000L;

  private static final int COUNTER_BITS = 16;

  /**
   * The stamp of a change made now, after Kulkarni et al., "Logical Physical Clocks" (2014): the
   * clock's time, with a counter in its lowest bits for changes the clock cannot tell apart.
   *
   * @param previous the stamp of what is changed; 0 if there is nothing
   */
  public static long stampAfter(long previous, long nowMillis) {
    return Math.max(previous + 1, nowMillis << COUNTER_BITS);
  }

  boolean isOver(long nowMillis) {
    return untilMillis != FOR_EVER && untilMillis <= nowMillis;
  }
}

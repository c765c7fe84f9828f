package dev.skein.testkit.relay;

/**
 * What only a stream can suffer, beside its {@link Hostility}.
 *
 * @param chunkMaxBytes bytes arrive in pieces of 1 to this many, each with a delay of its own; 0 =
 *     in the pieces they were sent in
 * @param cutMeanMillis each connection is cut at random, on average this long after it began; 0 =
 *     never
 * @param corrupt also turn bits, by {@link Hostility#corruptPercent} of the chunks; a real stream
 *     hardly ever does
 */
public record StreamHostility(int chunkMaxBytes, int cutMeanMillis, boolean corrupt) {

  /** Bytes arrive as they were sent. */
  public static final StreamHostility NONE = new StreamHostility(0, 0, false);

  public StreamHostility {
    if (chunkMaxBytes < 0) {
      throw new IllegalArgumentException("chunkMaxBytes " + chunkMaxBytes + " is negative");
    }
    if (cutMeanMillis < 0) {
      throw new IllegalArgumentException("cutMeanMillis " + cutMeanMillis + " is negative");
    }
  }
}

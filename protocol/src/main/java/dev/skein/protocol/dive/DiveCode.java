package dev.skein.protocol.dive;

/** The codes 9xxx of Dive's errors (PROTOCOL §10.2.6). */
public final class DiveCode {
  /** No storage of this name is there, or none that clients may use. */
  public static final int NOT_FOUND = 9001;

  /** The key holds a list where a value is wanted, a value for a list, or no whole number. */
  public static final int WRONG_TYPE = 9002;

  /** A key, value, list or answer is over the storage's limit. */
  public static final int TOO_LARGE = 9003;

  /** The sum does not fit into 64 bits. */
  public static final int OUT_OF_RANGE = 9004;

  /** The game refused, by a hook; the text is the game's. */
  public static final int DENIED = 9005;

  /**
   * The cluster did not answer in time, or this node is cut off with its smaller part. A write may
   * or may not have happened; a node that knows to be cut off has not written.
   */
  public static final int UNAVAILABLE = 9006;

  private DiveCode() {}
}

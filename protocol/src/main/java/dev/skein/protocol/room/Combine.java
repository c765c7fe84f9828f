package dev.skein.protocol.room;

import java.util.Optional;

/** How a new value of a shared object meets the old one. */
public enum Combine {
  /** The last one wins. */
  LAST(0),
  /** Numbers are added. */
  SUM(1),
  /** The smaller number stays. */
  MIN(2),
  /** The larger number stays. */
  MAX(3),
  /** The room's own merge function decides. */
  MERGE(4);

  private final int code;

  Combine(int code) {
    this.code = code;
  }

  /** The byte on the wire. */
  public int code() {
    return code;
  }

  /** The rule with this byte. */
  public static Optional<Combine> of(int code) {
    return code < values().length ? Optional.of(values()[code]) : Optional.empty();
  }
}

package dev.skein.protocol.dive;

import java.util.Optional;

/** The two ends of a list. */
public enum End {
  FIRST(0),
  LAST(1);

  private final int code;

  End(int code) {
    this.code = code;
  }

  /** The byte on the wire. */
  public int code() {
    return code;
  }

  /** The end with this byte. */
  public static Optional<End> of(int code) {
    return switch (code) {
      case 0 -> Optional.of(FIRST);
      case 1 -> Optional.of(LAST);
      default -> Optional.empty();
    };
  }
}

package dev.skein.protocol;

/**
 * How a message travels: its delivery guarantee and, where that guarantee concerns order, the
 * stream of messages it is ordered in. Immutable; the same value may be used by any thread.
 *
 * <p>On TCP and WebSocket every kind arrives in order and at most once; the kind still decides what
 * happens when the peer reads too slowly and what survives a resume (PROTOCOL §8, §9).
 *
 * @param kind the guarantee
 * @param id the channel number, 0 to 255 on the wire and below the session's {@code channels}; 0
 *     for kinds without order
 */
public record Channel(Kind kind, int id) {

  /** The four delivery guarantees, in the order of their wire codes. */
  public enum Kind {
    /** May be lost; never arrives twice. */
    UNRELIABLE,
    /** May be lost; one older than the newest delivered of its channel is dropped. */
    SEQUENCED,
    /** Arrives exactly once, in any order. */
    RELIABLE,
    /** Arrives exactly once, in the order sent on its channel. */
    ORDERED;

    /** True if a message of this kind is sent again until it is acknowledged. */
    public boolean reliable() {
      return this == RELIABLE || this == ORDERED;
    }
  }

  /** The largest channel number the wire can carry. */
  public static final int MAX_ID = 255;

  /** May be lost; never arrives twice. */
  public static final Channel UNRELIABLE = new Channel(Kind.UNRELIABLE, 0);

  /** Arrives exactly once, in any order. */
  public static final Channel RELIABLE = new Channel(Kind.RELIABLE, 0);

  private static final Channel[] ORDERED = channels(Kind.ORDERED);
  private static final Channel[] SEQUENCED = channels(Kind.SEQUENCED);

  public Channel {
    if (id < 0 || id > MAX_ID) {
      throw new IllegalArgumentException("channel id " + id + " is not within 0.." + MAX_ID);
    }
    if (id != 0 && (kind == Kind.UNRELIABLE || kind == Kind.RELIABLE)) {
      throw new IllegalArgumentException(kind + " has no channels, so its id must be 0, not " + id);
    }
  }

  /** The reliable-ordered channel with this number, 0 to {@value #MAX_ID}. */
  public static Channel ordered(int id) {
    return ORDERED[id];
  }

  /** The unreliable-sequenced channel with this number, 0 to {@value #MAX_ID}. */
  public static Channel sequenced(int id) {
    return SEQUENCED[id];
  }

  /** The shared instance for a kind's wire code (0 to 3) and a channel number. */
  public static Channel of(int kindCode, int id) {
    return switch (kindCode) {
      case 0 -> UNRELIABLE;
      case 1 -> SEQUENCED[id];
      case 2 -> RELIABLE;
      case 3 -> ORDERED[id];
      default -> throw new IllegalArgumentException("no channel kind has the code " + kindCode);
    };
  }

  private static Channel[] channels(Kind kind) {
    Channel[] all = new Channel[MAX_ID + 1];
    for (int id = 0; id <= MAX_ID; id++) {
      all[id] = new Channel(kind, id);
    }
    return all;
  }
}

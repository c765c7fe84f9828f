package dev.skein.notifier;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a service has to say, which ids it said lately, and when its next turn is. Confined to one
 * thread.
 */
final class Board {
  /** Notifications whose time is not over. */
  static final int POSTED_MAX_COUNT = 64;

  /** Ids that are not said again. */
  static final int REMEMBERED_MAX_COUNT = 1_024;

  private final List<Posted> posted = new ArrayList<>();
  private final Map<String, Long> remembered = new LinkedHashMap<>();
  private long nextTurnMillis;

  /** A notification as the nodes deliver it, until then. */
  @SuppressWarnings("ArrayRecordComponent")
  record Posted(String id, int ver, int cmd, byte[] message, long untilMillis) {
    void write(PayloadWriter out) {
      out.string(id).u8(ver).u16(cmd).blob(message).i64(untilMillis);
    }

    static Posted read(PayloadReader in) {
      return new Posted(
          in.string(Notification.ID_MAX_BYTES),
          in.u8(),
          in.u16(),
          in.blob(Notification.MESSAGE_MAX_BYTES),
          in.i64());
    }
  }

  /** What users are to get. */
  List<Posted> posted() {
    return List.copyOf(posted);
  }

  /** Forgets what is over. */
  void expire(long nowMillis) {
    posted.removeIf(each -> each.untilMillis() <= nowMillis);
    remembered.values().removeIf(untilMillis -> untilMillis <= nowMillis);
  }

  /**
   * Takes the turn if it is due; the next one comes an interval later.
   *
   * @return how long until the next turn; 0: the turn is the caller's
   */
  long takeTurn(long intervalMillis, long nowMillis) {
    long waitMillis = nextTurnMillis - nowMillis;
    if (waitMillis > 0 && waitMillis <= intervalMillis) {
      return waitMillis;
    }
    // Turns keep their beat, unless one was missed, the interval or the owner's clock has changed.
    boolean inBeat = waitMillis <= 0 && -waitMillis < intervalMillis;
    nextTurnMillis = (inBeat ? nextTurnMillis : nowMillis) + intervalMillis;
    return 0;
  }

  /** Adds a notification, unless its id is remembered: then it is remembered for longer. */
  boolean post(Posted notification, long memoryMillis, long nowMillis) {
    String id = notification.id();
    long untilMillis = notification.untilMillis() + memoryMillis;
    boolean known = remembered.containsKey(id);
    if (!known && posted.size() >= POSTED_MAX_COUNT) {
      return false;
    }
    remembered.merge(id, untilMillis, Math::max);
    while (remembered.size() > REMEMBERED_MAX_COUNT) {
      remembered.remove(remembered.keySet().iterator().next());
    }
    if (!known) {
      posted.add(notification);
    }
    return !known;
  }

  byte[] encode() {
    PayloadWriter out = new PayloadWriter().i64(nextTurnMillis).varint(posted.size());
    posted.forEach(each -> each.write(out));
    remembered.forEach((id, untilMillis) -> out.string(id).i64(untilMillis));
    return out.toBytes();
  }

  /**
   * What {@link #encode} wrote; an empty board for nothing.
   *
   * @throws IllegalArgumentException if the bytes are no board: another version wrote them
   */
  static Board decode(Optional<byte[]> kept) {
    Board board = new Board();
    if (kept.isEmpty()) {
      return board;
    }
    PayloadReader in = new PayloadReader(kept.get());
    board.nextTurnMillis = in.i64();
    int count = in.varint(POSTED_MAX_COUNT);
    for (int i = 0; i < count && in.ok(); i++) {
      board.posted.add(Posted.read(in));
    }
    while (in.remaining() > 0) {
      board.remembered.put(in.string(Notification.ID_MAX_BYTES), in.i64());
    }
    if (!in.finished()) {
      throw new IllegalArgumentException("no board of a notification service");
    }
    return board;
  }
}

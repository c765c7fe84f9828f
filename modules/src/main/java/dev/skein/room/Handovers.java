package dev.skein.room;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Brings together the members that have moved here and what their former nodes kept for them;
 * either may come first. Any thread.
 */
final class Handovers {
  private final Map<String, Consumer<RoomMail.Handover>> expected = new HashMap<>();
  private final Map<String, RoomMail.Handover> early = new HashMap<>();

  private static String key(String roomId, int member) {
    return roomId + "#" + member;
  }

  void expect(String roomId, int member, Consumer<RoomMail.Handover> taker) {
    Optional<RoomMail.Handover> there;
    synchronized (this) {
      there = Optional.ofNullable(early.remove(key(roomId, member)));
      if (there.isEmpty()) {
        expected.put(key(roomId, member), taker);
      }
    }
    there.ifPresent(taker);
  }

  /** True if it was expected; false: it is kept until it is, or {@link #forget}. */
  boolean came(RoomMail.Handover handover) {
    Consumer<RoomMail.Handover> taker;
    synchronized (this) {
      taker = expected.remove(key(handover.roomId(), handover.member()));
      if (taker == null) {
        early.put(key(handover.roomId(), handover.member()), handover);
      }
    }
    if (taker != null) {
      taker.accept(handover);
    }
    return taker != null;
  }

  /** It has been kept for long enough. */
  synchronized void forget(RoomMail.Handover handover) {
    early.remove(key(handover.roomId(), handover.member()), handover);
  }

  /** It has been waited for long enough. */
  synchronized void forget(String roomId, int member, Consumer<RoomMail.Handover> taker) {
    expected.remove(key(roomId, member), taker);
  }
}

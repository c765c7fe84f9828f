package dev.skein.room;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Brings together the members that have moved here and what their former nodes kept for them;
 * either may come first. Both are forgotten when their time is over. Any thread.
 */
final class Handovers {
  private final Map<Long, Consumer<RoomMail.Handover>> expected = new HashMap<>();
  private final Map<Long, RoomMail.Handover> early = new HashMap<>();

  void expect(long ref, Consumer<RoomMail.Handover> taker) {
    Optional<RoomMail.Handover> there;
    synchronized (this) {
      there = Optional.ofNullable(early.remove(ref));
      if (there.isEmpty()) {
        expected.put(ref, taker);
      }
    }
    there.ifPresent(taker);
  }

  /** True if it was expected; false: it is kept until it is, or {@link #forget}. */
  boolean came(RoomMail.Handover handover) {
    Consumer<RoomMail.Handover> taker;
    synchronized (this) {
      taker = expected.remove(handover.ref());
      if (taker == null) {
        early.put(handover.ref(), handover);
      }
    }
    if (taker != null) {
      taker.accept(handover);
    }
    return taker != null;
  }

  /** Neither is waited for any more. */
  synchronized void forget(long ref) {
    early.remove(ref);
    expected.remove(ref);
  }
}

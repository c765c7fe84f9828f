package dev.skein.protocol.handshake;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** How many handshake messages ended in each way since the listener started. Any thread. */
public final class HandshakeCounters {
  private final LongAdder[] counts = new LongAdder[HandshakeOutcome.values().length];

  HandshakeCounters() {
    for (int i = 0; i < counts.length; i++) {
      counts[i] = new LongAdder();
    }
  }

  void add(HandshakeOutcome outcome) {
    counts[outcome.ordinal()].increment();
  }

  public long count(HandshakeOutcome outcome) {
    return counts[outcome.ordinal()].sum();
  }

  /** All counts at about the same moment. */
  public Map<HandshakeOutcome, Long> snapshot() {
    Map<HandshakeOutcome, Long> all = new EnumMap<>(HandshakeOutcome.class);
    for (HandshakeOutcome outcome : HandshakeOutcome.values()) {
      all.put(outcome, count(outcome));
    }
    return all;
  }
}

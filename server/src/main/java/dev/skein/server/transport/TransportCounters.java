package dev.skein.server.transport;

import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** What the transports of a node have done since they started. Any thread. */
public final class TransportCounters {
  private static final DropReason[] REASONS = DropReason.values();

  private final LongAdder[] drops = new LongAdder[REASONS.length];
  private final LongAdder datagramsIn = new LongAdder();
  private final LongAdder datagramsOut = new LongAdder();
  private final LongAdder recordsIn = new LongAdder();
  private final LongAdder recordsOut = new LongAdder();
  private final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  private final LongAdder handshakes = new LongAdder();
  private final LongAdder resumes = new LongAdder();
  private final LongAdder arrivals = new LongAdder();

  TransportCounters() {
    for (int i = 0; i < drops.length; i++) {
      drops[i] = new LongAdder();
    }
  }

  /** How often something was dropped for this reason. */
  public long dropped(DropReason reason) {
    return drops[reason.ordinal()].sum();
  }

  /** All reasons with their counts at this moment. */
  public Map<DropReason, Long> drops() {
    Map<DropReason, Long> counts = new EnumMap<>(DropReason.class);
    for (DropReason reason : REASONS) {
      counts.put(reason, dropped(reason));
    }
    return counts;
  }

  /** UDP datagrams received, whatever became of them. */
  public long datagramsIn() {
    return datagramsIn.sum();
  }

  /** UDP datagrams given to the kernel. */
  public long datagramsOut() {
    return datagramsOut.sum();
  }

  /** TCP and WebSocket records received. */
  public long recordsIn() {
    return recordsIn.sum();
  }

  /** TCP and WebSocket records written. */
  public long recordsOut() {
    return recordsOut.sum();
  }

  /** Payload bytes of datagrams and records received. */
  public long bytesIn() {
    return bytesIn.sum();
  }

  /** Payload bytes of datagrams and records sent. */
  public long bytesOut() {
    return bytesOut.sum();
  }

  /** Handshakes that opened a session. */
  public long handshakes() {
    return handshakes.sum();
  }

  /** Sessions that went on over another stream. */
  public long resumes() {
    return resumes.sum();
  }

  /** Sessions that came from other nodes; handshakes as well. */
  public long arrivals() {
    return arrivals.sum();
  }

  void drop(DropReason reason) {
    drops[reason.ordinal()].increment();
  }

  void drop(DropReason reason, int count) {
    drops[reason.ordinal()].add(count);
  }

  void receivedDatagrams(int count, long bytes) {
    datagramsIn.add(count);
    bytesIn.add(bytes);
  }

  void sentDatagrams(int count, long bytes) {
    datagramsOut.add(count);
    bytesOut.add(bytes);
  }

  void receivedRecord(int bytes) {
    recordsIn.increment();
    bytesIn.add(bytes);
  }

  void sentRecord(int bytes) {
    recordsOut.increment();
    bytesOut.add(bytes);
  }

  void opened() {
    handshakes.increment();
  }

  void resumed() {
    resumes.increment();
  }

  void arrived() {
    arrivals.increment();
  }
}

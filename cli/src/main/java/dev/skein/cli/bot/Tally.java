package dev.skein.cli.bot;

import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import org.HdrHistogram.Histogram;
import org.HdrHistogram.Recorder;

/**
 * What the bots of a run said and heard. Any thread may count; one thread reads.
 *
 * <p>Latency is kept in nanoseconds between {@value #FINEST_NANOS} and {@value #LONGEST_NANOS},
 * three digits exact.
 */
public final class Tally {
  private static final long FINEST_NANOS = 1_000;
  private static final long LONGEST_NANOS = 600_000_000_000L;
  private static final int DIGITS = 3;

  private final LongAdder sent = new LongAdder();
  private final LongAdder expected = new LongAdder();
  private final LongAdder received = new LongAdder();
  private final LongAdder duplicated = new LongAdder();
  private final LongAdder outOfOrder = new LongAdder();
  private final LongAdder orderViolations = new LongAdder();
  private final LongAdder changes = new LongAdder();
  private final LongAdder changesLost = new LongAdder();
  private final LongAdder changesDoubled = new LongAdder();
  private final LongAdder returned = new LongAdder();
  private final LongAccumulator backMaxNanos = new LongAccumulator(Math::max, 0);
  private final LongAccumulator silenceMaxNanos = new LongAccumulator(Math::max, 0);
  private final Recorder latency = new Recorder(FINEST_NANOS, LONGEST_NANOS, DIGITS);
  private final Histogram total = new Histogram(FINEST_NANOS, LONGEST_NANOS, DIGITS);

  /** One message was said that so many deliveries should follow. */
  void said(int audience) {
    sent.increment();
    expected.add(audience);
  }

  /** A message was heard this long after it had been due. */
  void heard(SequenceWindow.Verdict verdict, long latencyNanos) {
    switch (verdict) {
      case IN_ORDER -> received.increment();
      case LATE -> {
        received.increment();
        outOfOrder.increment();
      }
      case DUPLICATE -> {
        duplicated.increment();
        return;
      }
    }
    latency.recordValue(Math.clamp(latencyNanos, FINEST_NANOS, LONGEST_NANOS));
  }

  /** A message was heard after one that others heard later, or a read was older than a write. */
  void violated() {
    orderViolations.increment();
  }

  /** Deliveries that need not come after all, and those of them that have. */
  void uncount(int deliveries, int heard) {
    expected.add(-deliveries);
    received.add(-heard);
  }

  /** So many changes of a property were acknowledged, and some are not there or there twice. */
  void changed(long acknowledged, long lost, long doubled) {
    changes.add(acknowledged);
    changesLost.add(lost);
    changesDoubled.add(doubled);
  }

  /** A bot is in its room again, so long after it had heard the last of it. */
  void returned(long awayNanos) {
    returned.increment();
    backMaxNanos.accumulate(awayNanos);
  }

  /** For so long a bot heard nothing in its room. */
  void silent(long nanos) {
    silenceMaxNanos.accumulate(nanos);
  }

  /** Returns into rooms after lost sessions. */
  public long returned() {
    return returned.sum();
  }

  /** The longest from the last a bot had heard of its room to its return. */
  public long backMaxNanos() {
    return backMaxNanos.get();
  }

  /** The longest that a bot heard nothing between two things it heard. */
  public long silenceMaxNanos() {
    return silenceMaxNanos.get();
  }

  /** Changes of properties that were acknowledged. */
  public long changes() {
    return changes.sum();
  }

  /** Acknowledged changes that were not there in the end. */
  public long changesLost() {
    return changesLost.sum();
  }

  /** Changes that were there although nobody had made them, or twice. */
  public long changesDoubled() {
    return changesDoubled.sum();
  }

  /** Messages said so far. */
  public long sent() {
    return sent.sum();
  }

  /** Deliveries that should come of them. */
  public long expected() {
    return expected.sum();
  }

  /** Deliveries so far, each counted once. */
  public long received() {
    return received.sum();
  }

  /** Deliveries beyond the first of a message. */
  public long duplicated() {
    return duplicated.sum();
  }

  /** Deliveries after a later message of the same speaker. */
  public long outOfOrder() {
    return outOfOrder.sum();
  }

  /** Deliveries in another order than the other members heard, and reads older than a write. */
  public long orderViolations() {
    return orderViolations.sum();
  }

  /** The latencies since the last {@link #forgetLatency}, in nanoseconds. The reading thread. */
  public Histogram latency() {
    total.add(latency.getIntervalHistogram());
    return total.copy();
  }

  /** Starts the latencies anew, after a warm-up. The reading thread. */
  public void forgetLatency() {
    latency.reset();
    total.reset();
  }
}

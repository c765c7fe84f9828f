package dev.skein.protocol.session;

import dev.skein.protocol.packet.FrameReader;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Decides from acks and time what was lost and when to probe: RFC 9002 §6, and PROTOCOL §8.2 for
 * thin streams.
 */
final class LossRecovery {
  /** RFC 9002 kPacketThreshold. */
  static final int PACKET_THRESHOLD = 3;

  /** No back-off waits longer, so that a healed path is noticed within it. */
  static final long PROBE_MAX_NANOS = TimeUnit.SECONDS.toNanos(1);

  /** With so few bytes in flight a stream is thin: each packet has a probe timer of its own. */
  static final int THIN_BYTES = CongestionController.MIN_WINDOW_BYTES;

  /** After so many probes without an answer the congestion window starts over. */
  private static final int SILENCE_PROBES = 3;

  /** Packets a fired probe timer may send beyond the congestion window (RFC 9002 §6.2.4). */
  private static final int PROBE_PACKETS = 2;

  private static final int BACKOFF_MAX_SHIFT = 10;

  /** The share of lost packets is a moving average over 2^7 of them, in units of 2^-16. */
  private static final int LOSS_SHARE_SHIFT = 7;

  private static final int LOSS_SHARE_ONE = 1 << 16;

  /** Above one lost packet in 512 a path counts as lossy: for about 180 packets after a loss. */
  private static final int LOSSY_SHARE = LOSS_SHARE_ONE / 512;

  private final SentPackets sent = new SentPackets();
  private final RttEstimator rtt = new RttEstimator();
  private final CongestionController congestion = new CongestionController();
  private final Pacer pacer;
  private final SendQueue queue;
  private final Counters counters;
  private final long maxAckDelayNanos;

  private long largestAcked = -1;
  private long lossNanos = Long.MAX_VALUE;
  private long lastReliableNanos;

  /** Every reliable packet below has been probed for, or is resolved. */
  private long probeFrom;

  private int probeCount;
  private int probeCredit;
  private int lossShare;

  LossRecovery(SendQueue queue, Counters counters, int maxAckDelayMillis, long nowNanos) {
    this.queue = queue;
    this.counters = counters;
    this.maxAckDelayNanos = TimeUnit.MILLISECONDS.toNanos(maxAckDelayMillis);
    this.pacer = new Pacer(nowNanos);
  }

  long nextNumber() {
    return sent.next();
  }

  long largestAcked() {
    return largestAcked;
  }

  long smoothedRttNanos() {
    return rtt.smoothedNanos();
  }

  int inFlightBytes() {
    return congestion.inFlightBytes();
  }

  /** True if so little is in flight that waiting for later acks would be the whole delay. */
  boolean isThin() {
    return congestion.inFlightBytes() <= THIN_BYTES;
  }

  /** What is worth sending twice now (PROTOCOL §8.2). */
  SendQueue.Repeat repeat() {
    if (!isThin()) {
      return SendQueue.Repeat.NOTHING;
    }
    return lossShare > LOSSY_SHARE ? SendQueue.Repeat.EVERYTHING : SendQueue.Repeat.RESENDS;
  }

  /** When data may leave: now or earlier, when the pacer allows, or never before an ack. */
  long sendableNanos(long nowNanos) {
    if (probeCredit > 0) {
      return nowNanos;
    }
    if (congestion.isFull() || sent.isFull()) {
      return Long.MAX_VALUE;
    }
    return pacer.readyNanos(nowNanos, congestion.windowBytes(), rtt.smoothedNanos());
  }

  /** A packet with the next number left that nobody acknowledges for its own sake. */
  void onSentAckOnly(long nowNanos) {
    makeRoom(nowNanos);
    sent.skip();
  }

  /** A packet with the next number left. */
  void onSent(int bytes, @Nullable SentFrame reliable, long nowNanos) {
    makeRoom(nowNanos);
    sent.add(bytes, reliable, nowNanos);
    congestion.onSent(bytes);
    pacer.onSent(bytes);
    if (reliable != null) {
      lastReliableNanos = nowNanos;
      probeCredit = Math.max(0, probeCredit - 1);
    }
  }

  private void makeRoom(long nowNanos) {
    while (sent.isFull()) {
      lose(sent.first(), nowNanos);
    }
  }

  /**
   * Takes an ACK in.
   *
   * @return false if it names a packet that was never sent
   */
  boolean onAck(FrameReader ack, long nowNanos) {
    long largest = ack.ackLargest();
    if (largest >= sent.next()) {
      return false;
    }
    boolean sample = largest > largestAcked && sent.isInFlight(largest);
    long largestSentNanos = sample ? sent.sentNanos(largest) : 0;
    int inFlightBefore = congestion.inFlightBytes();
    boolean any = false;
    while (ack.nextAckRange()) {
      long smallest = Math.max(ack.ackRangeSmallest(), sent.first());
      for (long n = ack.ackRangeLargest(); n >= smallest; n--) {
        if (sent.isInFlight(n)) {
          acknowledge(n, inFlightBefore);
          any = true;
        }
      }
    }
    largestAcked = Math.max(largestAcked, largest);
    if (sample) {
      long delayMicros =
          Math.min(ack.ackDelayMicros(), TimeUnit.NANOSECONDS.toMicros(maxAckDelayNanos));
      rtt.sample(nowNanos - largestSentNanos, TimeUnit.MICROSECONDS.toNanos(delayMicros));
    }
    if (any) {
      probeCount = 0;
      detectLost(nowNanos);
    }
    return true;
  }

  private void acknowledge(long number, int inFlightBefore) {
    congestion.onAcked(sent.bytes(number), sent.sentNanos(number), inFlightBefore);
    lossShare -= lossShare >> LOSS_SHARE_SHIFT;
    queue.onAcked(sent.frames(number));
    sent.remove(number);
  }

  /** RFC 9002 appendix A.10. */
  private void detectLost(long nowNanos) {
    lossNanos = Long.MAX_VALUE;
    long delay = rtt.lossDelayNanos();
    for (long n = sent.first(); n < largestAcked; n++) {
      if (!sent.isInFlight(n)) {
        continue;
      }
      long due = sent.sentNanos(n) + delay;
      if (n <= largestAcked - PACKET_THRESHOLD || due <= nowNanos) {
        lose(n, nowNanos);
      } else {
        lossNanos = Math.min(lossNanos, due);
      }
    }
  }

  private void lose(long number, long nowNanos) {
    SentFrame frames = sent.frames(number);
    if (sent.isInFlight(number)) {
      congestion.onLost(sent.bytes(number), sent.sentNanos(number), nowNanos);
      counters.packetsLost++;
      lossShare += (LOSS_SHARE_ONE - lossShare) >> LOSS_SHARE_SHIFT;
    }
    sent.remove(number);
    queue.onLost(frames);
  }

  /** When {@link #onTimeout} has something to do. */
  long deadlineNanos() {
    return Math.min(Math.min(lossNanos, probeDeadlineNanos()), forgetDeadlineNanos());
  }

  private long probeDeadlineNanos() {
    skipProbed();
    boolean allProbed = probeFrom >= sent.next();
    if (allProbed && !queue.hasResends()) {
      return Long.MAX_VALUE;
    }
    // RFC 9002 §6.2.1 restarts the timer with every packet sent, which a steady thin stream would
    // do for ever; PROTOCOL §8.2.
    long base = isThin() && !allProbed ? sent.sentNanos(probeFrom) : lastReliableNanos;
    return base + Math.min(rtt.probeNanos() << probeCount, PROBE_MAX_NANOS);
  }

  private void skipProbed() {
    probeFrom = Math.max(probeFrom, sent.first());
    while (probeFrom < sent.next() && !isAwaited(probeFrom)) {
      probeFrom++;
    }
  }

  /** True if a packet in flight holds a reliable frame that no other packet has brought. */
  private boolean isAwaited(long number) {
    if (sent.isInFlight(number)) {
      for (SentFrame frame = sent.frames(number); frame != null; frame = frame.next()) {
        if (!frame.message().isAcked(frame.fragment())) {
          return true;
        }
      }
    }
    return false;
  }

  /** Unreliable packets are not probed for; they matter only while they fill the window. */
  private long forgetDeadlineNanos() {
    long first = sent.first();
    boolean blocked = congestion.isFull() || sent.isFull();
    if (!blocked || first == sent.next() || isAwaited(first)) {
      return Long.MAX_VALUE;
    }
    return sent.sentNanos(first) + forgetNanos();
  }

  private long forgetNanos() {
    return rtt.probeNanos() + maxAckDelayNanos;
  }

  void onTimeout(long nowNanos) {
    if (nowNanos >= lossNanos) {
      detectLost(nowNanos);
    }
    forgetUnanswered(nowNanos);
    while (probeDeadlineNanos() <= nowNanos) {
      probe(nowNanos);
    }
  }

  private void probe(long nowNanos) {
    boolean any = queue.hasResends();
    int packets = isThin() ? 1 : PROBE_PACKETS;
    for (int i = 0; i < packets && probeFrom < sent.next(); i++) {
      any |= queue.probe(sent.frames(probeFrom));
      probeFrom++;
      skipProbed();
    }
    lastReliableNanos = nowNanos;
    if (any) {
      probeCredit = PROBE_PACKETS;
      probeCount = Math.min(probeCount + 1, BACKOFF_MAX_SHIFT);
      if (probeCount == SILENCE_PROBES) {
        congestion.onSilence();
      }
    }
  }

  /**
   * Gives up on packets nobody waits for whose ack should long be here. Cheap: looks at the oldest.
   */
  void forgetUnanswered(long nowNanos) {
    long before = nowNanos - forgetNanos();
    for (long n = sent.first(); n < sent.next(); n = sent.first()) {
      if (isAwaited(n) || sent.sentNanos(n) > before) {
        return;
      }
      lose(n, nowNanos);
    }
  }

  /** The peer is back after silence or on another path: what was in flight is sent again. */
  void loseAll(boolean pathChanged, long nowNanos) {
    while (sent.first() < sent.next()) {
      long n = sent.first();
      SentFrame frames = sent.frames(n);
      congestion.onForgotten(sent.bytes(n));
      sent.remove(n);
      queue.onLost(frames);
    }
    lossNanos = Long.MAX_VALUE;
    probeCount = 0;
    probeCredit = PROBE_PACKETS;
    if (pathChanged) {
      rtt.reset();
      congestion.reset();
      pacer.reset(nowNanos);
    }
  }
}

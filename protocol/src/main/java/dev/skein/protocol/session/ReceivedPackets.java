package dev.skein.protocol.session;

import dev.skein.protocol.packet.Frame;
import dev.skein.protocol.packet.FrameWriter;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * What the next ACK says, and when it has to go (PROTOCOL §8). Keeps at most {@link
 * Frame#ACK_MAX_RANGES} ranges, the newest first.
 */
final class ReceivedPackets {
  /**
   * A range that did not change is repeated in this many ACKs, against their loss, and then
   * forgotten: an ACK is a datagram of its own in a one-way stream and has to stay small.
   */
  static final int REPORTS_PER_RANGE = 4;

  /** So many bytes of unreliable packets are acknowledged at once, to feed the peer's window. */
  static final int UNACKED_MAX_BYTES = 2 * SessionConfig.MAX_DATAGRAM_BYTES;

  private final long maxAckDelayNanos;

  /** Pairs (smallest, largest), the newest range first. */
  private long[] ranges = new long[4];

  private byte[] reports = new byte[2];
  private int count;
  private long largestReceivedNanos;
  private long dueNanos = Long.MAX_VALUE;
  private int unackedBytes;

  ReceivedPackets(int maxAckDelayMillis) {
    maxAckDelayNanos = TimeUnit.MILLISECONDS.toNanos(maxAckDelayMillis);
  }

  /** When an ACK has to be on its way; {@link Long#MAX_VALUE} if none is owed. */
  long dueNanos() {
    return dueNanos;
  }

  /**
   * Remembers a packet that opened.
   *
   * @return true if it came in order
   */
  boolean add(long number, long nowNanos) {
    if (count > 0 && number == ranges[1] + 1) {
      ranges[1] = number;
      reports[0] = 0;
      largestReceivedNanos = nowNanos;
      return true;
    }
    if (count == 0 || number > ranges[1]) {
      boolean first = count == 0;
      insert(0, number);
      largestReceivedNanos = nowNanos;
      return first;
    }
    addBelow(number);
    return false;
  }

  /** The packet elicits an ack: at once, or within the agreed delay. */
  void owe(boolean atOnce, int bytes, long nowNanos) {
    unackedBytes += bytes;
    if (atOnce || unackedBytes >= UNACKED_MAX_BYTES) {
      dueNanos = Math.min(dueNanos, nowNanos);
    } else if (dueNanos == Long.MAX_VALUE) {
      dueNanos = nowNanos + maxAckDelayNanos;
    }
  }

  /** Writes the ACK that is owed, with as many ranges as fit. */
  void write(FrameWriter writer, long nowNanos) {
    long delayMicros = TimeUnit.NANOSECONDS.toMicros(Math.max(0, nowNanos - largestReceivedNanos));
    if (FrameWriter.ackBytes(ranges[0], ranges[1], delayMicros) > writer.remaining()) {
      return;
    }
    writer.ack(ranges[0], ranges[1], delayMicros);
    reports[0]++;
    int written = 1;
    while (written < count && writer.ackRange(ranges[2 * written], ranges[2 * written + 1])) {
      reports[written]++;
      written++;
    }
    forgetReported();
    dueNanos = Long.MAX_VALUE;
    unackedBytes = 0;
  }

  private void forgetReported() {
    int kept = 1;
    for (int i = 1; i < count; i++) {
      if (reports[i] < REPORTS_PER_RANGE) {
        ranges[2 * kept] = ranges[2 * i];
        ranges[2 * kept + 1] = ranges[2 * i + 1];
        reports[kept++] = reports[i];
      }
    }
    count = kept;
  }

  private void addBelow(long number) {
    int i = 0;
    while (i < count && number < ranges[2 * i] - 1) {
      i++;
    }
    if (i == count) {
      insert(count, number);
      return;
    }
    if (number == ranges[2 * i] - 1) {
      ranges[2 * i] = number;
      reports[i] = 0;
      mergeWithNext(i);
    } else if (number == ranges[2 * i + 1] + 1) {
      ranges[2 * i + 1] = number;
      reports[i] = 0;
    } else if (number > ranges[2 * i + 1]) {
      insert(i, number);
    }
  }

  private void mergeWithNext(int i) {
    if (i + 1 < count && ranges[2 * i + 3] + 1 == ranges[2 * i]) {
      ranges[2 * i] = ranges[2 * i + 2];
      int tail = count - i - 2;
      System.arraycopy(ranges, 2 * i + 4, ranges, 2 * i + 2, 2 * tail);
      System.arraycopy(reports, i + 2, reports, i + 1, tail);
      count--;
    }
  }

  private void insert(int at, long number) {
    if (count == Frame.ACK_MAX_RANGES) {
      if (at == count) {
        return;
      }
      count--;
    }
    if (count == reports.length) {
      ranges = Arrays.copyOf(ranges, 4 * count);
      reports = Arrays.copyOf(reports, 2 * count);
    }
    System.arraycopy(ranges, 2 * at, ranges, 2 * at + 2, 2 * (count - at));
    System.arraycopy(reports, at, reports, at + 1, count - at);
    ranges[2 * at] = number;
    ranges[2 * at + 1] = number;
    reports[at] = 0;
    count++;
  }
}

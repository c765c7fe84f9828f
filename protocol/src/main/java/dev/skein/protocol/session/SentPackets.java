package dev.skein.protocol.session;

import org.jspecify.annotations.Nullable;

/**
 * The packets in flight by number: a ring of parallel arrays that starts tiny, grows, and is given
 * back when everything is resolved.
 */
final class SentPackets {
  /** The widest span of numbers between the oldest packet in flight and the newest. */
  static final int MAX_PACKETS = 4096;

  private static final int INITIAL_PACKETS = 8;
  private static final int KEPT_PACKETS = 64;

  private long[] sentNanos = new long[INITIAL_PACKETS];

  /** Bytes of the datagram; 0 if it is not in flight (any more). */
  private int[] bytes = new int[INITIAL_PACKETS];

  private @Nullable SentFrame[] frames = new SentFrame[INITIAL_PACKETS];
  private long first;
  private long next;

  /** The oldest number that may be in flight; equal to {@link #next} if none is. */
  long first() {
    return first;
  }

  /** The number of the next packet. */
  long next() {
    return next;
  }

  boolean isFull() {
    return next - first >= MAX_PACKETS;
  }

  /** The next number was used for a packet that elicits an ack. */
  void add(int datagramBytes, @Nullable SentFrame reliable, long nowNanos) {
    if (next - first == bytes.length) {
      resize(2 * bytes.length);
    }
    int slot = slot(next);
    sentNanos[slot] = nowNanos;
    bytes[slot] = datagramBytes;
    frames[slot] = reliable;
    next++;
  }

  /** The next number was used for a packet that nobody waits for. */
  void skip() {
    if (first == next) {
      first++;
      next++;
    } else {
      add(0, null, 0);
    }
  }

  boolean isInFlight(long number) {
    return number >= first && number < next && bytes[slot(number)] != 0;
  }

  int bytes(long number) {
    return bytes[slot(number)];
  }

  long sentNanos(long number) {
    return sentNanos[slot(number)];
  }

  @Nullable SentFrame frames(long number) {
    return frames[slot(number)];
  }

  /** The packet is acknowledged, lost or forgotten. */
  void remove(long number) {
    int slot = slot(number);
    bytes[slot] = 0;
    frames[slot] = null;
    if (number == first) {
      while (first < next && bytes[slot(first)] == 0) {
        first++;
      }
      if (first == next && bytes.length > KEPT_PACKETS) {
        sentNanos = new long[INITIAL_PACKETS];
        bytes = new int[INITIAL_PACKETS];
        frames = new SentFrame[INITIAL_PACKETS];
      }
    }
  }

  private void resize(int capacity) {
    long[] newNanos = new long[capacity];
    int[] newBytes = new int[capacity];
    @Nullable SentFrame[] newFrames = new SentFrame[capacity];
    for (long n = first; n < next; n++) {
      int to = (int) n & capacity - 1;
      newNanos[to] = sentNanos[slot(n)];
      newBytes[to] = bytes[slot(n)];
      newFrames[to] = frames[slot(n)];
    }
    sentNanos = newNanos;
    bytes = newBytes;
    frames = newFrames;
  }

  private int slot(long number) {
    return (int) number & bytes.length - 1;
  }
}

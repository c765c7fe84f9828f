package dev.skein.protocol.session;

import dev.skein.protocol.Channel;

/** A message on its way out over a stream: where its bytes are and since when it waits. */
final class StreamMessage {
  /** What a message counts beyond its bytes, so that empty ones are bounded too. */
  static final int OVERHEAD_BYTES = 32;

  final Channel channel;
  final long conflationKey;

  /** Its place among all messages of the session; conflation keeps it. */
  final long order;

  /** The id on the wire; for unreliable kinds set when it is written. */
  long id;

  /** The data is frames of so many messages; 0: it is one message. */
  final int framed;

  private byte[] data;
  private int offset;
  private int length;
  private long queuedNanos;

  StreamMessage(
      Channel channel,
      long conflationKey,
      long order,
      byte[] data,
      int offset,
      int length,
      long nowNanos) {
    this.channel = channel;
    this.conflationKey = conflationKey;
    this.order = order;
    this.framed = 0;
    this.data = data;
    this.offset = offset;
    this.length = length;
    this.queuedNanos = nowNanos;
  }

  /** Unreliable messages that travel together. */
  StreamMessage(FrameBatch batch, long order, long nowNanos) {
    this.channel = Channel.UNRELIABLE;
    this.conflationKey = 0;
    this.order = order;
    this.framed = batch.count();
    this.data = batch.frames();
    this.length = batch.length();
    this.queuedNanos = nowNanos;
  }

  /** How many messages this is. */
  int messages() {
    return Math.max(1, framed);
  }

  /** Conflation: newer data takes the place of this. */
  void replace(byte[] newData, int newOffset, int newLength, long nowNanos) {
    data = newData;
    offset = newOffset;
    length = newLength;
    queuedNanos = nowNanos;
  }

  byte[] data() {
    return data;
  }

  int offset() {
    return offset;
  }

  int length() {
    return length;
  }

  long queuedNanos() {
    return queuedNanos;
  }

  boolean reliable() {
    return channel.kind().reliable();
  }

  int weight() {
    return weight(length);
  }

  static int weight(int length) {
    return length + OVERHEAD_BYTES;
  }
}

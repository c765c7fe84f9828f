package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import dev.skein.protocol.packet.FrameWriter;
import org.jspecify.annotations.Nullable;

/**
 * A message on its way out: where its bytes are, and which of its fragments were sent, lost and
 * acknowledged (one bit each; a whole message is its own only fragment). A link of the queue it
 * waits in.
 */
final class Outgoing {
  /**
   * A longer message is cut into fragments of at most this; leaves room in a datagram for the
   * longest header, the tag and an ACK.
   */
  static final int FRAGMENT_MAX_BYTES = 1140;

  /** What a message counts beyond its bytes in windows and queues (PROTOCOL §8.1). */
  static final int OVERHEAD_BYTES = 32;

  private static final byte[] NO_BYTES = {};

  private Channel channel;
  private byte[] data;
  private int offset;
  private int length;
  private long queuedNanos;
  private int fragmentCount;
  private int fragmentBytes;

  /** The data is frames of so many messages; 0: it is one message. */
  private int framed;

  /** Reliable: set when queued. Others: set when the first frame is written. */
  long id;

  long conflationKey;

  /** The first fragment that has never been sent. */
  int nextFragment;

  boolean inResendQueue;

  @Nullable Outgoing next;
  @Nullable Outgoing nextResend;

  private long acked;
  private long lost;
  private int copies;
  private byte @Nullable [] copiesByFragment;

  Outgoing(Channel channel, byte[] data, int offset, int length, long nowNanos) {
    this.channel = channel;
    this.data = data;
    this.offset = offset;
    this.length = length;
    this.queuedNanos = nowNanos;
    cut();
  }

  /** Unreliable messages that travel together. */
  Outgoing(FrameBatch batch, long nowNanos) {
    this(Channel.UNRELIABLE, batch.frames(), 0, batch.length(), nowNanos);
    framed = batch.count();
  }

  /** Conflation: a newer message takes the place of this one, of which nothing was sent. */
  void replace(Channel channel, byte[] data, int offset, int length, long nowNanos) {
    this.channel = channel;
    this.data = data;
    this.offset = offset;
    this.length = length;
    this.queuedNanos = nowNanos;
    cut();
  }

  private void cut() {
    if (length <= FRAGMENT_MAX_BYTES) {
      fragmentCount = 1;
      fragmentBytes = length;
    } else {
      fragmentCount = (length + FRAGMENT_MAX_BYTES - 1) / FRAGMENT_MAX_BYTES;
      // Even slices: two halves share datagrams with other messages better than a full one and a
      // rest.
      fragmentBytes = (length + fragmentCount - 1) / fragmentCount;
    }
  }

  /** What another session needs to send it, or to count it if it has arrived. */
  SessionState.Message carry() {
    return new SessionState.Message(channel, id, data, offset, length, isWholeAcked());
  }

  /** It has arrived, sent by another session. */
  void markArrived() {
    nextFragment = fragmentCount;
    acked = fragmentCount == Long.SIZE ? -1 : (1L << fragmentCount) - 1;
  }

  Channel channel() {
    return channel;
  }

  long queuedNanos() {
    return queuedNanos;
  }

  /** Bytes this message counts in windows and queues. */
  int weight() {
    return length + OVERHEAD_BYTES;
  }

  /** How many messages this is. */
  int messages() {
    return Math.max(1, framed);
  }

  /** Bytes of data in this fragment; of an unfragmented message, all of them. */
  int fragmentBytes(int fragment) {
    return isFragmented() ? Math.min(fragmentBytes, length - fragment * fragmentBytes) : length;
  }

  boolean isWholeSent() {
    return nextFragment == fragmentCount;
  }

  boolean isFragmented() {
    return fragmentCount > 1;
  }

  boolean isUntouched() {
    return nextFragment == 0;
  }

  /**
   * Writes one fragment, or the whole message if it has only one.
   *
   * @return false, writing nothing, if it does not fit
   */
  boolean write(FrameWriter writer, int fragment) {
    if (framed > 0) {
      if (length > writer.remaining()) {
        return false;
      }
      writer.frames(data, length);
      return true;
    }
    if (fragmentCount == 1) {
      int header = FrameWriter.messageHeaderBytes(channel.kind(), id, length, true);
      if (header + length > writer.remaining()) {
        return false;
      }
      writer.message(channel, id, data, offset, length, true);
      return true;
    }
    int from = fragment * fragmentBytes;
    int bytes = Math.min(fragmentBytes, length - from);
    int header = FrameWriter.fragmentHeaderBytes(channel.kind(), id, bytes, true);
    if (header + bytes > writer.remaining()) {
      return false;
    }
    writer.fragment(channel, id, fragment, fragmentCount, data, offset + from, bytes, true);
    return true;
  }

  /** One more packet in flight carries this fragment. */
  void addCopy(int fragment) {
    if (fragmentCount == 1) {
      copies++;
      return;
    }
    if (copiesByFragment == null) {
      copiesByFragment = new byte[fragmentCount];
    }
    copiesByFragment[fragment]++;
  }

  /** A packet that carried this fragment is acknowledged or lost; the copies still in flight. */
  int removeCopy(int fragment) {
    if (copiesByFragment == null) {
      return --copies;
    }
    return --copiesByFragment[fragment];
  }

  boolean isAcked(int fragment) {
    return (acked & 1L << fragment) != 0;
  }

  boolean isWholeAcked() {
    return Long.bitCount(acked) == fragmentCount;
  }

  /** Marks a fragment as arrived; the bytes are let go with the last one. */
  void markAcked(int fragment) {
    acked |= 1L << fragment;
    lost &= ~(1L << fragment);
    if (isWholeAcked()) {
      data = NO_BYTES;
    }
  }

  void markLost(int fragment) {
    lost |= 1L << fragment;
  }

  void markResent(int fragment) {
    lost &= ~(1L << fragment);
  }

  /** The first fragment to send again, or -1. */
  int firstLost() {
    return lost == 0 ? -1 : Long.numberOfTrailingZeros(lost);
  }
}

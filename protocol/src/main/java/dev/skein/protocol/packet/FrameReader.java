package dev.skein.protocol.packet;

import dev.skein.protocol.Channel;
import java.nio.charset.StandardCharsets;

/**
 * Reads the frames of one opened packet or record after another, checking every rule of PROTOCOL
 * §7. A cursor: the accessors describe the frame the last {@link #next} returned. Never throws on
 * bytes from the wire and never copies data. Not thread-safe.
 */
public final class FrameReader {
  private static final Channel.Kind[] KINDS = Channel.Kind.values();
  private static final long FAILED = -1;

  private final Carrier carrier;
  private final int channels;

  private byte[] buffer = new byte[0];
  private int position;
  private int end;

  private long first;
  private long second;
  private int rangesLeft;
  private long nextRangeLargest;
  private int rangePosition;
  private long rangeSmallest;
  private long rangeLargest;

  private int type;
  private int channel;
  private int fragmentIndex;
  private int fragmentCount;
  private int dataOffset;
  private int dataLength;

  /**
   * A reader for one session.
   *
   * @param channels the session's {@code channels}; a higher channel number is malformed
   */
  public FrameReader(Carrier carrier, int channels) {
    this.carrier = carrier;
    this.channels = channels;
  }

  /** Starts over with the frames in these bytes; the array is read, not copied. */
  public void reset(byte[] frames, int offset, int length) {
    buffer = frames;
    position = offset;
    end = offset + length;
  }

  /** Moves to the next frame. After MALFORMED or END it stays there. */
  public Frame next() {
    if (position >= end) {
      return Frame.END;
    }
    int code = buffer[position++] & 0xFF;
    if (code >>> 4 == Frame.CODE_MESSAGE >>> 4) {
      return message(code) ? Frame.MESSAGE : malformed();
    }
    boolean datagram = carrier == Carrier.DATAGRAM;
    return switch (code) {
      case Frame.CODE_PADDING -> datagram ? padding() : malformed();
      case Frame.CODE_PING -> Frame.PING;
      case Frame.CODE_ACK -> datagram && ack() ? Frame.ACK : malformed();
      case Frame.CODE_PATH_CHALLENGE -> datagram && path() ? Frame.PATH_CHALLENGE : malformed();
      case Frame.CODE_PATH_RESPONSE -> datagram && path() ? Frame.PATH_RESPONSE : malformed();
      case Frame.CODE_CLOSE -> close() ? Frame.CLOSE : malformed();
      case Frame.CODE_RECEIVED -> !datagram && received() ? Frame.RECEIVED : malformed();
      case Frame.CODE_MOVE -> move() ? Frame.MOVE : malformed();
      case Frame.CODE_PONG -> datagram ? malformed() : Frame.PONG;
      default -> malformed();
    };
  }

  private Frame malformed() {
    // Stay on a byte that is malformed again, so that a caller who goes on cannot get past it.
    buffer = MALFORMED_BYTES;
    position = 0;
    end = 1;
    return Frame.MALFORMED;
  }

  private static final byte[] MALFORMED_BYTES = {(byte) 0xFF};

  private Frame padding() {
    while (position < end && buffer[position] == Frame.CODE_PADDING) {
      position++;
    }
    return Frame.PADDING;
  }

  private long varint() {
    if (position >= end) {
      return FAILED;
    }
    int bytes = Varint.encodedBytes(buffer[position]);
    if (bytes > end - position) {
      return FAILED;
    }
    long value = Varint.read(buffer, position);
    position += bytes;
    return value;
  }

  /** Walks over all ranges once, so that {@link #nextAckRange} cannot fail later. */
  private boolean ack() {
    first = varint();
    second = varint();
    long count = varint();
    if (first < 0 || second < 0 || count < 0 || count >= Frame.ACK_MAX_RANGES) {
      return false;
    }
    rangePosition = position;
    nextRangeLargest = first;
    rangesLeft = (int) count + 1;
    for (long range = 0, smallest = first + 2; range <= count; range++) {
      long gap = range == 0 ? 0 : varint();
      long more = varint();
      if (gap < 0 || more < 0) {
        return false;
      }
      // RFC 9000 §19.3.1: a gap of g skips g + 1 numbers below the last range.
      smallest = smallest - gap - 2 - more;
      if (smallest < 0) {
        return false;
      }
    }
    return true;
  }

  /** Moves to the next range of the ACK, from the largest down; false after the last. */
  public boolean nextAckRange() {
    if (rangesLeft == 0) {
      return false;
    }
    rangesLeft--;
    rangeLargest = nextRangeLargest;
    rangeSmallest = rangeLargest - rangeVarint();
    if (rangesLeft > 0) {
      nextRangeLargest = rangeSmallest - rangeVarint() - 2;
    }
    return true;
  }

  private long rangeVarint() {
    long value = Varint.read(buffer, rangePosition);
    rangePosition += Varint.encodedBytes(buffer[rangePosition]);
    return value;
  }

  private boolean path() {
    if (end - position < Long.BYTES) {
      return false;
    }
    first = BigEndian.getLong(buffer, position);
    position += Long.BYTES;
    return true;
  }

  private boolean close() {
    first = varint();
    long length = varint();
    if (first < 0 || first > 0xFFFF || length < 0 || length > Frame.CLOSE_TEXT_MAX_BYTES) {
      return false;
    }
    return data((int) length);
  }

  private boolean received() {
    first = varint();
    return first >= 0;
  }

  private boolean move() {
    long length = varint();
    return length >= 0 && length <= Frame.MOVE_MAX_BYTES && data((int) length);
  }

  private boolean message(int code) {
    type = code;
    channel = 0;
    first = 0;
    fragmentIndex = 0;
    fragmentCount = 1;
    Channel.Kind kind = kind();
    boolean fragment = (code & Frame.FRAGMENT) != 0;
    if (kind == Channel.Kind.SEQUENCED || kind == Channel.Kind.ORDERED) {
      if (position >= end) {
        return false;
      }
      channel = buffer[position++] & 0xFF;
      if (channel >= channels) {
        return false;
      }
    }
    if (kind != Channel.Kind.UNRELIABLE || fragment) {
      first = varint();
      if (first < 0) {
        return false;
      }
    }
    if (fragment && (carrier == Carrier.STREAM || !fragment())) {
      return false;
    }
    long length = (code & Frame.HAS_LENGTH) != 0 ? varint() : end - position;
    if (length < 0 || length > end - position || fragment && length < fragmentMinBytes()) {
      return false;
    }
    return data((int) length);
  }

  private int fragmentMinBytes() {
    return fragmentIndex < fragmentCount - 1 ? Frame.FRAGMENT_MIN_BYTES : 1;
  }

  private boolean fragment() {
    long index = varint();
    long count = varint();
    if (count < 2 || count > Frame.MAX_FRAGMENTS || index < 0 || index >= count) {
      return false;
    }
    fragmentIndex = (int) index;
    fragmentCount = (int) count;
    return true;
  }

  private boolean data(int length) {
    if (length > end - position) {
      return false;
    }
    dataOffset = position;
    dataLength = length;
    position += length;
    return true;
  }

  /** ACK: the largest number acknowledged. */
  public long ackLargest() {
    return first;
  }

  /** ACK: how long the receiver held it back, in microseconds, as claimed. */
  public long ackDelayMicros() {
    return second;
  }

  /** ACK, after {@link #nextAckRange}: the smallest number of the range. */
  public long ackRangeSmallest() {
    return rangeSmallest;
  }

  /** ACK, after {@link #nextAckRange}: the largest number of the range. */
  public long ackRangeLargest() {
    return rangeLargest;
  }

  /** PATH_CHALLENGE, PATH_RESPONSE: the 8 bytes, big-endian. */
  public long pathToken() {
    return first;
  }

  /** CLOSE: the code, 0 to 65535. */
  public int closeCode() {
    return (int) first;
  }

  /** CLOSE: the text; malformed UTF-8 is replaced. */
  public String closeText() {
    return new String(buffer, dataOffset, dataLength, StandardCharsets.UTF_8);
  }

  /** RECEIVED: the count. */
  public long receivedCount() {
    return first;
  }

  /** MESSAGE: its delivery guarantee. */
  public Channel.Kind kind() {
    return KINDS[type >>> Frame.KIND_SHIFT & 0b11];
  }

  /** MESSAGE: the channel number; 0 for kinds without. */
  public int channel() {
    return channel;
  }

  /** MESSAGE: the id; 0 for a whole unreliable message, which has none. */
  public long id() {
    return first;
  }

  /** MESSAGE: true if it is a slice. */
  public boolean isFragment() {
    return (type & Frame.FRAGMENT) != 0;
  }

  /** MESSAGE: which slice, 0 to {@link #fragmentCount} - 1. */
  public int fragmentIndex() {
    return fragmentIndex;
  }

  /** MESSAGE: how many slices, 2 to 64; 1 for a whole message. */
  public int fragmentCount() {
    return fragmentCount;
  }

  /** MESSAGE, MOVE: the array that holds the data. */
  public byte[] buffer() {
    return buffer;
  }

  /** MESSAGE, MOVE: where the data starts in {@link #buffer}. */
  public int dataOffset() {
    return dataOffset;
  }

  /** MESSAGE, MOVE: how many bytes of data, possibly 0. */
  public int dataLength() {
    return dataLength;
  }
}

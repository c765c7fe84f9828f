package dev.skein.protocol.packet;

import dev.skein.protocol.Channel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Writes frames into one packet or record after another (PROTOCOL §7). A cursor over the caller's
 * array; the caller asks for a frame's size first and writes only what fits, so that an overrun is
 * a mistake of the caller and throws. Not thread-safe.
 */
public final class FrameWriter {
  private static final int NONE = -1;

  private byte[] buffer = new byte[0];
  private int start;
  private int position;
  private int end;

  private int lastLengthPosition = NONE;
  private int lastTypePosition;
  private int rangeCountPosition;
  private int ranges;
  private long lastRangeSmallest;

  /** Starts over: the frames go into {@code buffer}, from {@code offset} up to {@code limit}. */
  public void reset(byte[] buffer, int offset, int limit) {
    this.buffer = buffer;
    this.start = offset;
    this.position = offset;
    this.end = limit;
    this.lastLengthPosition = NONE;
  }

  /**
   * Leaves out the length of the last frame if it is a MESSAGE, whose data then reaches to the end.
   * Nothing may be written after it.
   */
  public void finish() {
    if (lastLengthPosition == NONE) {
      return;
    }
    int lengthBytes = Varint.encodedBytes(buffer[lastLengthPosition]);
    int dataStart = lastLengthPosition + lengthBytes;
    System.arraycopy(buffer, dataStart, buffer, lastLengthPosition, position - dataStart);
    buffer[lastTypePosition] &= ~Frame.HAS_LENGTH;
    position -= lengthBytes;
    lastLengthPosition = NONE;
    end = position;
  }

  /** Where the next frame goes. */
  public int position() {
    return position;
  }

  /** Bytes written since {@link #reset}. */
  public int written() {
    return position - start;
  }

  /** Bytes that still fit. */
  public int remaining() {
    return end - position;
  }

  public void padding(int bytes) {
    require(bytes);
    lastLengthPosition = NONE;
    Arrays.fill(buffer, position, position + bytes, (byte) Frame.CODE_PADDING);
    position += bytes;
  }

  public void ping() {
    begin(Frame.CODE_PING);
  }

  public void pong() {
    begin(Frame.CODE_PONG);
  }

  public void pathChallenge(long token) {
    path(Frame.CODE_PATH_CHALLENGE, token);
  }

  public void pathResponse(long token) {
    path(Frame.CODE_PATH_RESPONSE, token);
  }

  private void path(int code, long token) {
    require(Frame.PATH_BYTES);
    begin(code);
    BigEndian.putLong(buffer, position, token);
    position += Long.BYTES;
  }

  /** Bytes of a CLOSE. */
  public static int closeBytes(int code, int textBytes) {
    return 1 + Varint.size(code) + Varint.size(textBytes) + textBytes;
  }

  /** A text for a CLOSE as UTF-8; one that is too long is cut between two characters. */
  public static byte[] closeText(String text) {
    byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
    int length = Math.min(utf8.length, Frame.CLOSE_TEXT_MAX_BYTES);
    while (length < utf8.length && isContinuation(utf8[length])) {
      length--;
    }
    return Arrays.copyOf(utf8, length);
  }

  private static boolean isContinuation(byte utf8) {
    return (utf8 & 0xC0) == 0x80;
  }

  /** Writes a CLOSE; the text is UTF-8, at most {@link Frame#CLOSE_TEXT_MAX_BYTES}. */
  public void close(int code, byte[] text) {
    begin(Frame.CODE_CLOSE);
    varint(code);
    varint(text.length);
    bytes(text, 0, text.length);
  }

  /** Writes a MOVE; its body is at most {@link Frame#MOVE_MAX_BYTES}. */
  public void move(byte[] body) {
    begin(Frame.CODE_MOVE);
    varint(body.length);
    bytes(body, 0, body.length);
  }

  /** Writes a RECEIVED. */
  public void received(long count) {
    begin(Frame.CODE_RECEIVED);
    varint(count);
  }

  /**
   * Starts an ACK with its first range, {@code smallest} to {@code largest} inclusive. The caller
   * has made sure of {@link #ackBytes} bytes.
   */
  public void ack(long smallest, long largest, long delayMicros) {
    begin(Frame.CODE_ACK);
    varint(largest);
    varint(delayMicros);
    rangeCountPosition = position;
    ranges = 0;
    put(0);
    varint(largest - smallest);
    lastRangeSmallest = smallest;
  }

  /** Bytes of an ACK with one range. */
  public static int ackBytes(long smallest, long largest, long delayMicros) {
    return 2 + Varint.size(largest) + Varint.size(delayMicros) + Varint.size(largest - smallest);
  }

  /**
   * Adds the next lower range to the ACK just started.
   *
   * @return false, writing nothing, if it does not fit or the ACK is full
   */
  public boolean ackRange(long smallest, long largest) {
    long gap = lastRangeSmallest - largest - 2;
    long more = largest - smallest;
    if (ranges == Frame.ACK_MAX_RANGES - 1
        || Varint.size(gap) + Varint.size(more) > end - position) {
      return false;
    }
    varint(gap);
    varint(more);
    lastRangeSmallest = smallest;
    buffer[rangeCountPosition] = (byte) ++ranges;
    return true;
  }

  /** Bytes of a whole MESSAGE before its data. */
  public static int messageHeaderBytes(Channel.Kind kind, long id, int length, boolean hasLength) {
    return idBytes(kind, false, id) + (hasLength ? Varint.size(length) : 0);
  }

  /** Bytes of a fragment's MESSAGE before its data. */
  public static int fragmentHeaderBytes(Channel.Kind kind, long id, int length, boolean hasLength) {
    // Index and count are at most 64, which takes two bytes only for the count 64 itself.
    return idBytes(kind, true, id) + 3 + (hasLength ? Varint.size(length) : 0);
  }

  private static int idBytes(Channel.Kind kind, boolean fragment, long id) {
    boolean withChannel = kind == Channel.Kind.SEQUENCED || kind == Channel.Kind.ORDERED;
    boolean withId = fragment || kind != Channel.Kind.UNRELIABLE;
    return 1 + (withChannel ? 1 : 0) + (withId ? Varint.size(id) : 0);
  }

  /**
   * Writes a whole message.
   *
   * @param id ignored for {@code UNRELIABLE}
   * @param hasLength false only for the last frame of a packet or record
   */
  public void message(
      Channel channel, long id, byte[] data, int offset, int length, boolean hasLength) {
    Channel.Kind kind = channel.kind();
    int start = position;
    begin(type(kind, 0, hasLength));
    if (kind == Channel.Kind.SEQUENCED || kind == Channel.Kind.ORDERED) {
      put(channel.id());
    }
    if (kind != Channel.Kind.UNRELIABLE) {
      varint(id);
    }
    data(start, data, offset, length, hasLength);
  }

  /** Writes one slice of a message; parameters as for {@link #message}. */
  public void fragment(
      Channel channel,
      long id,
      int index,
      int count,
      byte[] data,
      int offset,
      int length,
      boolean hasLength) {
    Channel.Kind kind = channel.kind();
    int start = position;
    begin(type(kind, Frame.FRAGMENT, hasLength));
    if (kind == Channel.Kind.SEQUENCED || kind == Channel.Kind.ORDERED) {
      put(channel.id());
    }
    varint(id);
    varint(index);
    varint(count);
    data(start, data, offset, length, hasLength);
  }

  /** Writes whole frames that were written before. */
  public void frames(byte[] frames, int length) {
    lastLengthPosition = NONE;
    bytes(frames, 0, length);
  }

  private static int type(Channel.Kind kind, int fragment, boolean hasLength) {
    return Frame.CODE_MESSAGE
        | kind.ordinal() << Frame.KIND_SHIFT
        | fragment
        | (hasLength ? Frame.HAS_LENGTH : 0);
  }

  private void data(int frame, byte[] data, int offset, int length, boolean hasLength) {
    if (hasLength) {
      lastTypePosition = frame;
      lastLengthPosition = position;
      varint(length);
    }
    bytes(data, offset, length);
  }

  private void bytes(byte[] data, int offset, int length) {
    require(length);
    System.arraycopy(data, offset, buffer, position, length);
    position += length;
  }

  private void varint(long value) {
    require(Varint.size(value));
    position = Varint.write(buffer, position, value);
  }

  private void begin(int code) {
    put(code);
    lastLengthPosition = NONE;
  }

  private void put(int value) {
    require(1);
    buffer[position++] = (byte) value;
  }

  private void require(int bytes) {
    if (bytes > end - position) {
      throw new IndexOutOfBoundsException(
          "frame needs " + bytes + " bytes, " + (end - position) + " are left");
    }
  }
}

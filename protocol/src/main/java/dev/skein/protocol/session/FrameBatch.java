package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import dev.skein.protocol.packet.Carrier;
import dev.skein.protocol.packet.FrameReader;
import dev.skein.protocol.packet.FrameWriter;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.IntPredicate;

/**
 * Small unreliable messages for many sessions, encoded once as the frames that carry them; a
 * session copies them into a datagram or record as they are. Filled by one thread; once it has been
 * sent it must not be changed.
 */
public final class FrameBatch {
  /** The most bytes of frames, so that a batch always fits into one datagram. */
  public static final int MAX_BYTES = Outgoing.FRAGMENT_MAX_BYTES;

  private static final int INITIAL_MESSAGES = 8;

  private final byte[] frames;
  private int[] ends = new int[INITIAL_MESSAGES];
  private int count;

  /** An empty batch. */
  public FrameBatch() {
    this(MAX_BYTES);
  }

  private FrameBatch(int bytes) {
    frames = new byte[bytes];
  }

  /** True if a message of this length fits into an empty batch. */
  public static boolean canHold(int messageBytes) {
    return frameBytes(messageBytes) <= MAX_BYTES;
  }

  /**
   * Adds a message.
   *
   * @return false, adding nothing, if there is no room for it
   */
  public boolean offer(byte[] message) {
    int start = length();
    int bytes = frameBytes(message.length);
    if (bytes > frames.length - start) {
      return false;
    }
    FrameWriter writer = new FrameWriter();
    writer.reset(frames, start, frames.length);
    writer.message(Channel.UNRELIABLE, 0, message, 0, message.length, true);
    end(start + bytes);
    return true;
  }

  /** A batch of the messages whose place, counted from 0, passes the test. */
  public FrameBatch only(IntPredicate wanted) {
    FrameBatch some = new FrameBatch(length());
    for (int i = 0; i < count; i++) {
      if (wanted.test(i)) {
        int from = start(i);
        int bytes = ends[i] - from;
        System.arraycopy(frames, from, some.frames, some.length(), bytes);
        some.end(some.length() + bytes);
      }
    }
    return some;
  }

  /** Calls back with each message. */
  public void forEach(Consumer<byte[]> consumer) {
    FrameReader reader = new FrameReader(Carrier.DATAGRAM, 1);
    reader.reset(frames, 0, length());
    for (int i = 0; i < count; i++) {
      reader.next();
      int from = reader.dataOffset();
      consumer.accept(Arrays.copyOfRange(frames, from, from + reader.dataLength()));
    }
  }

  public boolean isEmpty() {
    return count == 0;
  }

  /** How many messages it holds. */
  public int count() {
    return count;
  }

  byte[] frames() {
    return frames;
  }

  /** Bytes of all frames. */
  int length() {
    return count == 0 ? 0 : ends[count - 1];
  }

  private int start(int message) {
    return message == 0 ? 0 : ends[message - 1];
  }

  private void end(int at) {
    if (count == ends.length) {
      ends = Arrays.copyOf(ends, 2 * count);
    }
    ends[count++] = at;
  }

  private static int frameBytes(int messageBytes) {
    return messageBytes
        + FrameWriter.messageHeaderBytes(Channel.Kind.UNRELIABLE, 0, messageBytes, true);
  }
}

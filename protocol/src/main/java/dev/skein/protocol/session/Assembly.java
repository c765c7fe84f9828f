package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import dev.skein.protocol.packet.FrameReader;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** A message that cannot be delivered yet: whole but early, or some of its fragments. */
final class Assembly {
  private static final byte[] NO_BYTES = {};

  private final byte[] @Nullable [] parts;
  private int partBytes;
  private int lastBytes;
  private long present;
  private int bytes;

  /** What an unreliable assembly is found by; reliable ones are found by their place. */
  final Channel.Kind kind;

  final int channel;
  final long id;

  @Nullable Assembly next;

  /** An empty one for the message this frame belongs to. */
  Assembly(FrameReader frame) {
    kind = frame.kind();
    channel = frame.channel();
    id = frame.id();
    parts = new byte[frame.fragmentCount()][];
  }

  /** Bytes held, with what each message counts beyond its own. */
  int weight() {
    return bytes + Outgoing.OVERHEAD_BYTES;
  }

  int bytes() {
    return bytes;
  }

  boolean isComplete() {
    return Long.bitCount(present) == parts.length;
  }

  boolean isFor(FrameReader frame) {
    return id == frame.id() && channel == frame.channel() && kind == frame.kind();
  }

  /** True if this frame can be part of the same message as those before. */
  boolean agrees(FrameReader frame) {
    if (frame.fragmentCount() != parts.length) {
      return false;
    }
    int length = frame.dataLength();
    if (isLast(frame)) {
      return partBytes == 0 || length <= partBytes;
    }
    return partBytes == 0 ? length >= lastBytes : length == partBytes;
  }

  private boolean isLast(FrameReader frame) {
    return frame.fragmentIndex() == parts.length - 1;
  }

  boolean has(int index) {
    return (present & 1L << index) != 0;
  }

  /** Copies a part that is not there yet. */
  void add(FrameReader frame) {
    int from = frame.dataOffset();
    parts[frame.fragmentIndex()] =
        Arrays.copyOfRange(frame.buffer(), from, from + frame.dataLength());
    if (isLast(frame)) {
      lastBytes = frame.dataLength();
    } else {
      partBytes = frame.dataLength();
    }
    present |= 1L << frame.fragmentIndex();
    bytes += frame.dataLength();
  }

  /** The message, once {@link #isComplete}. */
  byte[] join() {
    byte[] first = parts[0];
    if (parts.length == 1) {
      return first == null ? NO_BYTES : first;
    }
    byte[] whole = new byte[bytes];
    int at = 0;
    for (byte[] part : parts) {
      if (part != null) {
        System.arraycopy(part, 0, whole, at, part.length);
        at += part.length;
      }
    }
    return whole;
  }
}

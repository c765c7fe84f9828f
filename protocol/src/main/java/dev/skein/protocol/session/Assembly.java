package dev.skein.protocol.session;

import dev.skein.protocol.Channel;
import dev.skein.protocol.packet.Frame;
import dev.skein.protocol.packet.FrameReader;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  /** One that another session held; {@link #isSliced} is true of its parts. */
  Assembly(SessionState.Early held) {
    kind = held.channel().kind();
    channel = held.channel().id();
    id = held.id();
    present = held.present();
    parts = new byte[held.parts().size()][];
    for (int i = 0; i < parts.length; i++) {
      if (has(i)) {
        byte[] part = held.parts().get(i);
        parts[i] = part;
        bytes += part.length;
        if (i == parts.length - 1) {
          lastBytes = part.length;
        } else {
          partBytes = part.length;
        }
      }
    }
  }

  /** What another session needs to go on with it. */
  SessionState.Early carry(Channel of) {
    List<byte[]> carried = new ArrayList<>();
    for (byte[] part : parts) {
      carried.add(part == null ? NO_BYTES : part);
    }
    return new SessionState.Early(of, id, carried, present);
  }

  /** True if these can be the parts of one message (PROTOCOL §7). */
  static boolean isSliced(List<byte[]> parts, long present, int maxBytes) {
    int slice = -1;
    int total = 0;
    for (int i = 0; i < parts.size() - 1; i++) {
      int length = parts.get(i).length;
      total += length;
      if ((present & 1L << i) != 0) {
        if (length < Frame.FRAGMENT_MIN_BYTES || slice >= 0 && slice != length) {
          return false;
        }
        slice = length;
      }
    }
    int last = parts.isEmpty() ? 0 : parts.getLast().length;
    boolean lastFits = slice < 0 || last <= slice;
    boolean lastThere = parts.size() <= 1 || (present >>> parts.size() - 1 == 0) == (last == 0);
    return lastFits && lastThere && total + last <= maxBytes;
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

package dev.skein.room;

import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a room with backups has told of late, and how much it has told each member so far: what a
 * line or a member has missed is told again from here. The room's node and its backups each keep
 * one, and come to the same from the same frames. Confined to the shard of the room or of its
 * backup.
 */
final class FrameLog {
  /** Frames are kept for so long. */
  static final long KEPT_MILLIS = 30_000;

  /** So many bytes of them are kept; the oldest go first. */
  static final int KEPT_MAX_BYTES = 4 << 20;

  private static final int FRAME_OVERHEAD_BYTES = 32;

  private final ArrayDeque<Kept> kept = new ArrayDeque<>();
  private final Map<Integer, Long> toldOne = new HashMap<>();
  private final Map<Long, Long> dropped = new HashMap<>();
  private long toldAll;
  private long droppedOfAll;
  private long last;
  private int keptBytes;

  private record Kept(Frame frame, long atMillis) {
    int bytes() {
      return frame.bytes().length + FRAME_OVERHEAD_BYTES;
    }
  }

  /** The number of the last frame. */
  long last() {
    return last;
  }

  /** Adds a frame; one that is there already comes to nothing. */
  void append(Frame frame, long nowMillis) {
    if (frame.seq() <= last) {
      return;
    }
    last = frame.seq();
    count(frame);
    Kept more = new Kept(frame, nowMillis);
    kept.addLast(more);
    keptBytes += more.bytes();
    while (keptBytes > KEPT_MAX_BYTES || kept.getFirst().atMillis < nowMillis - KEPT_MILLIS) {
      dropFirst();
    }
  }

  private void count(Frame frame) {
    switch (frame.kind()) {
      case ALL -> {
        toldAll++;
        toldOne.computeIfPresent(frame.member(), (member, more) -> more - 1);
      }
      case ONE -> toldOne.computeIfPresent(frame.member(), (member, more) -> more + 1);
      case SEAT -> toldOne.put(frame.member(), -toldAll);
      case VACATE -> toldOne.remove(frame.member());
      case NOTE -> {}
    }
  }

  private void dropFirst() {
    Kept first = kept.removeFirst();
    keptBytes -= first.bytes();
    if (first.frame.kind() == Frame.Kind.ALL) {
      droppedOfAll = first.frame.seq();
    } else if (first.frame.line() != 0) {
      dropped.put(first.frame.line(), first.frame.seq());
    }
  }

  /** The line is no more. */
  void forget(long line) {
    dropped.remove(line);
  }

  /**
   * The frames for a line after one and up to another; empty if some of them are not kept.
   *
   * @param since the first that may be for the line
   */
  Optional<List<Frame>> between(long line, long since, long after, long last) {
    long lost = Math.max(droppedOfAll >= since ? droppedOfAll : 0, dropped.getOrDefault(line, 0L));
    if (lost > after) {
      return Optional.empty();
    }
    List<Frame> frames = new ArrayList<>();
    Iterator<Kept> backwards = kept.descendingIterator();
    while (backwards.hasNext()) {
      Frame frame = backwards.next().frame;
      if (frame.seq() <= after) {
        break;
      }
      boolean isForIt =
          frame.kind() == Frame.Kind.ALL ? frame.seq() >= since : frame.line() == line;
      if (isForIt && frame.seq() <= last) {
        frames.add(frame);
      }
    }
    return Optional.of(frames.reversed());
  }

  /**
   * The pushes for a member that has got so many of them since it came; empty if some that it has
   * not got are not kept.
   */
  Optional<List<byte[]>> missed(int member, long got) {
    Long more = toldOne.get(member);
    long missing = more == null ? -1 : toldAll + more - got;
    if (missing < 0) {
      return Optional.empty();
    }
    List<byte[]> pushes = new ArrayList<>();
    Iterator<Kept> backwards = kept.descendingIterator();
    while (pushes.size() < missing && backwards.hasNext()) {
      Frame frame = backwards.next().frame;
      boolean isForIt =
          switch (frame.kind()) {
            case ALL -> frame.member() != member;
            case ONE -> frame.member() == member;
            case SEAT, VACATE, NOTE -> false;
          };
      if (isForIt) {
        pushes.add(frame.bytes());
      }
    }
    return pushes.size() < missing ? Optional.empty() : Optional.of(pushes.reversed());
  }

  byte[] encode(long nowMillis) {
    PayloadWriter out = new PayloadWriter();
    out.varint(last).varint(toldAll).varint(droppedOfAll);
    out.varint(toldOne.size());
    toldOne.forEach((member, more) -> out.varint(member).i64(more));
    out.varint(dropped.size());
    dropped.forEach((line, seq) -> out.i64(line).varint(seq));
    for (Kept each : kept) {
      out.varint(Math.max(0, nowMillis - each.atMillis));
      each.frame.write(out);
    }
    return out.toBytes();
  }

  /** What {@link #encode} wrote. */
  static FrameLog decode(byte[] bytes, long nowMillis) {
    PayloadReader in = new PayloadReader(bytes);
    FrameLog log = new FrameLog();
    log.last = in.varint();
    log.toldAll = in.varint();
    log.droppedOfAll = in.varint();
    for (int left = in.varint(RoomOptions.MEMBERS_MAX_COUNT); left > 0; left--) {
      log.toldOne.put(in.varint(Integer.MAX_VALUE), in.i64());
    }
    for (int left = in.varint(Integer.MAX_VALUE); left > 0 && in.ok(); left--) {
      log.dropped.put(in.i64(), in.varint());
    }
    while (in.remaining() > 0) {
      long atMillis = nowMillis - in.varint();
      Kept each = new Kept(Frame.read(in), atMillis);
      log.kept.addLast(each);
      log.keptBytes += each.bytes();
    }
    return log;
  }
}

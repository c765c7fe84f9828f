package dev.skein.room;

import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * One reliable thing that a room with backups tells. Frames are numbered in the order they are told
 * in; every line carries those that are for its node.
 *
 * @param seq the number, from 1
 * @param line the line it is for; of {@link Kind#ALL} 0: every line that was there before it
 * @param member the member it is for or about; of {@link Kind#ALL} the one it is not for, or 0
 * @param bytes a push for one or all, else an encoded {@link RoomMail}
 */
@SuppressWarnings("ArrayRecordComponent")
record Frame(long seq, Kind kind, long line, int member, byte[] bytes) {

  /** Whom a frame is for. */
  enum Kind {
    /** A push for every member but one. */
    ALL,
    /** A push for one member. */
    ONE,
    /** Mail for a line: the member has come into the room. */
    SEAT,
    /** Mail for a line: the member is out of the room. */
    VACATE,
    /** Other mail for a line. */
    NOTE
  }

  private static final Kind[] KINDS = Kind.values();

  /** What is said over a line about it. */
  RoomMail over(long number, RoomOptions options) {
    Channel channel = Channel.ordered(options.channel());
    return switch (kind) {
      case ALL -> new RoomMail.ToAll(number, channel, member, bytes);
      case ONE -> new RoomMail.ToOne(number, channel, member, bytes);
      case SEAT, VACATE, NOTE -> RoomMail.decode(bytes);
    };
  }

  void write(PayloadWriter out) {
    out.u8(kind.ordinal()).varint(seq).i64(line).varint(member).blob(bytes);
  }

  static Frame read(PayloadReader in) {
    Kind kind = KINDS[in.u8() % KINDS.length];
    return new Frame(
        in.varint(), kind, in.i64(), in.varint(Integer.MAX_VALUE), in.blob(RoomMail.MAX_BYTES));
  }

  /** Several as bytes. */
  static byte[] encode(Collection<Frame> frames) {
    PayloadWriter out = new PayloadWriter();
    frames.forEach(each -> each.write(out));
    return out.toBytes();
  }

  /** What {@link #encode} wrote. */
  static List<Frame> decode(byte[] bytes) {
    PayloadReader in = new PayloadReader(bytes);
    List<Frame> frames = new ArrayList<>();
    while (in.remaining() > 0) {
      frames.add(read(in));
    }
    return frames;
  }
}

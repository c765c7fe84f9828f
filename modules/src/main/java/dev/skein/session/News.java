package dev.skein.session;

import dev.skein.protocol.party.PartyWire;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What happened in a session, numbered in its one order. A session changes by its news only, so
 * every copy of it that has heard the same news is the same. Immutable.
 */
sealed interface News {
  /** The longest name of a node: its address and id. */
  int NODE_MAX_BYTES = 300;

  /** The longest sid. */
  int SID_MAX_BYTES = 64;

  /** Somebody came in. */
  @SuppressWarnings("ArrayRecordComponent")
  record Joined(String uid, String sid, String node, long atMillis, byte[] message)
      implements News {}

  /** A member is on this node now: it moved there, or came back. */
  record Attached(String uid, String sid, String node) implements News {}

  /** A member's node is gone; it may come back for a while. */
  record Lost(String uid, long atMillis) implements News {}

  /** A member is out. */
  @SuppressWarnings("ArrayRecordComponent")
  record Left(String uid, LeaveReason reason, byte[] message) implements News {}

  /** Another member owns the session. */
  record Owned(String uid) implements News {}

  /** Properties changed; an empty value: removed. */
  record Changed(Map<String, Optional<Value>> changes) implements News {}

  /** A member said something to all. */
  @SuppressWarnings("ArrayRecordComponent")
  record Said(String uid, byte[] data) implements News {}

  /** A member said something to some. */
  @SuppressWarnings("ArrayRecordComponent")
  record Told(String uid, List<String> uids, byte[] data) implements News {}

  /** The server said something to all. */
  @SuppressWarnings("ArrayRecordComponent")
  record Announced(byte[] data) implements News {}

  /** Somebody may come in until then. */
  record Invited(String uid, long untilMillis) implements News {}

  /** An invitation was given back. */
  @SuppressWarnings("ArrayRecordComponent")
  record Declined(String uid, byte[] message) implements News {}

  /** The bytes of one piece of news. */
  default byte[] encode() {
    PayloadWriter out = new PayloadWriter();
    switch (this) {
      case Joined(String uid, String sid, String node, long atMillis, byte[] message) ->
          out.u8(1).string(uid).string(sid).string(node).i64(atMillis).raw(message);
      case Attached(String uid, String sid, String node) ->
          out.u8(2).string(uid).string(sid).string(node);
      case Lost(String uid, long atMillis) -> out.u8(3).string(uid).i64(atMillis);
      case Left(String uid, LeaveReason reason, byte[] message) ->
          out.u8(4).string(uid).u8(reason.code()).raw(message);
      case Owned(String uid) -> out.u8(5).string(uid);
      case Changed(Map<String, Optional<Value>> changes) ->
          PartyWire.writeChanges(out.u8(6), changes);
      case Said(String uid, byte[] data) -> out.u8(7).string(uid).raw(data);
      case Told(String uid, List<String> uids, byte[] data) -> {
        out.u8(8).string(uid).strings(uids);
        out.raw(data);
      }
      case Announced(byte[] data) -> out.u8(9).raw(data);
      case Invited(String uid, long untilMillis) -> out.u8(10).string(uid).i64(untilMillis);
      case Declined(String uid, byte[] message) -> out.u8(11).string(uid).raw(message);
    }
    return out.toBytes();
  }

  /**
   * What {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if the bytes are no news: another version wrote them
   */
  static News decode(byte[] bytes) {
    PayloadReader in = new PayloadReader(bytes);
    News news =
        switch (in.u8()) {
          case 1 -> new Joined(uid(in), in.string(SID_MAX_BYTES), node(in), in.i64(), in.rest());
          case 2 -> new Attached(uid(in), in.string(SID_MAX_BYTES), node(in));
          case 3 -> new Lost(uid(in), in.i64());
          case 4 -> new Left(uid(in), LeaveReason.of(in.u8()).orElse(LeaveReason.LEFT), in.rest());
          case 5 -> new Owned(uid(in));
          case 6 -> new Changed(PartyWire.readChanges(in));
          case 7 -> new Said(uid(in), in.rest());
          case 8 ->
              new Told(uid(in), PartyWire.readStrings(in, PartyWire.UID_MAX_BYTES), in.rest());
          case 9 -> new Announced(in.rest());
          case 10 -> new Invited(uid(in), in.i64());
          case 11 -> new Declined(uid(in), in.rest());
          default -> throw new IllegalArgumentException("no news of a session");
        };
    if (!in.finished()) {
      throw new IllegalArgumentException("no news of a session");
    }
    return news;
  }

  /** Appends several. */
  static void write(PayloadWriter out, List<News> news) {
    out.varint(news.size());
    news.forEach(each -> out.blob(each.encode()));
  }

  /** Reads several. */
  static List<News> read(PayloadReader in) {
    int count = in.varint(Integer.MAX_VALUE);
    List<News> news = new ArrayList<>();
    for (int i = 0; i < count && in.ok(); i++) {
      byte[] bytes = in.blob(Integer.MAX_VALUE);
      if (in.ok()) {
        news.add(decode(bytes));
      }
    }
    return news;
  }

  private static String uid(PayloadReader in) {
    return in.string(PartyWire.UID_MAX_BYTES);
  }

  private static String node(PayloadReader in) {
    return in.string(NODE_MAX_BYTES);
  }
}

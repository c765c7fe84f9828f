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
 * What a node asks of a session, wherever it lives. An empty {@code by} is the server. Immutable.
 */
sealed interface Operation {

  /** Makes the session; nobody is in it yet, but its maker (if there is one) is invited. */
  record Create(Terms terms, String maker) implements Operation {}

  /** A user wants to come in. Answered with the session as it is then. */
  @SuppressWarnings("ArrayRecordComponent")
  record Join(String uid, String sid, String node, byte[] message) implements Operation {}

  /** A member is on this node now. Answered with the session as it is then. */
  record Attach(String uid, String sid, String node) implements Operation {}

  /** A member is on no node, but may come back; of an older login of its uid nothing happens. */
  record Lose(String uid, String sid) implements Operation {}

  /** A node is gone, and the members it had may come back. */
  record LoseNode(String node) implements Operation {}

  /** A member goes; refused if a newer login than {@code sid} (empty: any) is in its place. */
  @SuppressWarnings("ArrayRecordComponent")
  record Leave(String uid, String sid, LeaveReason reason, byte[] message) implements Operation {}

  /** Somebody removes a member. */
  @SuppressWarnings("ArrayRecordComponent")
  record Kick(String by, String uid, byte[] message) implements Operation {}

  /** Somebody makes a member the owner. */
  record ChangeOwner(String by, String uid) implements Operation {}

  /** A member says something to all. */
  @SuppressWarnings("ArrayRecordComponent")
  record Say(String uid, byte[] data) implements Operation {}

  /** A member says something to some. */
  @SuppressWarnings("ArrayRecordComponent")
  record Tell(String uid, List<String> uids, byte[] data) implements Operation {}

  /** The server says something to all. */
  @SuppressWarnings("ArrayRecordComponent")
  record Announce(byte[] data) implements Operation {}

  /** Somebody lets others come in. */
  record Invite(String by, List<String> uids) implements Operation {}

  /** An invitation is given back. */
  @SuppressWarnings("ArrayRecordComponent")
  record Decline(String uid, byte[] message) implements Operation {}

  /** Somebody sets properties; an empty value removes. */
  record Change(String by, Map<String, Optional<Value>> changes) implements Operation {}

  /** Somebody sets a property if it still is as expected. */
  record Replace(String by, String key, Optional<Value> expected, Value value)
      implements Operation {}

  /** Somebody adds to a number. */
  record Increment(String by, String key, Value delta) implements Operation {}

  /** Lets time do its work, and the session live on. */
  record Touch() implements Operation {}

  /** The server ends the session. */
  @SuppressWarnings("ArrayRecordComponent")
  record Close(byte[] message) implements Operation {}

  /** The bytes of one operation. */
  default byte[] encode() {
    PayloadWriter out = new PayloadWriter();
    switch (this) {
      case Create(Terms terms, String maker) -> terms.write(out.u8(1).string(maker));
      case Join(String uid, String sid, String node, byte[] message) ->
          out.u8(2).string(uid).string(sid).string(node).raw(message);
      case Attach(String uid, String sid, String node) ->
          out.u8(3).string(uid).string(sid).string(node);
      case Lose(String uid, String sid) -> out.u8(4).string(uid).string(sid);
      case LoseNode(String node) -> out.u8(5).string(node);
      case Leave(String uid, String sid, LeaveReason reason, byte[] message) ->
          out.u8(6).string(uid).string(sid).u8(reason.code()).raw(message);
      case Kick(String by, String uid, byte[] message) ->
          out.u8(7).string(by).string(uid).raw(message);
      case ChangeOwner(String by, String uid) -> out.u8(8).string(by).string(uid);
      case Say(String uid, byte[] data) -> out.u8(9).string(uid).raw(data);
      case Tell(String uid, List<String> uids, byte[] data) -> {
        out.u8(10).string(uid).strings(uids);
        out.raw(data);
      }
      case Announce(byte[] data) -> out.u8(11).raw(data);
      case Invite(String by, List<String> uids) -> out.u8(12).string(by).strings(uids);
      case Decline(String uid, byte[] message) -> out.u8(13).string(uid).raw(message);
      case Change(String by, Map<String, Optional<Value>> changes) ->
          PartyWire.writeChanges(out.u8(14).string(by), changes);
      case Replace(String by, String key, Optional<Value> expected, Value value) ->
          out.u8(15).string(by).string(key).optionalValue(expected).value(value);
      case Increment(String by, String key, Value delta) ->
          out.u8(16).string(by).string(key).value(delta);
      case Touch() -> out.u8(17);
      case Close(byte[] message) -> out.u8(18).raw(message);
    }
    return out.toBytes();
  }

  /**
   * What {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if the bytes are no operation: another version wrote them
   */
  static Operation decode(byte[] bytes) {
    PayloadReader in = new PayloadReader(bytes);
    Operation operation =
        switch (in.u8()) {
          case 1 -> {
            String maker = uid(in);
            yield new Create(Terms.read(in), maker);
          }
          case 2 -> new Join(uid(in), sid(in), node(in), in.rest());
          case 3 -> new Attach(uid(in), sid(in), node(in));
          case 4 -> new Lose(uid(in), sid(in));
          case 5 -> new LoseNode(node(in));
          case 6 ->
              new Leave(
                  uid(in), sid(in), LeaveReason.of(in.u8()).orElse(LeaveReason.LEFT), in.rest());
          case 7 -> new Kick(uid(in), uid(in), in.rest());
          case 8 -> new ChangeOwner(uid(in), uid(in));
          case 9 -> new Say(uid(in), in.rest());
          case 10 -> new Tell(uid(in), uids(in), in.rest());
          case 11 -> new Announce(in.rest());
          case 12 -> new Invite(uid(in), uids(in));
          case 13 -> new Decline(uid(in), in.rest());
          case 14 -> new Change(uid(in), PartyWire.readChanges(in));
          case 15 ->
              new Replace(
                  uid(in),
                  key(in),
                  in.optionalValue(PartyWire.MAX_BYTES),
                  in.value(PartyWire.MAX_BYTES));
          case 16 -> new Increment(uid(in), key(in), in.value(PartyWire.MAX_BYTES));
          case 17 -> new Touch();
          case 18 -> new Close(in.rest());
          default -> throw new IllegalArgumentException("no operation on a session");
        };
    if (!in.finished()) {
      throw new IllegalArgumentException("no operation on a session");
    }
    return operation;
  }

  /** Several in one, to be done one right after the other. */
  static byte[] encodeAll(List<Operation> operations) {
    PayloadWriter out = new PayloadWriter().varint(operations.size());
    operations.forEach(each -> out.blob(each.encode()));
    return out.toBytes();
  }

  /** What {@link #encodeAll} wrote. */
  static List<Operation> decodeAll(byte[] bytes) {
    PayloadReader in = new PayloadReader(bytes);
    int count = in.varint(Integer.MAX_VALUE);
    List<Operation> operations = new ArrayList<>();
    for (int i = 0; i < count && in.ok(); i++) {
      operations.add(decode(in.blob(Integer.MAX_VALUE)));
    }
    return operations;
  }

  private static String uid(PayloadReader in) {
    return in.string(PartyWire.UID_MAX_BYTES);
  }

  private static String sid(PayloadReader in) {
    return in.string(News.SID_MAX_BYTES);
  }

  private static String node(PayloadReader in) {
    return in.string(News.NODE_MAX_BYTES);
  }

  private static String key(PayloadReader in) {
    return in.string(PartyWire.KEY_MAX_BYTES);
  }

  private static List<String> uids(PayloadReader in) {
    return PartyWire.readStrings(in, PartyWire.UID_MAX_BYTES);
  }
}

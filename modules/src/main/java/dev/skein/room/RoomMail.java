package dev.skein.room;

import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.room.RoomWire;
import java.util.ArrayList;
import java.util.List;

/**
 * What nodes say to each other about rooms. A <em>line</em> leads from a room to one node that has
 * members of it; its number is drawn at random, so that nothing of an older line is taken for it.
 */
@SuppressWarnings("ArrayRecordComponent")
sealed interface RoomMail {
  int MAX_BYTES = 4 << 20;
  int ADDRESS_MAX_BYTES = 256;

  /** What a room tells a branch. */
  sealed interface ToBranch extends RoomMail {
    long line();
  }

  /** What is asked, and not told. */
  sealed interface Question extends RoomMail {}

  /** What others wait for: it leaves at once. */
  sealed interface Awaited extends RoomMail {}

  // From the room

  /**
   * A user of yours is a member.
   *
   * @param ref what it came for: the asker's number of the join
   * @param moved whether it was a member already, and follows from another node
   */
  record Seated(long line, BranchTerms terms, int member, String uid, long ref, boolean moved)
      implements ToBranch {}

  /**
   * A member hears nothing any more but what is for it alone.
   *
   * @param next its new node, which called its arrival {@code ref}; empty if it is out
   */
  record Unseated(long line, int member, String next, long ref) implements ToBranch {}

  /** A member's seat is to be given up. */
  record Vacated(long line, int member) implements ToBranch {}

  /** The room has heard everything that was sent to it over the line up to this number. */
  record Heard(long line, long up) implements ToBranch {}

  /**
   * The room lives on another node from now on; the last of it from the sender. A room with backups
   * tells it itself, from its new node, and again when a line has to be taken up again.
   *
   * @param term of two nodes that tell it the later is right; 0: the room has no backups
   */
  record Rehosted(long line, String host, long term) implements ToBranch {}

  /** A {@link Frame} of a room with backups. */
  record Numbered(long line, long seq, RoomMail mail) implements ToBranch {}

  /** For everyone but one; 0: for everyone. */
  record ToAll(long line, Channel channel, int except, byte[] push) implements ToBranch {}

  /** For one. */
  record ToOne(long line, Channel channel, int member, byte[] push) implements ToBranch {}

  /** How a command ended; the text of a refusal is the payload. */
  record Answer(long ref, int status, int code, byte[] payload) implements RoomMail {}

  // To the room

  /**
   * What a member's client commands.
   *
   * @param up numbers what is sent over the line, from 1; 0: it may get lost
   * @param ref of the answer; 0: nobody waits for it
   */
  record Said(long line, long up, int member, long ref, int cmd, Channel channel, byte[] payload)
      implements RoomMail {}

  /**
   * What a member has said to all who hear the room at its node; the others are to hear it, too.
   */
  record Spoken(long line, int member, byte[] push) implements RoomMail {}

  /** A member's session ended for good. */
  record Gone(long line, long up, int member) implements RoomMail {}

  /** The room has come to you, and is heard from you now, from behind the frame {@code seq} on. */
  record Attach(long line, long seq) implements RoomMail {}

  // Between any

  /** There is no such line here. */
  record NoLine(long line) implements RoomMail {}

  /** The sender has just come in sight: all lines from before are gone. */
  record Reset() implements RoomMail {}

  /** What a member that moved would have heard at its former node; {@code ref} is its arrival. */
  record Handover(long ref, boolean complete, List<Waiting.Kept> kept) implements RoomMail {}

  /** Free places of a registered room, 0 if it is full, hidden or gone. */
  record Shelved(String type, String roomId, int free) implements RoomMail {}

  /** A part of a {@link RoomCopy}, in order; {@code draft} is the sender's number of the move. */
  record CopyPart(long draft, byte[] bytes) implements RoomMail {}

  /** The room stays where it is. */
  record Withdrawn(long draft) implements RoomMail {}

  // Between a room and its backups

  /**
   * Keep the room whose {@link Transcript} has come in parts of so many bytes altogether, and what
   * is written of it from now on.
   *
   * @param ledger which keeping it is: drawn at random, so that nothing of an older one is taken
   *     for it
   * @param index of the last entry that the transcript has
   */
  record Enlist(long ledger, String roomId, long draft, long index, int bytes)
      implements RoomMail {}

  /** A part of a {@link LedgerEntry}, in order. */
  record Written(long ledger, long index, boolean whole, byte[] bytes) implements Awaited {}

  /** The backup has everything up to that entry. */
  record Taken(long ledger, long index) implements Awaited {}

  /** The sender keeps no such room. */
  record NoStandby(long ledger) implements RoomMail {}

  /** You are no backup of the room any more. */
  record Retire(long ledger) implements RoomMail {}

  // Questions

  /** Can you take over the room whose copy has come in parts of so many bytes altogether? */
  record Adopt(String roomId, long draft, long term, int bytes) implements Question {}

  /** It is yours. */
  record Settle(long draft) implements Question {}

  /** Let my user in. */
  record Join(String roomId, Visitor visitor, long ref, byte[] message) implements Question {}

  /** Your member has come to the node {@code to}, which calls its arrival {@code ref}. */
  record Rehome(String roomId, int member, int moves, Visitor visitor, String to, long ref)
      implements Question {}

  /** My user is a member whose node was lost, and got so many reliable pushes since it came. */
  record Return(String roomId, int member, long got, Visitor visitor, long ref)
      implements Question {}

  /** Move a room of yours to the node. */
  record Move(String roomId, String to) implements Question {}

  /** What a server wants of a room that lives elsewhere. */
  record Call(String roomId, int cmd, byte[] payload) implements Question {}

  /** Registered rooms of a type. */
  record Find(String type, int maxCount) implements Question {}

  /** A room of the type with a free place, not one of these; if there is none, the candidate. */
  record Pick(String type, String candidate, int free, List<String> not) implements Question {}

  default byte[] encode() {
    PayloadWriter out = new PayloadWriter();
    switch (this) {
      case ToAll all ->
          channel(out.u8(1).i64(all.line), all.channel).varint(all.except).raw(all.push);
      case ToOne one ->
          channel(out.u8(2).i64(one.line), one.channel).varint(one.member).raw(one.push);
      case Said said ->
          channel(out.u8(3).i64(said.line), said.channel)
              .varint(said.up)
              .varint(said.member)
              .varint(said.ref)
              .u16(said.cmd)
              .raw(said.payload);
      case Answer answer ->
          out.u8(4).varint(answer.ref).u8(answer.status).u16(answer.code).raw(answer.payload);
      case Seated seated ->
          seated
              .terms
              .write(out.u8(5).i64(seated.line))
              .varint(seated.member)
              .string(seated.uid)
              .varint(seated.ref)
              .bool(seated.moved);
      case Unseated gone ->
          out.u8(6).i64(gone.line).varint(gone.member).string(gone.next).varint(gone.ref);
      case Vacated gone -> out.u8(7).i64(gone.line).varint(gone.member);
      case Gone gone -> out.u8(8).i64(gone.line).varint(gone.up).varint(gone.member);
      case NoLine none -> out.u8(9).i64(none.line);
      case Reset _ -> out.u8(10);
      case Handover over -> {
        out.u8(11).varint(over.ref).bool(over.complete);
        out.varint(over.kept.size());
        over.kept.forEach(each -> channel(out, each.channel()).blob(each.message()));
      }
      case Shelved shelved ->
          out.u8(12).string(shelved.type).string(shelved.roomId).varint(shelved.free);
      case Join join -> {
        join.visitor.write(out.u8(13).string(join.roomId).varint(join.ref));
        out.raw(join.message);
      }
      case Rehome home -> {
        home.visitor.write(out.u8(14).string(home.roomId).varint(home.member).varint(home.moves));
        out.string(home.to).varint(home.ref);
      }
      case Call call -> out.u8(15).string(call.roomId).u16(call.cmd).raw(call.payload);
      case Find find -> out.u8(16).string(find.type).varint(find.maxCount);
      case Pick pick -> {
        out.u8(17).string(pick.type).string(pick.candidate).varint(pick.free);
        out.varint(pick.not.size());
        pick.not.forEach(out::string);
      }
      case Heard heard -> out.u8(18).i64(heard.line).varint(heard.up);
      case Rehosted rehosted ->
          out.u8(19).i64(rehosted.line).string(rehosted.host).varint(rehosted.term);
      case Attach attach -> out.u8(20).i64(attach.line).varint(attach.seq);
      case CopyPart part -> out.u8(21).i64(part.draft).raw(part.bytes);
      case Withdrawn withdrawn -> out.u8(22).i64(withdrawn.draft);
      case Adopt adopt ->
          out.u8(23).string(adopt.roomId).i64(adopt.draft).varint(adopt.term).varint(adopt.bytes);
      case Settle settle -> out.u8(24).i64(settle.draft);
      case Move move -> out.u8(25).string(move.roomId).string(move.to);
      case Numbered frame -> out.u8(26).i64(frame.line).varint(frame.seq).raw(frame.mail.encode());
      case Enlist enlist ->
          out.u8(27)
              .i64(enlist.ledger)
              .string(enlist.roomId)
              .i64(enlist.draft)
              .varint(enlist.index)
              .varint(enlist.bytes);
      case Written part ->
          out.u8(28).i64(part.ledger).varint(part.index).bool(part.whole).raw(part.bytes);
      case Taken taken -> out.u8(29).i64(taken.ledger).varint(taken.index);
      case NoStandby none -> out.u8(30).i64(none.ledger);
      case Retire retire -> out.u8(31).i64(retire.ledger);
      case Return back ->
          back.visitor.write(
              out.u8(32).string(back.roomId).varint(back.member).varint(back.got).varint(back.ref));
      case Spoken spoken -> out.u8(33).i64(spoken.line).varint(spoken.member).raw(spoken.push);
    }
    return out.toBytes();
  }

  /**
   * What {@link #encode} wrote.
   *
   * @throws IllegalArgumentException if it is something else: another version wrote it
   */
  static RoomMail decode(byte[] bytes) {
    PayloadReader in = new PayloadReader(bytes);
    int max = Integer.MAX_VALUE;
    RoomMail mail =
        switch (in.u8()) {
          case 1 -> new ToAll(in.i64(), channel(in), in.varint(max), in.rest());
          case 2 -> new ToOne(in.i64(), channel(in), in.varint(max), in.rest());
          case 3 -> {
            long line = in.i64();
            Channel channel = channel(in);
            long up = in.varint();
            yield new Said(line, up, in.varint(max), in.varint(), in.u16(), channel, in.rest());
          }
          case 4 -> new Answer(in.varint(), in.u8(), in.u16(), in.rest());
          case 5 ->
              new Seated(
                  in.i64(),
                  BranchTerms.read(in),
                  in.varint(max),
                  in.string(RoomWire.UID_MAX_BYTES),
                  in.varint(),
                  in.bool());
          case 6 ->
              new Unseated(in.i64(), in.varint(max), in.string(ADDRESS_MAX_BYTES), in.varint());
          case 7 -> new Vacated(in.i64(), in.varint(max));
          case 8 -> new Gone(in.i64(), in.varint(), in.varint(max));
          case 9 -> new NoLine(in.i64());
          case 10 -> new Reset();
          case 11 -> new Handover(in.varint(), in.bool(), kept(in));
          case 12 -> new Shelved(type(in), id(in), in.varint(max));
          case 13 -> {
            String roomId = id(in);
            long ref = in.varint();
            yield new Join(roomId, Visitor.read(in), ref, in.rest());
          }
          case 14 ->
              new Rehome(
                  id(in),
                  in.varint(max),
                  in.varint(max),
                  Visitor.read(in),
                  in.string(ADDRESS_MAX_BYTES),
                  in.varint());
          case 15 -> new Call(id(in), in.u16(), in.rest());
          case 16 -> new Find(type(in), in.varint(max));
          case 17 -> new Pick(type(in), id(in), in.varint(max), ids(in));
          case 18 -> new Heard(in.i64(), in.varint());
          case 19 -> new Rehosted(in.i64(), in.string(ADDRESS_MAX_BYTES), in.varint());
          case 20 -> new Attach(in.i64(), in.varint());
          case 21 -> new CopyPart(in.i64(), in.rest());
          case 22 -> new Withdrawn(in.i64());
          case 23 -> new Adopt(id(in), in.i64(), in.varint(), in.varint(max));
          case 24 -> new Settle(in.i64());
          case 25 -> new Move(id(in), in.string(ADDRESS_MAX_BYTES));
          case 26 -> new Numbered(in.i64(), in.varint(), decode(in.rest()));
          case 27 -> new Enlist(in.i64(), id(in), in.i64(), in.varint(), in.varint(max));
          case 28 -> new Written(in.i64(), in.varint(), in.bool(), in.rest());
          case 29 -> new Taken(in.i64(), in.varint());
          case 30 -> new NoStandby(in.i64());
          case 31 -> new Retire(in.i64());
          case 32 -> {
            String roomId = id(in);
            int member = in.varint(max);
            long got = in.varint();
            long ref = in.varint();
            yield new Return(roomId, member, got, Visitor.read(in), ref);
          }
          case 33 -> new Spoken(in.i64(), in.varint(max), in.rest());
          default -> throw new IllegalArgumentException("no mail about rooms");
        };
    if (!in.finished()) {
      throw new IllegalArgumentException("no mail about rooms");
    }
    return mail;
  }

  private static PayloadWriter channel(PayloadWriter out, Channel channel) {
    return out.u8(channel.kind().ordinal()).u8(channel.id());
  }

  private static Channel channel(PayloadReader in) {
    return Channel.of(in.u8() & 3, in.u8());
  }

  private static String id(PayloadReader in) {
    return in.string(RoomWire.ID_MAX_BYTES);
  }

  private static String type(PayloadReader in) {
    return in.string(RoomWire.TYPE_MAX_BYTES);
  }

  private static List<Waiting.Kept> kept(PayloadReader in) {
    int count = in.varint(MAX_BYTES);
    List<Waiting.Kept> kept = new ArrayList<>();
    for (int i = 0; i < count && in.ok(); i++) {
      kept.add(new Waiting.Kept(channel(in), in.blob(MAX_BYTES)));
    }
    return kept;
  }

  private static List<String> ids(PayloadReader in) {
    int count = in.varint(RoomWire.LIST_MAX_COUNT);
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < count && in.ok(); i++) {
      ids.add(id(in));
    }
    return ids;
  }
}

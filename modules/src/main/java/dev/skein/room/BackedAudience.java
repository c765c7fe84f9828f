package dev.skein.room;

import dev.skein.protocol.Channel;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The members of a room with backups. A line leads to every node that has some, the room's own
 * included; what goes over it reliably is numbered and goes when the {@link Ledger} says so. A line
 * whose node is out of reach is taken up again where it was, by the node that has the room then; so
 * long its members keep their seats. Confined to the room's shard.
 */
final class BackedAudience implements WideAudience {
  /** A node that should take up its line again is told once in so long. */
  private static final long OFFER_MILLIS = 500;

  private final LiveRoom room;
  private final Surroundings surroundings;
  private final Ledger ledger;
  private final List<Line> lines = new ArrayList<>();

  /** The way to a node, and how many members have their seat there. */
  private static final class Line {
    private final String node;
    private final long number;

    /** The first frame that may be for it. */
    private final long since;

    private int members;
    private long heard;

    /** It has no members any more, and ends behind what is still to be told. */
    private boolean ending;

    /** The node has heard something over it. */
    private boolean known;

    private boolean attached;

    /** Its node knows nothing of it. */
    private boolean refused;

    private long detachedAtMillis;

    Line(String node, long number, long since) {
      this.node = node;
      this.number = number;
      this.since = since;
    }
  }

  BackedAudience(LiveRoom room, Surroundings surroundings, long term) {
    this.room = room;
    this.surroundings = surroundings;
    this.ledger = new Ledger(room, surroundings, term, this::pass);
  }

  Ledger ledger() {
    return ledger;
  }

  // Members

  @Override
  public void add(Member member) {
    seat(member, Frame.Kind.SEAT);
  }

  private Line seat(Member member, Frame.Kind kind) {
    RemoteUser remote = remote(member);
    Line line = line(remote.node()).orElseGet(() -> open(remote.node()));
    line.members++;
    RoomMail seated =
        new RoomMail.Seated(
            line.number,
            BranchTerms.of(room),
            member.number(),
            member.uid(),
            remote.ref(),
            remote.moved());
    ledger.draft().member(member.number());
    ledger.tell(kind, line.number, member.number(), seated.encode());
    return line;
  }

  @Override
  public void remove(Member member) {
    line(remote(member).node())
        .ifPresent(line -> note(line, new RoomMail.Unseated(line.number, member.number(), "", 0)));
  }

  @Override
  public void vacate(Member member, RemoteUser remote) {
    Optional<Line> there = line(remote.node());
    long number = there.map(line -> line.number).orElse(0L);
    ledger.tell(
        Frame.Kind.VACATE,
        number,
        member.number(),
        new RoomMail.Vacated(number, member.number()).encode());
    there.ifPresent(this::oneLess);
  }

  @Override
  public void move(Member member, String next, long ref, User user, Ear ear) {
    line(remote(member).node())
        .ifPresent(line -> {
          note(line, new RoomMail.Unseated(line.number, member.number(), next, ref));
          oneLess(line);
        });
    member.moveTo(user, ear);
    seat(member, Frame.Kind.NOTE);
  }

  /** A member whose node was lost is back, and is told what it has missed. */
  void moveBack(Member member, RemoteUser user, byte[] returned, List<byte[]> missed) {
    line(remote(member).node())
        .ifPresent(line -> {
          note(line, new RoomMail.Vacated(line.number, member.number()));
          oneLess(line);
        });
    member.moveTo(user, new Ear(user));
    Line line = seat(member, Frame.Kind.NOTE);
    Channel channel = Channel.ordered(room.options().channel());
    note(line, new RoomMail.ToOne(line.number, channel, member.number(), returned));
    for (byte[] push : missed) {
      note(line, new RoomMail.ToOne(line.number, channel, member.number(), push));
    }
  }

  /** Whether the node of a member knows nothing of it: it has been started again. */
  boolean isForgotten(Member member) {
    return line(remote(member).node()).filter(line -> line.refused).isPresent();
  }

  /** All members of such a room hear it over lines. */
  private static RemoteUser remote(Member member) {
    return (RemoteUser) member.user();
  }

  // To the members

  @Override
  public void toAll(byte[] message, Channel channel) {
    toAllBut(0, message, channel);
  }

  @Override
  public void toOthers(Member except, byte[] message, Channel channel) {
    toAllBut(except.number(), message, channel);
  }

  private void toAllBut(int except, byte[] message, Channel channel) {
    if (channel.kind().reliable()) {
      ledger.tell(Frame.Kind.ALL, 0, except, message);
      return;
    }
    for (Line line : lines) {
      tellUnreliably(line, except, message, channel);
    }
  }

  @Override
  public void toOtherLines(long number, byte[] message) {
    for (Line line : lines) {
      if (line.number != number) {
        tellUnreliably(line, 0, message, Channel.UNRELIABLE);
      }
    }
  }

  private void tellUnreliably(Line line, int except, byte[] message, Channel channel) {
    if (line.attached && line.known) {
      surroundings.tell(line.node, new RoomMail.ToAll(line.number, channel, except, message));
    }
  }

  @Override
  public void to(Member member, byte[] message, Channel channel) {
    Line line = line(remote(member).node()).orElse(null);
    if (channel.kind().reliable()) {
      ledger.tell(Frame.Kind.ONE, line == null ? 0 : line.number, member.number(), message);
    } else if (line != null && line.attached && line.known) {
      surroundings.tell(
          line.node, new RoomMail.ToOne(line.number, channel, member.number(), message));
    }
  }

  private void note(Line line, RoomMail mail) {
    ledger.tell(Frame.Kind.NOTE, line.number, 0, mail.encode());
  }

  /** How a command that came over a line from a node has ended. */
  void answer(String node, long number, RoomMail.Answer answer) {
    Line line = line(number);
    if (line == null || line.ending) {
      ledger.after(() -> surroundings.tell(node, answer));
    } else {
      note(line, answer);
    }
  }

  /** The backups have the frame. */
  private void pass(Frame frame) {
    if (frame.kind() != Frame.Kind.ALL) {
      Line line = line(frame.line());
      if (line != null && line.attached) {
        pass(frame, line);
      }
      return;
    }
    // A copy: a line that cannot take more may go while the loop runs.
    for (Line line : lines.toArray(Line[]::new)) {
      if (line.attached && line.since <= frame.seq()) {
        pass(frame, line);
      }
    }
  }

  private void pass(Frame frame, Line line) {
    line.known = true;
    RoomMail mail = frame.over(line.number, room.options());
    if (!surroundings.tell(line.node, new RoomMail.Numbered(line.number, frame.seq(), mail))) {
      detach(line);
    }
  }

  // From the members

  @Override
  public boolean hears(long number, long up) {
    Line line = line(number);
    if (line == null || !line.attached) {
      return false;
    }
    if (up == 0) {
      return true;
    }
    if (up > line.heard + 1) {
      // Something got lost on the way: it is sent again when the line is taken up.
      detach(line);
    }
    if (up != line.heard + 1) {
      return false;
    }
    line.heard = up;
    ledger.draft().line(number);
    if (up % HEARD_COUNT == 0) {
      ledger.after(() -> surroundings.tell(line.node, new RoomMail.Heard(number, up)));
    }
    return true;
  }

  // Lines

  private Optional<Line> line(String node) {
    for (Line line : lines) {
      if (line.node.equals(node) && !line.ending) {
        return Optional.of(line);
      }
    }
    return Optional.empty();
  }

  private @Nullable Line line(long number) {
    for (Line line : lines) {
      if (line.number == number) {
        return line;
      }
    }
    return null;
  }

  private Line open(String node) {
    Line line = new Line(node, surroundings.openLine(room, node), ledger.frames().last() + 1);
    line.attached = true;
    lines.add(line);
    ledger.draft().line(line.number);
    return line;
  }

  private void oneLess(Line line) {
    line.members--;
    if (line.members == 0) {
      line.ending = true;
      ledger.after(() -> {
        if (line.attached) {
          close(line);
        }
      });
    }
  }

  private void close(Line line) {
    if (lines.remove(line)) {
      surroundings.closeLine(room, line.number);
      ledger.frames().forget(line.number);
      ledger.draft().ended(line.number);
    }
  }

  @Override
  public boolean keeps(String node) {
    for (Line line : List.copyOf(lines)) {
      if (line.node.equals(node)) {
        detach(line);
      }
    }
    return true;
  }

  /** The node knows nothing of a line. */
  void refused(long number) {
    Line line = line(number);
    if (line != null) {
      line.refused = true;
      detach(line);
    }
  }

  /** The line works no more, until its node takes it up again. */
  private void detach(Line line) {
    if (line.attached) {
      line.attached = false;
      line.detachedAtMillis = room.nowMillis();
      room.post(() -> offer(line));
    }
  }

  private void offer(Line line) {
    if (line.attached || !lines.contains(line) || room.isClosed() || room.hasMoved()) {
      return;
    }
    long awayMillis = room.nowMillis() - line.detachedAtMillis;
    if (awayMillis >= room.options().awayTtlMillis()) {
      surroundings.tell(line.node, new RoomMail.NoLine(line.number));
      giveUp(line);
      return;
    }
    if (!line.refused) {
      surroundings.tell(
          line.node, new RoomMail.Rehosted(line.number, surroundings.self(), room.term()));
    }
    long nextMillis = Math.min(OFFER_MILLIS, room.options().awayTtlMillis() - awayMillis);
    room.shard().schedule(() -> room.post(() -> offer(line)), nextMillis);
  }

  private void giveUp(Line line) {
    if (line.ending) {
      close(line);
    } else {
      room.door().giveUp(line.node);
    }
  }

  @Override
  public void lost(String node) {
    line(node).ifPresent(this::close);
  }

  // The room moves

  @Override
  public List<RoomCopy.Way> ways() {
    return lines.stream()
        .map(line -> new RoomCopy.Way(line.node, line.number, line.heard, line.since))
        .toList();
  }

  @Override
  public boolean isSettling() {
    return false;
  }

  @Override
  public void restore(RoomCopy.Way way, int members) {
    Line line = new Line(way.node(), way.line(), way.since());
    line.members = members;
    line.ending = members == 0;
    line.heard = way.heard();
    lines.add(line);
    surroundings.hostLine(room, way.node(), way.line());
  }

  /** The room is here: who hears it is told. */
  void arrive() {
    for (Line line : List.copyOf(lines)) {
      line.detachedAtMillis = room.nowMillis();
      offer(line);
    }
    ledger.succession().begin();
  }

  @Override
  public void attached(long number, long seq) {
    Line line = line(number);
    if (line == null) {
      return;
    }
    Optional<List<Frame>> missed =
        ledger.frames().between(number, line.since, seq, ledger.releasedSeq());
    if (missed.isEmpty()) {
      surroundings.tell(line.node, new RoomMail.NoLine(number));
      giveUp(line);
      return;
    }
    line.attached = true;
    line.refused = false;
    // What it has heard is told when the backups know; this is to show that it hears.
    surroundings.tell(line.node, new RoomMail.Heard(number, 0));
    for (Frame frame : missed.get()) {
      if (line.attached) {
        pass(frame, line);
      }
    }
    if (line.attached && line.ending) {
      ledger.after(() -> close(line));
    }
  }

  /** Every line is looked after on its own. */
  @Override
  public void giveUpWaiting() {}

  /** The room is given up here. */
  void sever() {
    lines.forEach(line -> {
      surroundings.tell(line.node, new RoomMail.NoLine(line.number));
      surroundings.closeLine(room, line.number);
    });
    lines.clear();
  }

  /** The next node tells the lines itself. */
  @Override
  public void rehost(String host) {
    lines.forEach(line -> surroundings.closeLine(room, line.number));
    lines.clear();
  }
}

package dev.skein.room;

import dev.skein.protocol.Channel;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The members of a room without backups: those of this node, and a line to each other node that has
 * some, over which a message goes once, as soon as it is told. Confined to the room's shard.
 */
final class DirectAudience implements WideAudience {
  /** More than this does not wait for a node that has not followed the room. */
  private static final int WAITING_MAX_COUNT = 65_536;

  private final LiveRoom room;
  private final Surroundings surroundings;
  private final LocalAudience local;
  private final List<Line> lines = new ArrayList<>(0);

  /** The way to a node, and how many members have their seat there. */
  private static final class Line {
    private final String node;
    private final long number;
    private int members;
    private long heard;

    /** What waits until the node has followed the room here; null once it has. */
    private @Nullable List<RoomMail> waiting;

    Line(String node, long number) {
      this.node = node;
      this.number = number;
    }
  }

  DirectAudience(LiveRoom room, Surroundings surroundings) {
    this.room = room;
    this.surroundings = surroundings;
    this.local = new LocalAudience(surroundings::crowd);
  }

  @Override
  public void add(Member member) {
    if (member.user() instanceof RemoteUser remote) {
      Line line = line(remote.node()).orElseGet(() -> open(remote.node()));
      line.members++;
      tell(
          line,
          new RoomMail.Seated(
              line.number,
              BranchTerms.of(room),
              member.number(),
              member.uid(),
              remote.ref(),
              remote.moved()));
    } else {
      local.add(member);
    }
  }

  @Override
  public void remove(Member member) {
    if (member.user() instanceof RemoteUser remote) {
      line(remote.node())
          .ifPresent(
              line -> tell(line, new RoomMail.Unseated(line.number, member.number(), "", 0)));
    } else {
      local.remove(member);
    }
  }

  @Override
  public void vacate(Member member, RemoteUser remote) {
    line(remote.node())
        .ifPresent(line -> {
          tell(line, new RoomMail.Vacated(line.number, member.number()));
          oneLess(line);
        });
  }

  @Override
  public void move(Member member, String next, long ref, User user, Ear ear) {
    if (member.user() instanceof RemoteUser remote) {
      line(remote.node())
          .ifPresent(line -> {
            tell(line, new RoomMail.Unseated(line.number, member.number(), next, ref));
            oneLess(line);
          });
    } else {
      Ear former = member.ear();
      local.remove(member);
      former.shard().execute(() -> surroundings.handOver(former, next, ref));
    }
    member.moveTo(user, ear);
    add(member);
  }

  @Override
  public boolean hears(long number, long up) {
    Line line = up == 0 ? null : line(number);
    if (line == null) {
      return true;
    }
    if (up <= line.heard) {
      return false;
    }
    line.heard = up;
    if (up % HEARD_COUNT == 0) {
      tell(line, new RoomMail.Heard(number, up));
    }
    return true;
  }

  // The room moves

  @Override
  public List<RoomCopy.Way> ways() {
    return lines.stream()
        .map(line -> new RoomCopy.Way(line.node, line.number, line.heard, 0))
        .toList();
  }

  @Override
  public boolean isSettling() {
    return lines.stream().anyMatch(line -> line.waiting != null);
  }

  @Override
  public void rehost(String host) {
    for (Line line : lines) {
      tell(line, new RoomMail.Rehosted(line.number, host, 0));
      surroundings.closeLine(room, line.number);
    }
    lines.clear();
  }

  @Override
  public void restore(RoomCopy.Way way, int members) {
    Line line = new Line(way.node(), way.line());
    line.members = members;
    line.heard = way.heard();
    line.waiting = new ArrayList<>();
    lines.add(line);
    surroundings.hostLine(room, way.node(), way.line());
  }

  @Override
  public void attached(long number, long seq) {
    Line line = line(number);
    if (line != null && line.waiting != null) {
      List<RoomMail> waited = line.waiting;
      line.waiting = null;
      waited.forEach(mail -> tell(line, mail));
    }
  }

  @Override
  public void giveUpWaiting() {
    for (Line line : List.copyOf(lines)) {
      if (line.waiting != null) {
        surroundings.sever(room, line.node, line.number);
      }
    }
  }

  private @Nullable Line line(long number) {
    for (Line line : lines) {
      if (line.number == number) {
        return line;
      }
    }
    return null;
  }

  @Override
  public boolean keeps(String node) {
    return false;
  }

  @Override
  public void lost(String node) {
    line(node)
        .ifPresent(line -> {
          lines.remove(line);
          surroundings.closeLine(room, line.number);
        });
  }

  @Override
  public void toAll(byte[] message, Channel channel) {
    local.toAll(message, channel);
    if (!lines.isEmpty()) {
      toLines(null, message, channel);
    }
  }

  @Override
  public void toOthers(Member except, byte[] message, Channel channel) {
    if (except.user() instanceof RemoteUser) {
      local.toAll(message, channel);
    } else {
      local.toOthers(except, message, channel);
    }
    if (!lines.isEmpty()) {
      toLines(except, message, channel);
    }
  }

  @Override
  public void toOtherLines(long number, byte[] message) {
    local.toAll(message, Channel.UNRELIABLE);
    for (Line line : lines.toArray(Line[]::new)) {
      if (line.number != number) {
        tell(line, new RoomMail.ToAll(line.number, Channel.UNRELIABLE, 0, message));
      }
    }
  }

  @Override
  public void to(Member member, byte[] message, Channel channel) {
    if (member.user() instanceof RemoteUser remote) {
      line(remote.node())
          .ifPresent(line ->
              tell(line, new RoomMail.ToOne(line.number, channel, member.number(), message)));
    } else {
      local.to(member, message, channel);
    }
  }

  private void toLines(@Nullable Member except, byte[] message, Channel channel) {
    // A copy: a line that cannot take more goes while the loop runs.
    for (Line line : lines.toArray(Line[]::new)) {
      boolean excepted =
          except != null
              && except.user() instanceof RemoteUser remote
              && remote.node().equals(line.node);
      int number = except != null && excepted ? except.number() : 0;
      tell(line, new RoomMail.ToAll(line.number, channel, number, message));
    }
  }

  private Optional<Line> line(String node) {
    for (Line line : lines) {
      if (line.node.equals(node)) {
        return Optional.of(line);
      }
    }
    return Optional.empty();
  }

  private Line open(String node) {
    Line line = new Line(node, surroundings.openLine(room, node));
    lines.add(line);
    return line;
  }

  private void oneLess(Line line) {
    line.members--;
    if (line.members == 0) {
      lines.remove(line);
      surroundings.closeLine(room, line.number);
    }
  }

  private void tell(Line line, RoomMail mail) {
    if (line.waiting != null) {
      line.waiting.add(mail);
      if (line.waiting.size() > WAITING_MAX_COUNT) {
        surroundings.sever(room, line.node, line.number);
      }
    } else if (!surroundings.tell(line.node, mail)) {
      // What it missed it would never hear: its members are out instead.
      surroundings.sever(room, line.node, line.number);
    }
  }
}

package dev.skein.room;

import dev.skein.module.Answers;
import dev.skein.server.Command;
import dev.skein.server.Responder;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The ends on this node of all lines: those of its rooms to other nodes, and the branches of rooms
 * that live elsewhere. Any thread.
 */
final class Lines {
  private static final long NO_LINE_REPEAT_MILLIS = 1_000;

  private final RoomNode node;
  private final RoomCommands commands;
  private final Map<Long, Hosted> hosted = new ConcurrentHashMap<>();
  private final Map<Long, Branch> branches = new ConcurrentHashMap<>();

  /** A line from a room of this node to another node. */
  private record Hosted(LiveRoom room, String node) {}

  Lines(RoomNode node, RoomCommands commands) {
    this.node = node;
    this.commands = commands;
  }

  int branchCount() {
    return branches.size();
  }

  Optional<Branch> branch(String roomId) {
    return branches.values().stream().filter(branch -> branch.id().equals(roomId)).findFirst();
  }

  // As rooms and branches want it

  /** A line from a room of this node. */
  long open(LiveRoom room, String to) {
    long line = node.context().random().nextLong();
    host(room, to, line);
    return line;
  }

  /** A line that the room has brought along. */
  void host(LiveRoom room, String to, long line) {
    hosted.put(line, new Hosted(room, to));
  }

  /** The room may have come back meanwhile as another one, with the same lines. */
  void close(LiveRoom room, long line) {
    hosted.computeIfPresent(line, (number, there) -> there.room == room ? null : there);
  }

  void sever(LiveRoom room, String to, long line) {
    if (hosted.remove(line) != null) {
      room.post(() -> room.door().lost(to));
      repeatNoLine(to, line);
    }
  }

  void add(Branch branch) {
    branches.put(branch.line(), branch);
  }

  void remove(Branch branch) {
    branches.remove(branch.line(), branch);
  }

  /** Tells a node that a line is no more until it can be told, or is out of sight. */
  void repeatNoLine(String to, long line) {
    if (!node.tell(to, new RoomMail.NoLine(line)) && node.context().mesh().node(to).isPresent()) {
      node.shardOf(to).schedule(() -> repeatNoLine(to, line), NO_LINE_REPEAT_MILLIS);
    }
  }

  // As other nodes tell

  void on(String sender, RoomMail.Seated seated) {
    branches
        .computeIfAbsent(seated.line(), line -> Branch.of(node, sender, seated))
        .receive(sender, seated);
  }

  void on(String sender, RoomMail.Numbered frame) {
    if (frame.mail() instanceof RoomMail.Seated seated) {
      branches
          .computeIfAbsent(frame.line(), line -> Branch.of(node, sender, seated))
          .receive(sender, frame);
    } else {
      toBranch(sender, frame);
    }
  }

  void toBranch(String sender, RoomMail.ToBranch mail) {
    Branch branch = branches.get(mail.line());
    if (branch != null) {
      branch.receive(sender, mail);
    } else if (isWaitedFor(mail)) {
      node.tell(sender, new RoomMail.NoLine(mail.line()));
    }
  }

  /** The last words of a line come after its end. */
  private static boolean isWaitedFor(RoomMail mail) {
    return switch (mail) {
      case RoomMail.Vacated _, RoomMail.Unseated _, RoomMail.Heard _, RoomMail.Answer _ -> false;
      case RoomMail.Numbered frame -> isWaitedFor(frame.mail());
      default -> true;
    };
  }

  /** A command of a member of another node. */
  void on(String sender, RoomMail.Said said) {
    Hosted there = there(sender, said.line());
    if (there != null) {
      Responder responder =
          new PendingAnswers.Remote(
              said.ref(), answer -> answer(there.room, sender, said.line(), answer));
      there.room.heard(said.line(), said.up(), () -> perform(there.room, sender, said, responder));
    }
  }

  /** What a member of another node has said there is for those who have not heard it. */
  void on(String sender, RoomMail.Spoken spoken) {
    long line = spoken.line();
    ofMember(
        sender,
        line,
        0,
        spoken.member(),
        (room, member) -> room.audience().toOtherLines(line, spoken.push()));
  }

  private void answer(LiveRoom room, String to, long line, RoomMail.Answer answer) {
    room.backed()
        .ifPresentOrElse(backed -> backed.answer(to, line, answer), () -> node.tell(to, answer));
  }

  /** The same in a turn of the room. */
  void perform(LiveRoom room, String from, RoomMail.Said said, Responder responder) {
    Command command = new Command(1, said.cmd(), said.ref(), said.payload(), said.channel());
    room.state()
        .roster()
        .member(said.member())
        .filter(member -> member.isOn(from) || from.equals(node.self()))
        .ifPresentOrElse(
            member -> commands.inRoom(room, member, command, responder),
            () -> Answers.fail(responder, Refusal.notAMember()));
  }

  void on(String sender, RoomMail.Gone gone) {
    ofMember(
        sender,
        gone.line(),
        gone.up(),
        gone.member(),
        (room, member) -> room.door().discard(member));
  }

  /** In a turn of the room, if it has that member, and on the node that it came from. */
  private void ofMember(
      String sender, long line, long up, int number, BiConsumer<LiveRoom, Member> action) {
    Hosted there = there(sender, line);
    if (there != null) {
      LiveRoom room = there.room;
      room.heard(
          line,
          up,
          () ->
              room.state()
                  .roster()
                  .member(number)
                  .filter(member -> member.isOn(sender))
                  .ifPresent(member -> action.accept(room, member)));
    }
  }

  void on(String sender, RoomMail.Attach attach) {
    Hosted there = there(sender, attach.line());
    if (there != null) {
      there.room.post(() -> there.room.audience().attached(attach.line(), attach.seq()));
    }
  }

  private @Nullable Hosted there(String sender, long line) {
    Hosted there = hosted.get(line);
    if (there != null && there.node.equals(sender)) {
      return there;
    }
    node.tell(sender, new RoomMail.NoLine(line));
    return null;
  }

  void on(String sender, RoomMail.NoLine none) {
    Branch branch = branches.get(none.line());
    if (branch != null) {
      branch.lost(sender);
    } else {
      // It has ended in good order: commands may have come after its last member.
      node.answers().failLine(none.line(), Refusal.notAMember());
    }
    Hosted there = hosted.get(none.line());
    if (there != null && there.node.equals(sender)) {
      there
          .room
          .backed()
          .ifPresentOrElse(
              backed -> there.room.post(() -> backed.refused(none.line())),
              () -> lost(none.line(), there));
    }
  }

  /** A line of a room with backups stays: it may be taken up again. */
  private void lost(long line, Hosted there) {
    if (there.room.backed().isPresent() || hosted.remove(line, there)) {
      there.room.post(() -> there.room.door().lost(there.node));
    }
  }

  /** All lines to and from a node are gone. */
  void forgetNode(String address) {
    branches.values().forEach(branch -> branch.lost(address));
    hosted.forEach((line, there) -> {
      if (there.node.equals(address)) {
        lost(line, there);
      }
    });
  }
}

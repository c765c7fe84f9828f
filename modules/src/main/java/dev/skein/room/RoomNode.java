package dev.skein.room;

import dev.skein.mesh.MeshException;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeListener;
import dev.skein.mesh.Topic;
import dev.skein.module.Answers;
import dev.skein.module.StoreAnswer;
import dev.skein.module.ThingIds;
import dev.skein.protocol.Code;
import dev.skein.server.Command;
import dev.skein.server.CommandException;
import dev.skein.server.Crowd;
import dev.skein.server.ModuleContext;
import dev.skein.server.Responder;
import dev.skein.server.Shard;
import dev.skein.server.User;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The module on its node: what there is after installation, and the way to other nodes. Any thread,
 * except where it says otherwise.
 */
final class RoomNode implements Surroundings, Topic.Handler, NodeListener {
  private static final Logger log = LoggerFactory.getLogger(RoomNode.class);
  private static final byte[] NOTHING = {};
  private static final int BIRTH_NODE_DIGITS = 8;
  private static final long NO_LINE_REPEAT_MILLIS = 1_000;

  private final ModuleContext context;
  private final Directory directory;
  private final Map<User, Seats> seats = new ConcurrentHashMap<>();
  private final AtomicInteger nextShard = new AtomicInteger();
  private final Topic topic;
  private final RoomCommands commands;
  private final Entrance entrance;
  private final Journeys journeys = new Journeys(this);
  private final PendingAnswers answers = new PendingAnswers();
  private final Openings openings = new Openings();
  private final Notices notices;
  private final Map<Long, Hosted> hosted = new ConcurrentHashMap<>();
  private final Map<Long, Branch> branches = new ConcurrentHashMap<>();
  private volatile boolean alone = true;

  /** A line from a room of this node to another node. */
  private record Hosted(LiveRoom room, String node) {}

  RoomNode(ModuleContext context, RoomSettings settings, RoomCommands commands) {
    this.context = context;
    this.commands = commands;
    ThingIds ids = new ThingIds(context.mesh().self().id(), context.random());
    this.directory = new Directory(ids, settings.roomsMaxCount());
    this.entrance = new Entrance(this, settings);
    this.notices = new Notices(this);
    this.topic = context.mesh().topic("room", this);
    context.mesh().onNodes(this);
    context
        .metrics()
        .gauge("skein.rooms.branches", "Rooms of other nodes with members here", branches::size);
  }

  ModuleContext context() {
    return context;
  }

  Directory directory() {
    return directory;
  }

  Entrance entrance() {
    return entrance;
  }

  Journeys journeys() {
    return journeys;
  }

  Notices notices() {
    return notices;
  }

  PendingAnswers answers() {
    return answers;
  }

  long nowMillis() {
    return context.currentTimeMillis();
  }

  Shard nextShard() {
    List<Shard> shards = context.shards();
    return shards.get(Math.floorMod(nextShard.getAndIncrement(), shards.size()));
  }

  /** Where this node decides about a thing of this name. */
  Shard shardOf(String name) {
    List<Shard> shards = context.shards();
    return shards.get(Math.floorMod(name.hashCode(), shards.size()));
  }

  // Seats

  Seats seatsOf(User user) {
    return seats.computeIfAbsent(user, Seats::new);
  }

  Optional<Seats> seatsIfAny(User user) {
    return Optional.ofNullable(seats.get(user));
  }

  void forgetIfGone(User user) {
    if (!user.isConnected()) {
      seats.remove(user);
    }
  }

  /** The user leaves this node, on its shard: what it had. */
  List<Seats.Seat> takeSeats(User user) {
    Seats left = seats.remove(user);
    return left == null ? List.of() : left.close();
  }

  /** The user's session ended; on its shard. */
  void discarded(User user) {
    for (Seats.Seat seat : takeSeats(user)) {
      discard(seat.venue(), seat.member());
    }
  }

  /** A member's session is over, or has missed something. */
  void discard(Venue venue, Member member) {
    switch (venue) {
      case LiveRoom room -> room.post(() -> room.discard(member));
      case Branch branch -> branch.gone(member);
      // Its room hears of it when it asks where the member is.
      case Arrival _ -> {}
    }
  }

  /** The seat is given up, on the user's own shard. */
  void vacate(Venue venue, Member member) {
    User user = member.user();
    user.shard()
        .execute(() -> {
          Seats taken = seats.get(user);
          if (taken != null) {
            taken.vacate(venue, member);
          }
        });
  }

  // What rooms need

  @Override
  public void vacated(LiveRoom room, Member member) {
    vacate(room, member);
  }

  @Override
  public Crowd crowd(Shard shard) {
    return context.crowd(shard);
  }

  @Override
  public void changed(LiveRoom room) {
    if (room.isRegistered()) {
      directory.register(room, room.freePlaces() > 0);
    } else {
      directory.unregister(room);
    }
    if (!alone) {
      notices.post(room);
    }
  }

  @Override
  public void closed(LiveRoom room) {
    directory.remove(room);
  }

  @Override
  public long openLine(LiveRoom room, String node) {
    long line = context.random().nextLong();
    hosted.put(line, new Hosted(room, node));
    return line;
  }

  @Override
  public void closeLine(long line) {
    hosted.remove(line);
  }

  @Override
  public void sever(LiveRoom room, String node, long line) {
    if (hosted.remove(line) != null) {
      room.post(() -> room.lost(node));
      repeatNoLine(node, line);
    }
  }

  @Override
  public boolean tell(String node, RoomMail mail) {
    return topic.send(node, mail.encode());
  }

  @Override
  public void handOver(Ear former, String next, long ref) {
    journeys.handOver(former, next, ref);
  }

  /** Tells a node that a line is no more until it can be told, or is out of sight. */
  void repeatNoLine(String node, long line) {
    if (!tell(node, new RoomMail.NoLine(line)) && context.mesh().node(node).isPresent()) {
      shardOf(node).schedule(() -> repeatNoLine(node, line), NO_LINE_REPEAT_MILLIS);
    }
  }

  // Other nodes

  String self() {
    return context.mesh().self().address();
  }

  /** True while there is no other node. */
  boolean isAlone() {
    return alone;
  }

  /** The node where a room lives that does not live here. */
  Optional<String> hostOf(String roomId) {
    if (roomId.length() <= BIRTH_NODE_DIGITS) {
      return Optional.empty();
    }
    int birthNode;
    try {
      birthNode = HexFormat.fromHexDigits(roomId, 0, BIRTH_NODE_DIGITS);
    } catch (IllegalArgumentException noId) {
      return Optional.empty();
    }
    return context.mesh().nodes().stream()
        .filter(node -> (int) node.id() == birthNode && !node.address().equals(self()))
        .map(NodeInfo::address)
        .findFirst();
  }

  Optional<Branch> branch(String roomId) {
    return branches.values().stream().filter(branch -> branch.id().equals(roomId)).findFirst();
  }

  void forget(Branch branch) {
    branches.remove(branch.line(), branch);
  }

  RemoteUser remote(LiveRoom room, String node, Visitor visitor, long ref, boolean moved) {
    return new RemoteUser(node, visitor, ref, moved, room.shard(), context.directory());
  }

  /** Asks a node, this one included; fails with what the other refused, or UNREACHABLE. */
  CompletableFuture<byte[]> ask(String node, RoomMail question) {
    CompletionStage<byte[]> asked =
        node.equals(self()) ? onAsk(node, question.encode()) : topic.ask(node, question.encode());
    CompletableFuture<byte[]> answer = new CompletableFuture<>();
    asked.whenComplete((bytes, failure) -> {
      try {
        if (failure == null) {
          answer.complete(StoreAnswer.payload(bytes));
        } else {
          answer.completeExceptionally(
              Answers.cause(failure) instanceof MeshException
                  ? Refusal.unreachable()
                  : Answers.cause(failure));
        }
      } catch (CommandException refused) {
        answer.completeExceptionally(refused);
      }
    });
    return answer;
  }

  @Override
  public void onMessage(String sender, byte[] message) {
    RoomMail mail = RoomMail.decode(message);
    switch (mail) {
      case RoomMail.ToAll all -> toBranch(sender, all.line(), mail);
      case RoomMail.ToOne one -> toBranch(sender, one.line(), mail);
      case RoomMail.Unseated unseated -> toBranch(sender, unseated.line(), mail);
      case RoomMail.Vacated vacated -> toBranch(sender, vacated.line(), mail);
      case RoomMail.Seated seated ->
          branches
              .computeIfAbsent(seated.line(), line -> new Branch(this, sender, seated))
              .receive(seated);
      case RoomMail.Said said -> toRoom(sender, said.line(), room -> hear(room, sender, said));
      case RoomMail.Gone gone ->
          toRoom(
              sender,
              gone.line(),
              room -> room.post(() -> room.member(gone.member(), sender).ifPresent(room::discard)));
      case RoomMail.Answer answer -> answers.came(answer);
      case RoomMail.NoLine none -> lost(none.line());
      case RoomMail.Reset _ -> forgetNode(sender);
      case RoomMail.Handover handover -> journeys.came(handover);
      case RoomMail.Shelved opening -> openings.shelve(sender, opening);
      case RoomMail.Join _, RoomMail.Rehome _, RoomMail.Call _, RoomMail.Find _, RoomMail.Pick _ ->
          throw new IllegalArgumentException("a question is asked, not told");
    }
  }

  private void toBranch(String sender, long line, RoomMail mail) {
    Branch branch = branches.get(line);
    if (branch != null) {
      branch.receive(mail);
    } else if (!(mail instanceof RoomMail.Vacated) && !(mail instanceof RoomMail.Unseated)) {
      tell(sender, new RoomMail.NoLine(line));
    }
  }

  private void toRoom(String sender, long line, Consumer<LiveRoom> use) {
    Hosted there = hosted.get(line);
    if (there != null && there.node.equals(sender)) {
      use.accept(there.room);
    } else {
      tell(sender, new RoomMail.NoLine(line));
    }
  }

  /** A command of a member of another node, in turn. */
  private void hear(LiveRoom room, String sender, RoomMail.Said said) {
    Responder responder = new PendingAnswers.Remote(this, sender, said.ref());
    Command command = new Command(1, said.cmd(), said.ref(), said.payload(), said.channel());
    room.shard()
        .execute(() ->
            room.member(said.member(), sender)
                .ifPresentOrElse(
                    member -> commands.inRoom(room, member, command, responder),
                    () -> Answers.fail(responder, Refusal.notAMember())));
  }

  private void lost(long line) {
    // Also of a line that has ended in good order: commands may have come after its last member.
    answers.failLine(line, Refusal.notAMember());
    Branch branch = branches.get(line);
    if (branch != null) {
      branch.evict();
    }
    Hosted there = hosted.remove(line);
    if (there != null) {
      there.room.post(() -> there.room.lost(there.node));
    }
  }

  @Override
  public CompletionStage<byte[]> onAsk(String sender, byte[] question) {
    CompletableFuture<byte[]> answer =
        switch (RoomMail.decode(question)) {
          case RoomMail.Join join -> join(sender, join);
          case RoomMail.Rehome rehome -> journeys.rehome(rehome);
          case RoomMail.Call call -> call(call);
          case RoomMail.Find find ->
              CompletableFuture.completedFuture(notices.found(find).encode());
          case RoomMail.Pick pick ->
              CompletableFuture.completedFuture(
                  openings
                      .pick(sender, pick, context.random())
                      .orElse("")
                      .getBytes(StandardCharsets.UTF_8));
          case RoomMail told ->
              throw new IllegalArgumentException("is told, not asked: " + told.getClass());
        };
    return answer.handle((payload, failure) -> {
      if (failure == null) {
        return StoreAnswer.ok(payload);
      }
      if (Answers.cause(failure) instanceof CommandException refused) {
        return StoreAnswer.refused(refused);
      }
      log.error("a question of {} about rooms failed", sender, failure);
      return StoreAnswer.refused(CommandException.err(Code.INTERNAL, "the server failed"));
    });
  }

  private CompletableFuture<byte[]> join(String sender, RoomMail.Join join) {
    return directory
        .find(join.roomId())
        .map(room ->
            room.call(() -> {
              RemoteUser user = remote(room, sender, join.visitor(), join.ref(), false);
              room.admit(user, new Ear(user), join.message());
              return NOTHING;
            }))
        .orElseGet(() -> CompletableFuture.failedFuture(Refusal.notFound()));
  }

  private CompletableFuture<byte[]> call(RoomMail.Call call) {
    return directory
        .find(call.roomId())
        .map(room -> room.call(() -> DistantRoom.answer(room, call)))
        .orElseGet(() -> CompletableFuture.failedFuture(Refusal.notFound()));
  }

  // Nodes come and go

  @Override
  public void onJoin(NodeInfo node) {
    if (node.address().equals(self())) {
      return;
    }
    alone = false;
    forgetNode(node.address());
    tell(node.address(), new RoomMail.Reset());
    notices.postAll();
  }

  @Override
  public void onChange(NodeInfo before, NodeInfo after) {
    // It has died and started again before anybody missed it.
    if (before.id() != after.id()) {
      openings.forgetNode(after.address());
      onJoin(after);
    } else if (!before.endpoints().keySet().equals(after.endpoints().keySet())) {
      notices.postAll();
    }
  }

  @Override
  public void onLeave(NodeInfo node) {
    forgetNode(node.address());
    openings.forgetNode(node.address());
    alone = context.mesh().nodes().size() <= 1;
    notices.postAll();
  }

  private void forgetNode(String address) {
    branches.values().stream()
        .filter(branch -> branch.host().equals(address))
        .forEach(Branch::evict);
    hosted.forEach((line, there) -> {
      if (there.node.equals(address) && hosted.remove(line, there)) {
        there.room.post(() -> there.room.lost(address));
      }
    });
    answers.failNode(address);
  }
}

package dev.skein.room;

import dev.skein.mesh.MeshException;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeListener;
import dev.skein.mesh.Topic;
import dev.skein.module.Answers;
import dev.skein.module.StoreAnswer;
import dev.skein.module.ThingIds;
import dev.skein.protocol.Code;
import dev.skein.server.CommandException;
import dev.skein.server.Crowd;
import dev.skein.server.ModuleContext;
import dev.skein.server.Shard;
import dev.skein.server.User;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The module on its node: what there is after installation, and the way to other nodes. Any thread,
 * except where it says otherwise.
 */
final class RoomNode implements Surroundings, Topic.Handler, NodeListener {
  private static final Logger log = LoggerFactory.getLogger(RoomNode.class);
  private static final byte[] NOTHING = {};

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
  private final Adoptions adoptions;
  private final Notices notices;
  private final Lines lines;
  private final Standbys standbys;
  private final Homes homes;
  private volatile boolean alone = true;

  RoomNode(
      ModuleContext context,
      RoomSettings settings,
      RoomCommands commands,
      Adoptions.Restorer restorer) {
    this.context = context;
    this.commands = commands;
    ThingIds ids = new ThingIds(context.mesh().self().id(), context.random());
    this.directory = new Directory(ids, settings.roomsMaxCount());
    this.entrance = new Entrance(this, settings);
    this.adoptions = new Adoptions(this, restorer);
    this.notices = new Notices(this);
    this.lines = new Lines(this, commands);
    this.standbys = new Standbys(this, settings.roomsMaxCount());
    this.homes = new Homes(this);
    this.topic = context.mesh().topic("room", this);
    context.mesh().onNodes(this);
    context
        .metrics()
        .gauge(
            "skein.rooms.branches", "Rooms of other nodes with members here", lines::branchCount);
    context
        .metrics()
        .gauge(
            "skein.rooms.standbys", "Rooms of other nodes whose backup is here", standbys::count);
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

  Lines lines() {
    return lines;
  }

  Adoptions adoptions() {
    return adoptions;
  }

  Standbys standbys() {
    return standbys;
  }

  Homes homes() {
    return homes;
  }

  RoomCommands commands() {
    return commands;
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
      case LiveRoom room -> room.dismiss(member);
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
    room.whenSafe(() -> homes.closed(room), givenUp -> {});
  }

  @Override
  public void vanished(LiveRoom room) {
    directory.remove(room);
  }

  @Override
  public Succession succession(LiveRoom room, Ledger ledger, long term) {
    return new Succession(this, room, ledger, term);
  }

  @Override
  public Departure departure(LiveRoom room, String to, CompletableFuture<Void> done) {
    return new Departure(this, room, to, done);
  }

  @Override
  public void departed(LiveRoom room, String host) {
    directory.remove(room);
    homes.learn(room.id(), host);
    changed(room);
  }

  @Override
  public Branch branch(LiveRoom room, String host, long line) {
    Branch branch = Branch.of(this, host, line, room);
    lines.add(branch);
    return branch;
  }

  @Override
  public void reseat(Venue former, Venue next, Member member) {
    User user = member.user();
    user.shard()
        .execute(() -> {
          Seats taken = seats.get(user);
          if (taken != null) {
            taken.reseat(former, next, member);
          }
        });
  }

  @Override
  public void perform(LiveRoom room, RoomMail sent) {
    switch (sent) {
      case RoomMail.Said said ->
          lines.perform(room, self(), said, answers.take(said.ref()).orElse(PendingAnswers.NOBODY));
      case RoomMail.Gone gone ->
          room.state().roster().member(gone.member()).ifPresent(room.door()::discard);
      default -> throw new IllegalArgumentException("no member commands this: " + sent);
    }
  }

  @Override
  public long openLine(LiveRoom room, String node) {
    return lines.open(room, node);
  }

  @Override
  public void hostLine(LiveRoom room, String node, long line) {
    lines.host(room, node, line);
  }

  @Override
  public void closeLine(LiveRoom room, long line) {
    lines.close(room, line);
  }

  @Override
  public void sever(LiveRoom room, String node, long line) {
    lines.sever(room, node, line);
  }

  @Override
  public boolean tell(String node, RoomMail mail) {
    byte[] message = mail.encode();
    return mail instanceof RoomMail.Awaited
        ? topic.sendAtOnce(node, message)
        : topic.send(node, message);
  }

  @Override
  public void handOver(Ear former, String next, long ref) {
    journeys.handOver(former, next, ref);
  }

  // Other nodes

  @Override
  public String self() {
    return context.mesh().self().address();
  }

  /** True while there is no other node. */
  boolean isAlone() {
    return alone;
  }

  @Override
  public RemoteUser remote(LiveRoom room, String node, Visitor visitor, long ref, boolean moved) {
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
      case RoomMail.Numbered frame -> lines.on(sender, frame);
      case RoomMail.Seated seated -> lines.on(sender, seated);
      case RoomMail.ToBranch other -> lines.toBranch(sender, other);
      case RoomMail.Said said -> lines.on(sender, said);
      case RoomMail.Spoken spoken -> lines.on(sender, spoken);
      case RoomMail.Gone gone -> lines.on(sender, gone);
      case RoomMail.Attach attach -> lines.on(sender, attach);
      case RoomMail.NoLine none -> lines.on(sender, none);
      case RoomMail.Answer answer -> answers.came(answer);
      case RoomMail.Reset _ -> forgetNode(sender);
      case RoomMail.Handover handover -> journeys.came(handover);
      case RoomMail.Shelved opening -> openings.shelve(sender, opening);
      case RoomMail.CopyPart part -> adoptions.on(sender, part);
      case RoomMail.Withdrawn withdrawn -> adoptions.on(sender, withdrawn);
      case RoomMail.Enlist enlist -> standbys.on(sender, enlist);
      case RoomMail.Written part -> standbys.on(sender, part);
      case RoomMail.Taken taken -> standbys.on(sender, taken);
      case RoomMail.NoStandby none -> standbys.on(sender, none);
      case RoomMail.Retire retire -> standbys.on(sender, retire);
      case RoomMail.Question _ ->
          throw new IllegalArgumentException("a question is asked, not told");
    }
  }

  @Override
  public CompletionStage<byte[]> onAsk(String sender, byte[] question) {
    if (!(RoomMail.decode(question) instanceof RoomMail.Question asked)) {
      throw new IllegalArgumentException("is told, not asked");
    }
    CompletableFuture<byte[]> answer =
        switch (asked) {
          case RoomMail.Join join -> join(sender, join);
          case RoomMail.Return back -> comeBack(sender, back);
          case RoomMail.Rehome rehome -> journeys.rehome(sender, rehome);
          case RoomMail.Call call -> call(call);
          case RoomMail.Adopt adopt -> adoptions.on(sender, adopt);
          case RoomMail.Settle settle -> adoptions.on(sender, settle);
          case RoomMail.Move move ->
              here(move.roomId(), room -> room.moveTo(move.to()).thenApply(moved -> NOTHING));
          case RoomMail.Find find ->
              CompletableFuture.completedFuture(notices.found(find).encode());
          case RoomMail.Pick pick ->
              CompletableFuture.completedFuture(
                  openings
                      .pick(sender, pick, context.random())
                      .orElse("")
                      .getBytes(StandardCharsets.UTF_8));
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
    return here(
        join.roomId(),
        room ->
            room.call(() -> {
              RemoteUser user = remote(room, sender, join.visitor(), join.ref(), false);
              room.door().admit(user, new Ear(user), join.message());
              return NOTHING;
            }));
  }

  private CompletableFuture<byte[]> comeBack(String sender, RoomMail.Return back) {
    return here(
        back.roomId(),
        room ->
            room.call(() -> {
              room.door().comeBack(back, remote(room, sender, back.visitor(), back.ref(), false));
              return NOTHING;
            }));
  }

  private CompletableFuture<byte[]> call(RoomMail.Call call) {
    return here(call.roomId(), room -> room.call(() -> DistantRoom.answer(room, call)));
  }

  /** Does something with a room of this node; fails with where it is if it has moved. */
  private CompletableFuture<byte[]> here(
      String roomId, Function<LiveRoom, CompletableFuture<byte[]>> operation) {
    return directory
        .find(roomId)
        .map(operation)
        .orElseGet(() ->
            CompletableFuture.failedFuture(
                homes.movedTo(roomId).map(Refusal::moved).orElseGet(Refusal::notFound)));
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
    standbys.joined();
    notices.postAll();
  }

  @Override
  public void onChange(NodeInfo before, NodeInfo after) {
    // It has died and started again before anybody missed it.
    if (before.id() != after.id()) {
      openings.forgetNode(after.address());
      standbys.left(after.address());
      onJoin(after);
    } else if (!before.endpoints().keySet().equals(after.endpoints().keySet())) {
      notices.postAll();
    }
  }

  @Override
  public void onLeave(NodeInfo node) {
    forgetNode(node.address());
    standbys.left(node.address());
    openings.forgetNode(node.address());
    alone = context.mesh().nodes().size() <= 1;
    notices.postAll();
  }

  private void forgetNode(String address) {
    lines.forgetNode(address);
    adoptions.forgetNode(address);
  }
}

package dev.skein.session;

import dev.skein.mesh.MeshException;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeListener;
import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import dev.skein.mesh.Topic;
import dev.skein.module.Answers;
import dev.skein.module.Hooks;
import dev.skein.module.StoreAnswer;
import dev.skein.module.ThingIds;
import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import dev.skein.protocol.party.PartyCode;
import dev.skein.server.CommandException;
import dev.skein.server.Metrics;
import dev.skein.server.ModuleContext;
import dev.skein.server.Shard;
import dev.skein.server.User;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BiFunction;
import java.util.stream.Collectors;

/**
 * The module on its node: stores, the topic between nodes, and the copies of sessions that this
 * node has to do with. Any thread, except where it says otherwise.
 */
final class SessionNode implements SessionCopy.Surroundings, Topic.Handler {
  private static final int SWEEP_MILLIS = 1_000;
  private static final int TOUCH_MILLIS = 20_000;
  private static final int RETRY_MILLIS = 1_000;

  /** A leave is tried that often while the cluster does not answer. */
  private static final int INSIST_MAX_COUNT = 120;

  private final ModuleContext context;
  private final Hooks<SessionHooks> hooks;
  private final Channel channel;
  private final ThingIds ids;
  private final Store sessions;
  private final Store places;
  private final Topic topic;
  private final Map<String, SessionCopy> copies = new ConcurrentHashMap<>();
  private final Map<User, Seats> seats = new ConcurrentHashMap<>();
  private final BiFunction<User, NodeMessage.Join, CompletionStage<byte[]>> joinHere;
  private final Metrics.Counter missed;
  private final Metrics.Counter refused;

  /**
   * @param joinHere lets a user of this node in, because another node asks for it
   */
  SessionNode(
      ModuleContext context,
      SessionSettings settings,
      Hooks<SessionHooks> hooks,
      BiFunction<User, NodeMessage.Join, CompletionStage<byte[]>> joinHere) {
    this.context = context;
    this.hooks = hooks;
    this.joinHere = joinHere;
    this.channel = Channel.ordered(settings.channel());
    this.ids = new ThingIds(context.mesh().self().id(), context.random());
    this.sessions = context.mesh().store(store("session", settings), new SessionOperator());
    this.places = context.mesh().store(store("session.place", settings), new PlaceOperator());
    this.topic = context.mesh().topic("session", this);
    Metrics metrics = context.metrics();
    metrics.gauge("skein.sessions", "Sessions with members on this node", copies::size);
    this.missed = metrics.counter("skein.sessions.missed", "Session news that members missed");
    this.refused = metrics.counter("skein.sessions.untold", "Session news no node could be told");
    context.mesh().onNodes(NodeListener.ofComingAndGoing(this::suspectAll));
    for (Shard shard : context.shards()) {
      shard.schedule(() -> sweep(shard), SWEEP_MILLIS);
    }
  }

  private static StoreOptions store(String name, SessionSettings settings) {
    return new StoreOptions(name, settings.copiesCount(), Set.of(), 0, Optional.empty());
  }

  ModuleContext context() {
    return context;
  }

  Hooks<SessionHooks> hooks() {
    return hooks;
  }

  /** What sessions send goes over it. */
  Channel channel() {
    return channel;
  }

  Topic topic() {
    return topic;
  }

  String newId() {
    return ids.next();
  }

  /** How many sessions this node has to do with. */
  int count() {
    return copies.size();
  }

  // Sessions

  /** Asks a session, wherever it lives. */
  CompletionStage<byte[]> call(String id, Operation operation) {
    return call(id, operation, (copy, answer) -> answer);
  }

  /** Asks a session; {@code then} runs on its copy's shard, and may seat a user there. */
  <T> CompletionStage<T> call(
      String id, Operation operation, BiFunction<SessionCopy, byte[], T> then) {
    SessionCopy copy = reserved(id);
    return copy.call(operation, answer -> then.apply(copy, answer));
  }

  /** Asks again and again while the cluster does not answer: what must not be forgotten. */
  CompletionStage<byte[]> insist(String id, Operation operation) {
    return insist(id, operation, INSIST_MAX_COUNT);
  }

  private CompletionStage<byte[]> insist(String id, Operation operation, int timesLeft) {
    return call(id, operation)
        .exceptionallyCompose(failure ->
            timesLeft > 1 && isUnavailable(failure)
                ? later(id).thenCompose(now -> insist(id, operation, timesLeft - 1))
                : CompletableFuture.failedFuture(failure));
  }

  private CompletionStage<Boolean> later(String id) {
    CompletableFuture<Boolean> later = new CompletableFuture<>();
    shardOf(id).schedule(() -> later.complete(true), RETRY_MILLIS);
    return later;
  }

  static boolean isUnavailable(Throwable failure) {
    return Answers.cause(failure) instanceof CommandException refused
        && refused.code() == PartyCode.UNAVAILABLE;
  }

  /** This node's copy, made if it is not there, for one call. One that is not used goes. */
  private SessionCopy reserved(String id) {
    return copies.compute(
        id,
        (same, known) ->
            (known == null ? new SessionCopy(id, shardOf(id), channel, this) : known).reserve());
  }

  /** The copy of a session that users of this node are in. */
  Optional<SessionCopy> copy(String id) {
    return Optional.ofNullable(copies.get(id));
  }

  private Shard shardOf(String id) {
    List<Shard> shards = context.shards();
    return shards.get(Math.floorMod(id.hashCode(), shards.size()));
  }

  /** A session as its owner has it now. */
  CompletionStage<Optional<SessionState>> state(String id) {
    return fetch(id).thenApply(found -> found.map(SessionState::decode));
  }

  // Places

  /** Ids by type of the sessions a uid is in. */
  CompletionStage<Map<String, String>> places(String uid) {
    return explained(places.get(uid).thenApply(PlaceOperator::decode));
  }

  /** Takes the place of a type; gives the id of the session that has it now. */
  CompletionStage<String> take(String uid, String type, String id, String instead) {
    return explained(
        places.apply(uid, PlaceOperator.take(type, id, instead)).thenApply(PlaceOperator::holder));
  }

  void release(String uid, String type, String id) {
    places.apply(uid, PlaceOperator.release(type, id));
  }

  Seats seatsOf(User user) {
    return seats.computeIfAbsent(user, fresh -> new Seats());
  }

  Optional<Seats> seatsIfAny(User user) {
    return Optional.ofNullable(seats.get(user));
  }

  /** The seats of a user who is gone. */
  Collection<Seat> forget(User user) {
    Seats left = seats.remove(user);
    return left == null ? List.of() : left.close();
  }

  // What copies need

  @Override
  public String self() {
    return process(context.mesh().self());
  }

  /** A node that is started again may have its former address, but none of its members. */
  private static String process(NodeInfo node) {
    return node.address() + '#' + Long.toHexString(node.id());
  }

  private static String address(String process) {
    return process.substring(0, process.lastIndexOf('#'));
  }

  @Override
  public CompletionStage<byte[]> apply(String id, byte[] operations) {
    return sessions.apply(id, operations);
  }

  @Override
  public CompletionStage<Optional<byte[]>> fetch(String id) {
    return explained(sessions.get(id));
  }

  @Override
  public void tell(Collection<String> nodes, String id, long firstSeq, List<News> news) {
    List<String> others = nodes.stream().filter(node -> !node.equals(self())).toList();
    if (!news.isEmpty() && !others.isEmpty()) {
      byte[] message = new NodeMessage.Told(id, firstSeq, news).encode();
      // One by one, not as a tree: members' nodes are few, and a tree keeps no order.
      for (String node : others) {
        if (!topic.send(address(node), message)) {
          refused.increment();
        }
      }
    }
  }

  @Override
  public void happened(SessionCopy copy, List<News> news) {
    Session session = new Session(this, copy.id());
    for (News each : news) {
      switch (each) {
        case News.Joined(String uid, String _, String _, long _, byte[] message) ->
            hooks.each(hook -> hook.joined(session, uid, message));
        case News.Left left ->
            hooks.each(hook -> hook.left(session, left.uid(), left.reason(), left.message()));
        case News.Owned(String uid) -> hooks.each(hook -> hook.ownerChanged(session, uid));
        case News.Changed(var changes) ->
            hooks.each(hook -> hook.propertiesChanged(session, changes));
        case News.Attached _,
            News.Lost _,
            News.Said _,
            News.Told _,
            News.Announced _,
            News.Invited _,
            News.Declined _ -> {}
      }
    }
  }

  @Override
  public void vacated(Seat seat) {
    Seats taken = seats.get(seat.user());
    if (taken == null || taken.vacate(seat)) {
      release(seat.user().uid(), seat.type(), seat.sessionId());
    }
  }

  @Override
  public void missed(long count) {
    missed.add(count);
  }

  @Override
  public void unused(SessionCopy copy) {
    copies.computeIfPresent(copy.id(), (id, kept) -> kept == copy && copy.isIdle() ? null : kept);
  }

  // Between nodes

  /** Says something to the members on all nodes, past the order of news. On the copy's shard. */
  void sayLoosely(SessionCopy copy, String uid, byte[] data, Channel over) {
    copy.sayLoosely(uid, data, over);
    byte[] message = new NodeMessage.Loose(copy.id(), uid, over, data).encode();
    for (String node : copy.nodes()) {
      if (!node.equals(self())) {
        topic.send(address(node), message);
      }
    }
  }

  @Override
  public void onMessage(String sender, byte[] message) {
    switch (NodeMessage.decode(message)) {
      case NodeMessage.Told(String id, long firstSeq, List<News> news) -> {
        SessionCopy copy = copies.get(id);
        if (copy != null) {
          copy.shard().execute(() -> copy.take(firstSeq, news));
        }
      }
      case NodeMessage.Loose(String id, String uid, Channel over, byte[] data) -> {
        SessionCopy copy = copies.get(id);
        if (copy != null) {
          copy.shard().execute(() -> copy.sayLoosely(uid, data, over));
        }
      }
      case NodeMessage.Join _ -> throw new IllegalArgumentException("a join is asked, not told");
    }
  }

  @Override
  public CompletionStage<byte[]> onAsk(String sender, byte[] question) {
    if (!(NodeMessage.decode(question) instanceof NodeMessage.Join join)) {
      throw new IllegalArgumentException("only joins are asked for");
    }
    return context
        .user(join.uid())
        .map(user -> joinHere.apply(user, join))
        .orElseGet(
            () -> CompletableFuture.completedFuture(StoreAnswer.refused(Refusal.userGone())));
  }

  private void suspectAll() {
    copies.values().forEach(copy -> copy.shard().execute(copy::suspect));
  }

  private void sweep(Shard shard) {
    Set<String> inSight =
        context.mesh().nodes().stream().map(SessionNode::process).collect(Collectors.toSet());
    long nowMillis = context.currentTimeMillis();
    for (SessionCopy copy : copies.values()) {
      if (copy.shard() == shard) {
        copy.sweep(nowMillis, inSight, TOUCH_MILLIS);
      }
    }
    shard.schedule(() -> sweep(shard), SWEEP_MILLIS);
  }

  /** A cluster that does not answer, as clients are told of it. */
  static <T> CompletionStage<T> explained(CompletionStage<T> stage) {
    return stage.exceptionallyCompose(failure -> {
      Throwable cause = Answers.cause(failure);
      return CompletableFuture.failedFuture(
          cause instanceof MeshException.NetworkFailed
              ? Refusal.unavailable(String.valueOf(cause.getMessage()))
              : cause instanceof MeshException.HandlerFailed
                  ? CommandException.err(Code.INTERNAL, String.valueOf(cause.getMessage()))
                  : cause);
    });
  }
}

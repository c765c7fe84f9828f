package dev.skein.group;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.MeshException;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeListener;
import dev.skein.mesh.Topic;
import dev.skein.module.Answers;
import dev.skein.module.Hooks;
import dev.skein.protocol.group.GroupStat;
import dev.skein.protocol.record.RecordCodec;
import dev.skein.server.Metrics;
import dev.skein.server.ModuleContext;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The module on its node: its desks, its topic, and the way to other nodes. Any thread. */
final class GroupNode implements Topic.Handler, NodeListener {
  private static final Logger log = LoggerFactory.getLogger(GroupNode.class);

  /** The topic and the prefix of the names that homes are found by. */
  private static final String NAME = "group";

  private static final List<String> USER_ROLES = List.of("UDP", "TCP", "WS");

  private final ModuleContext context;
  private final GroupSettings settings;
  private final Function<String, Hooks<GroupHooks>> hooksOfType;
  private final List<Desk> desks = new ArrayList<>();
  private final Map<Long, Hall> halls = new ConcurrentHashMap<>();
  private final Entrance entrance;
  private final Shelves shelves = new Shelves();
  private final AtomicLong publications;
  private final Surroundings.Timing timing;
  private final Topic topic;
  private final Metrics.Counter gaps;
  private final Metrics.Counter failures;

  /**
   * Which group is meant.
   *
   * @param charter if this node knows it
   * @param isNew whether nobody else can know it yet
   */
  record Target(long number, Optional<Charter> charter, boolean isNew) {
    static Target known(Charter charter) {
      return charter.isStatic()
          ? new Target(charter.number(), Optional.of(charter), false)
          : new Target(charter.number(), Optional.empty(), false);
    }
  }

  GroupNode(
      ModuleContext context,
      GroupSettings settings,
      Function<String, Hooks<GroupHooks>> hooksOfType) {
    this.context = context;
    this.settings = settings;
    this.hooksOfType = hooksOfType;
    this.timing =
        new Surroundings.Timing(
            settings.deliveryTimeoutMillis(), settings.replayMillis(), settings.replayMaxBytes());
    // Another life of this node must not repeat the numbers of the last.
    this.publications = new AtomicLong(context.random().nextLong() >>> 1 & ~0xFFFF_FFFFL);
    this.entrance = new Entrance(this);
    context.shards().forEach(shard -> desks.add(new Desk(this, shard)));
    this.topic = context.mesh().topic(NAME, this);
    context.mesh().onNodes(this);
    Metrics metrics = context.metrics();
    this.gaps = metrics.counter("skein.group.gaps", "Times members of this node missed something");
    this.failures =
        metrics.counter("skein.group.failures", "Messages of this node that were not confirmed");
    metrics.gauge("skein.groups", "Groups with members on this node", halls::size);
    metrics.gauge("skein.group.members", "Memberships of users of this node", entrance::seatCount);
  }

  ModuleContext context() {
    return context;
  }

  GroupSettings settings() {
    return settings;
  }

  Entrance entrance() {
    return entrance;
  }

  Surroundings.Timing timing() {
    return timing;
  }

  Hooks<GroupHooks> hooks(Charter charter) {
    return hooksOfType.apply(charter.options().type());
  }

  Group face(Charter charter) {
    return new Group(charter, this);
  }

  void countGap() {
    gaps.increment();
  }

  void countFailure() {
    failures.increment();
  }

  int groupsMaxCountPerDesk() {
    return Math.max(1, settings.groupsMaxCount() / desks.size());
  }

  // Groups

  Desk desk(long group) {
    return desks.get((int) ((group ^ group >>> 32) & 0x7FFF_FFFF) % desks.size());
  }

  Hall newHall(long group, Desk desk) {
    return new Hall(group, desk, entrance, context.shards(), publications::getAndIncrement);
  }

  /** Members of the group came or went here. */
  void seated(Hall hall) {
    halls.compute(
        hall.group(),
        (group, known) -> {
          if (!hall.isEmpty()) {
            return hall;
          }
          return known == hall ? null : known;
        });
  }

  List<User> localMembers(long group) {
    Hall hall = halls.get(group);
    return hall == null ? List.of() : hall.users();
  }

  /** Uses a group's members and branch at its desk; what it throws fails the future. */
  void atDesk(Target target, CompletableFuture<?> outcome, Consumer<Hall> use) {
    Desk desk = desk(target.number);
    desk.post(() -> {
      try {
        Hall hall = desk.hall(target.number);
        target.charter.ifPresent(charter -> hall.branch().ensure(charter, target.isNew));
        use.accept(hall);
      } catch (RuntimeException failed) {
        outcome.completeExceptionally(failed);
      }
    });
  }

  /** Completes with the group when it is there. */
  CompletableFuture<Group> find(Target target) {
    CompletableFuture<Group> found = new CompletableFuture<>();
    atDesk(
        target,
        found,
        hall ->
            hall.branch()
                .find()
                .whenComplete((charter, failure) -> {
                  if (charter != null) {
                    found.complete(face(charter));
                  } else {
                    found.completeExceptionally(Answers.cause(failure));
                  }
                }));
    return found;
  }

  CompletableFuture<Void> publish(long group, Utterance said, int channel) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    Desk desk = desk(group);
    atDesk(
        new Target(group, Optional.empty(), false),
        done,
        hall ->
            hall.branch()
                .publish(said, channel)
                .whenComplete((nothing, failure) -> desk.finish(done, null, failure)));
    return done;
  }

  // Other nodes

  private Mesh mesh() {
    return context.mesh();
  }

  String self() {
    return mesh().self().address();
  }

  long selfId() {
    return mesh().self().id();
  }

  String home(long group) {
    return mesh().home(NAME + "/" + group).address();
  }

  String shelfHome(String type) {
    return mesh().home(NAME + "-type/" + type).address();
  }

  /** The nodes that may have members. */
  Collection<String> nodes() {
    List<NodeInfo> all = mesh().nodes();
    List<String> serving =
        all.stream()
            .filter(node -> USER_ROLES.stream().anyMatch(node::hasRole))
            .map(NodeInfo::address)
            .toList();
    return serving.isEmpty() ? all.stream().map(NodeInfo::address).toList() : serving;
  }

  boolean send(String address, Mail mail) {
    return topic.send(address, mail.encode());
  }

  void send(Collection<String> addresses, Mail mail) {
    topic.send(addresses, mail.encode());
  }

  @Override
  public void onMessage(String sender, byte[] message) {
    Mail.decode(message)
        .ifPresentOrElse(
            mail -> {
              if (mail instanceof Mail.Again) {
                desks.forEach(desk -> desk.post(() -> desk.onNode(sender)));
              } else {
                Desk desk = desk(mail.group());
                desk.post(() -> desk.receive(sender, mail));
              }
            },
            () -> log.warn("{} sent something malformed about groups", sender));
  }

  @Override
  public CompletionStage<byte[]> onAsk(String sender, byte[] question) {
    return switch (Question.decode(question)) {
      case Question.Stat stat -> {
        CompletableFuture<byte[]> answer = new CompletableFuture<>();
        Desk desk = desk(stat.group());
        desk.post(() ->
            desk.stat(stat.group())
                .ifPresentOrElse(
                    known -> answer.complete(encoded(known)),
                    () -> answer.completeExceptionally(Refusal.notFound())));
        yield answer;
      }
      case Question.Pick pick -> {
        if (!pick.gone().isEmpty()) {
          shelves.hide(pick.type(), pick.gone());
        }
        RandomGenerator chance = context.random();
        Optional<String> picked =
            shelves.pick(pick.type(), pick.candidate(), context.currentTimeMillis(), chance);
        yield CompletableFuture.completedFuture(
            RecordCodec.encodeRecord(new Question.Picked(picked.orElse(""))));
      }
    };
  }

  private static byte[] encoded(GroupStat stat) {
    return RecordCodec.encodeRecord(
        new Question.Numbers(
            stat.id(), stat.type(), stat.members(), stat.nodes(), stat.registered()));
  }

  void onShelve(Mail.Shelve shelve) {
    if (shelve.shown()) {
      shelves.show(shelve.type(), shelve.groupId(), context.currentTimeMillis());
    } else {
      shelves.hide(shelve.type(), shelve.groupId());
    }
  }

  CompletableFuture<GroupStat> stat(long group) {
    return topic
        .ask(home(group), new Question.Stat(group).encode())
        .thenApply(answer -> {
          Question.Numbers numbers = RecordCodec.of(Question.Numbers.class).decode(answer);
          return new GroupStat(
              numbers.id(),
              numbers.type(),
              numbers.members(),
              numbers.nodes(),
              numbers.registered());
        })
        .toCompletableFuture()
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(refusal(failure)));
  }

  /** The id of a registered group of the type, or {@code candidate}; empty if there is none. */
  CompletableFuture<String> pick(String type, String candidate, String gone) {
    return topic
        .ask(shelfHome(type), new Question.Pick(type, candidate, gone).encode())
        .thenApply(answer -> RecordCodec.of(Question.Picked.class).decode(answer).groupId())
        .toCompletableFuture()
        .exceptionallyCompose(failure -> CompletableFuture.failedFuture(refusal(failure)));
  }

  private static Throwable refusal(@Nullable Throwable failure) {
    return switch (Answers.cause(failure)) {
      case MeshException.HandlerFailed notThere -> Refusal.notFound();
      case MeshException.NetworkFailed silent -> Refusal.unreachable();
      case Throwable other -> other;
    };
  }

  @Override
  public void onJoin(NodeInfo node) {
    // Whoever was out of this node's sight may not know that its members were given up here.
    topic.send(node.address(), new Mail.Again(0).encode());
    desks.forEach(desk -> desk.post(() -> desk.onNode("")));
  }

  @Override
  public void onChange(NodeInfo before, NodeInfo after) {
    if (!before.endpoints().keySet().equals(after.endpoints().keySet())) {
      desks.forEach(desk -> desk.post(() -> desk.onNode("")));
    }
  }

  @Override
  public void onLeave(NodeInfo node) {
    desks.forEach(desk -> desk.post(() -> desk.onNodeLost(node.address())));
  }
}

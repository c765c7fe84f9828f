package dev.skein.notifier;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.Store;
import dev.skein.mesh.Topic;
import dev.skein.module.Answers;
import dev.skein.protocol.Channel;
import dev.skein.server.Metrics;
import dev.skein.server.ModuleContext;
import dev.skein.server.Shard;
import dev.skein.server.User;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One service on one node: asks for its turns, and sees to it that the users of the node get what
 * is on the board. Confined to its shard, except where it says otherwise.
 */
final class Service {
  private static final Logger log = LoggerFactory.getLogger(Service.class);
  private static final int RETRY_MILLIS = 1_000;
  private static final int LOOK_MAX_MILLIS = 5_000;
  private static final int GRACE_MAX_MILLIS = 1_000;
  private static final String HTTP = "HTTP";

  private final String name;
  private final long intervalMillis;
  private final long memoryMillis;
  private final NotificationSource source;
  private final ModuleContext context;
  private final Shard shard;
  private final Stores stores;
  private final Supplier<Collection<User>> users;
  private final Counters counters;
  private final Map<String, Set<String>> servedUids = new HashMap<>();
  private List<Board.Posted> posted = List.of();
  private boolean asleep;

  /** What all services of a node share. */
  record Stores(Store boards, Store seen, Topic topic) {}

  /** What a service counts. */
  record Counters(
      Metrics.Counter turns,
      Metrics.Counter failures,
      Metrics.Counter posted,
      Metrics.Counter delivered) {
    static Counters of(Metrics metrics) {
      return new Counters(
          metrics.counter("skein.notifier.turns", "Notification sources asked here"),
          metrics.counter("skein.notifier.failures", "Notification sources that failed here"),
          metrics.counter("skein.notifier.posted", "Notifications posted here"),
          metrics.counter("skein.notifier.delivered", "Notifications sent to users here"));
    }
  }

  Service(
      String name,
      Notifier.Plan plan,
      long memoryMillis,
      ModuleContext context,
      Stores stores,
      Supplier<Collection<User>> users,
      Counters counters) {
    this.name = name;
    this.intervalMillis = plan.interval().toMillis();
    this.source = plan.source();
    this.memoryMillis = memoryMillis;
    this.context = context;
    this.shard = context.shards().getFirst();
    this.stores = stores;
    this.users = users;
    this.counters = counters;
  }

  /** Any thread. */
  void start() {
    shard.schedule(this::askForTurn, Math.min(intervalMillis, RETRY_MILLIS));
    shard.schedule(this::look, lookMillis());
  }

  private long lookMillis() {
    return Math.min(intervalMillis, LOOK_MAX_MILLIS);
  }

  // Turns

  /** A node that serves nobody but by HTTP takes no turn. */
  private void askForTurn() {
    if (!servesUsers()) {
      if (!asleep) {
        asleep = true;
        log.info("Notification service {} rests: this node has no role but HTTP", name);
      }
      shard.schedule(this::askForTurn, Math.max(RETRY_MILLIS, intervalMillis));
      return;
    }
    asleep = false;
    stores
        .boards()
        .apply(name, BoardOperator.turn(intervalMillis))
        .whenComplete((answer, failure) ->
            shard.execute(() -> {
              if (failure != null) {
                shard.schedule(this::askForTurn, RETRY_MILLIS);
              } else {
                answered(BoardOperator.number(answer));
              }
            }));
  }

  private boolean servesUsers() {
    return context.mesh().self().endpoints().keySet().stream().anyMatch(role -> !role.equals(HTTP));
  }

  /** One node is asked first for the next turn; the others are there in case it is not. */
  private void answered(long waitMillis) {
    if (waitMillis == 0) {
      takeTurn();
    }
    Mesh mesh = context.mesh();
    boolean first = mesh.home("notifier:" + name).address().equals(mesh.self().address());
    long graceMillis = first ? 0 : Math.min(GRACE_MAX_MILLIS, intervalMillis / 4 + 1);
    long nextMillis = waitMillis == 0 ? intervalMillis : waitMillis;
    shard.schedule(this::askForTurn, nextMillis + graceMillis);
  }

  private void takeTurn() {
    counters.turns().increment();
    context
        .blocking()
        .execute(() -> {
          try {
            source.next().ifPresent(notification -> shard.execute(() -> post(notification, 3)));
          } catch (Exception failed) { // whatever the game throws, the next turn comes
            counters.failures().increment();
            log.error("The source of notification service {} failed", name, failed);
          }
        });
  }

  private void post(Notification notification, int timesLeft) {
    stores
        .boards()
        .apply(name, BoardOperator.post(notification, memoryMillis))
        .whenComplete((answer, failure) ->
            shard.execute(() -> {
              if (failure == null) {
                posted(notification, BoardOperator.number(answer) == 1);
              } else if (timesLeft > 1) {
                shard.schedule(() -> post(notification, timesLeft - 1), RETRY_MILLIS);
              } else {
                log.warn(
                    "Notification {} could not be posted: {}",
                    notification.id(),
                    Answers.cause(failure).getMessage());
              }
            }));
  }

  private void posted(Notification notification, boolean fresh) {
    if (fresh) {
      counters.posted().increment();
      log.info("Notification {} ({}) of {}", notification.id(), notification.name(), name);
      byte[] hint = name.getBytes(StandardCharsets.UTF_8);
      List<String> others = new ArrayList<>();
      for (NodeInfo node : context.mesh().nodes()) {
        if (!node.address().equals(context.mesh().self().address())) {
          others.add(node.address());
        }
      }
      stores.topic().send(others, hint);
      lookNow();
    }
  }

  // Delivery

  private void look() {
    lookNow();
    shard.schedule(this::look, lookMillis());
  }

  /** Another node says that there is something new. Any thread. */
  void hint() {
    shard.execute(this::lookNow);
  }

  private void lookNow() {
    stores
        .boards()
        .get(name)
        .whenComplete((kept, failure) -> {
          if (failure == null) {
            shard.execute(() -> read(Board.decode(kept)));
          }
        });
  }

  private void read(Board board) {
    board.expire(context.currentTimeMillis());
    posted = board.posted();
    Set<String> ids = new HashSet<>();
    for (Board.Posted each : posted) {
      ids.add(each.id());
      deliver(each, users.get());
    }
    servedUids.keySet().retainAll(ids);
  }

  /** A user came. Any thread. */
  void arrived(User user) {
    shard.execute(() -> {
      for (Board.Posted each : posted) {
        if (each.untilMillis() > context.currentTimeMillis()) {
          deliver(each, List.of(user));
        }
      }
    });
  }

  private void deliver(Board.Posted notification, Collection<User> candidates) {
    Set<String> served = servedUids.computeIfAbsent(notification.id(), unknown -> new HashSet<>());
    Map<Integer, List<User>> byBucket = new HashMap<>();
    for (User user : candidates) {
      if (served.add(user.uid())) {
        int bucket = Math.floorMod(SeenOperator.mark(user.uid()), SeenOperator.BUCKETS);
        byBucket.computeIfAbsent(bucket, unknown -> new ArrayList<>()).add(user);
      }
    }
    for (List<User> bucket : byBucket.values()) {
      for (int from = 0; from < bucket.size(); from += SeenOperator.USERS_MAX_COUNT) {
        int to = Math.min(bucket.size(), from + SeenOperator.USERS_MAX_COUNT);
        claim(notification, bucket.subList(from, to));
      }
    }
  }

  /** First it is written down that these users have it, so that nobody ever gets it twice. */
  private void claim(Board.Posted notification, List<User> bucket) {
    List<Long> marks = bucket.stream().map(user -> SeenOperator.mark(user.uid())).toList();
    String key = SeenOperator.key(name, notification.id(), marks.getFirst());
    stores
        .seen()
        .apply(key, SeenOperator.claim(notification.untilMillis(), marks))
        .whenComplete((answer, failure) ->
            shard.execute(() -> {
              for (int i = 0; i < bucket.size(); i++) {
                if (failure != null) {
                  forget(notification, bucket.get(i));
                } else if (answer[i] == 1) {
                  send(notification, bucket.get(i));
                }
              }
            }));
  }

  /** The cluster did not answer: tried again at the next look. */
  private void forget(Board.Posted notification, User user) {
    Set<String> served = servedUids.get(notification.id());
    if (served != null) {
      served.remove(user.uid());
    }
  }

  private void send(Board.Posted notification, User user) {
    counters.delivered().increment();
    if (user.isConnected()) {
      user.push(notification.ver(), notification.cmd(), notification.message());
    } else {
      // It has moved to another node, or logged in anew, while the mark was made.
      context
          .directory()
          .push(
              user.uid(),
              notification.ver(),
              notification.cmd(),
              notification.message(),
              Channel.ordered(0));
    }
  }
}

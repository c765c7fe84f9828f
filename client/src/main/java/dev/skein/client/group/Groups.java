package dev.skein.client.group;

import dev.skein.client.Client;
import dev.skein.client.ClientEvent;
import dev.skein.client.Listeners;
import dev.skein.client.NotConnected;
import dev.skein.client.Subscription;
import dev.skein.protocol.Channel;
import dev.skein.protocol.group.GroupCmd;
import dev.skein.protocol.group.GroupEvent;
import dev.skein.protocol.group.GroupReply;
import dev.skein.protocol.group.GroupRequest;
import dev.skein.protocol.group.GroupRequest.Terms;
import dev.skein.protocol.group.GroupStat;
import dev.skein.protocol.room.LeaveReason;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The groups of one client: {@code client.groups().join("world")}. Any thread may call. A client
 * may be in any number of groups. When the session is lost for good, all groups are left with the
 * reason DISCONNECTED; a resume, or a move to another node, is not seen here at all.
 */
public final class Groups {
  private static final Logger LOG = System.getLogger(Groups.class.getName());
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);

  /** Groups left a moment ago, for answers to joins that come after the news of the exit. */
  private static final int EXITED_MAX_COUNT = 64;

  private final Client client;
  private final Listeners<Consumer<Group>> entered = new Listeners<>();
  private final Map<Long, Group> joined = new ConcurrentHashMap<>();

  // Where the client's callbacks run, except under this lock.
  private final Object lock = new Object();
  private final Map<Long, List<CompletableFuture<Group>>> waiting = new HashMap<>();
  private final Map<Long, Group> exited = new LinkedHashMap<>();

  private Groups(Client client) {
    this.client = client;
    for (int cmd = GroupCmd.ENTERED; cmd <= GroupCmd.UNDELIVERED; cmd++) {
      int number = cmd;
      client.onPush(GroupCmd.VER, number, payload -> onPush(number, payload));
    }
    client.onEvent(event -> {
      if (event instanceof ClientEvent.Disconnected) {
        lost();
      }
    });
  }

  /** The groups of this client; the same object at every call. */
  public static Groups of(Client client) {
    return client.extension(Groups.class, Groups::new);
  }

  // In

  /** Makes a group by the server's terms for this type and joins it. */
  public CompletableFuture<Group> create(String type) {
    return create(Terms.of(type), new byte[0]);
  }

  /** Makes a group and joins it. */
  public CompletableFuture<Group> create(Terms terms, byte[] message) {
    return enter(new GroupRequest.Create(terms, true, message));
  }

  /** Makes a group without joining it; gives its id. */
  public CompletableFuture<String> createEmpty(Terms terms) {
    return call(client, new GroupRequest.Create(terms, false, new byte[0]))
        .thenApply(payload -> decoded(GroupReply.Entry.decode(payload)).groupId());
  }

  /** Joins the group with this id, or the static group of this name; tells nobody. */
  public CompletableFuture<Group> join(String groupId) {
    return join(groupId, new byte[0]);
  }

  /** Joins; the others get the message with the news, if it is not empty. */
  public CompletableFuture<Group> join(String groupId, byte[] message) {
    return enter(new GroupRequest.Join(groupId, message));
  }

  /** Joins a random registered group of the type. */
  public CompletableFuture<Group> joinRandom(String type) {
    return enter(new GroupRequest.JoinRandom(Terms.of(type), false, new byte[0]));
  }

  /** The same; makes one by the server's terms if there is none. */
  public CompletableFuture<Group> joinOrCreate(String type) {
    return joinOrCreate(Terms.of(type), new byte[0]);
  }

  /** The same by the client's own terms. */
  public CompletableFuture<Group> joinOrCreate(Terms terms, byte[] message) {
    return enter(new GroupRequest.JoinRandom(terms, true, message));
  }

  // What is

  /** The numbers of one group. */
  public CompletableFuture<GroupStat> stat(String groupId) {
    return call(client, new GroupRequest.Stat(groupId))
        .thenApply(payload -> decoded(GroupReply.Stat.decode(payload)).stat());
  }

  /** The groups this client is in, by the server's account: ids by number. */
  public CompletableFuture<Map<Long, String>> list() {
    return call(client, new GroupRequest.ListOwn())
        .thenApply(payload -> decoded(GroupReply.Own.decode(payload)).groupIds());
  }

  /** The groups this client is in. */
  public List<Group> joined() {
    return List.copyOf(joined.values());
  }

  /** The group with this id, if this client is in it. */
  public Optional<Group> group(String groupId) {
    return joined.values().stream().filter(group -> group.id().equals(groupId)).findFirst();
  }

  /**
   * This client came into a group, by its own call or by the server's. Listeners set here miss
   * nothing of what the group says.
   */
  public Subscription onEntered(Consumer<Group> listener) {
    return entered.add(listener);
  }

  // How

  static CompletableFuture<byte[]> call(Client client, GroupRequest request) {
    return client.call(
        GroupCmd.VER, request.cmd(), request.encode(), Channel.ordered(0), CALL_TIMEOUT);
  }

  static <R> R decoded(Optional<R> reply) {
    return reply.orElseThrow(() -> new IllegalStateException("the server's answer is malformed"));
  }

  private CompletableFuture<Group> enter(GroupRequest request) {
    CompletableFuture<Group> group = new CompletableFuture<>();
    call(client, request)
        .thenApply(payload -> decoded(GroupReply.Entry.decode(payload)))
        .whenComplete((entry, failure) -> {
          if (failure != null) {
            group.completeExceptionally(failure);
          } else {
            await(entry.group(), group);
          }
        });
    return group;
  }

  /** The answer may come before the news of the entry, or after that of the exit. */
  private void await(long number, CompletableFuture<Group> future) {
    Group known;
    synchronized (lock) {
      known = joined.getOrDefault(number, exited.get(number));
      if (known == null) {
        waiting.computeIfAbsent(number, any -> new ArrayList<>()).add(future);
        return;
      }
    }
    future.complete(known);
  }

  private void onPush(int cmd, byte[] payload) {
    GroupEvent event = GroupEvent.decode(cmd, payload).orElse(null);
    if (event == null) {
      LOG.log(Level.WARNING, "group push {0} is malformed", cmd);
      return;
    }
    switch (event) {
      case GroupEvent.Entered news -> begin(news);
      case GroupEvent.Exited news -> exit(news);
      default -> {
        Group group = joined.get(event.group());
        if (group != null) {
          group.on(event);
        }
      }
    }
  }

  private void begin(GroupEvent.Entered news) {
    Group group = new Group(client, news);
    List<CompletableFuture<Group>> futures;
    synchronized (lock) {
      joined.put(news.group(), group);
      exited.remove(news.group());
      futures = Optional.ofNullable(waiting.remove(news.group())).orElse(List.of());
    }
    // The listeners first: who only learns of the group here misses nothing.
    entered.tell(listener -> listener.accept(group));
    futures.forEach(future -> future.complete(group));
  }

  private void exit(GroupEvent.Exited news) {
    @Nullable Group group;
    synchronized (lock) {
      group = joined.remove(news.group());
      if (group == null) {
        return;
      }
      exited.put(news.group(), group);
      if (exited.size() > EXITED_MAX_COUNT) {
        exited.remove(exited.keySet().iterator().next());
      }
    }
    group.on(news);
  }

  /** The session ended: the server knows nothing of it any more. */
  private void lost() {
    List<Group> left;
    List<CompletableFuture<Group>> futures = new ArrayList<>();
    synchronized (lock) {
      left = List.copyOf(joined.values());
      joined.clear();
      exited.clear();
      waiting.values().forEach(futures::addAll);
      waiting.clear();
    }
    left.forEach(group -> group.exit(LeaveReason.DISCONNECTED, new byte[0]));
    futures.forEach(future -> future.completeExceptionally(new NotConnected("the session ended")));
  }
}

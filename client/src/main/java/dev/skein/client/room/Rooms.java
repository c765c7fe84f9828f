package dev.skein.client.room;

import dev.skein.client.Client;
import dev.skein.client.ClientEvent;
import dev.skein.client.CommandFailed;
import dev.skein.client.Listeners;
import dev.skein.client.NotConnected;
import dev.skein.client.Subscription;
import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomCmd;
import dev.skein.protocol.room.RoomCode;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.protocol.room.RoomReply;
import dev.skein.protocol.room.RoomRequest;
import dev.skein.protocol.room.RoomRequest.Terms;
import dev.skein.protocol.room.RoomStat;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rooms of one client: {@code Rooms.of(client).joinOrCreate("lobby")}. Any thread may call. A
 * client may be in several rooms. When the session is lost for good, rooms are left with the reason
 * DISCONNECTED, but for those with backups: the client returns to them with its next session by
 * itself (see {@link Room}). A resume is not seen here at all.
 */
public final class Rooms {
  private static final Logger LOG = System.getLogger(Rooms.class.getName());
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);
  private static final byte[] NOTHING = {};

  /** A place is kept for some seconds; a room that is being taken over is back much sooner. */
  private static final int RETURN_ATTEMPTS_MAX = 60;

  private static final Duration RETURN_PAUSE = Duration.ofMillis(250);

  /** Refusals that say nothing about the place in the room. */
  private static final Set<Integer> RETURN_AGAIN_CODES =
      Set.of(
          RoomCode.UNREACHABLE,
          RoomCode.ALREADY_A_MEMBER,
          Code.INTERNAL,
          Code.TOO_MANY,
          Code.TIMEOUT,
          Code.FULL);

  /** Rooms left a moment ago, for answers to joins that come after the news of the exit. */
  private static final int EXITED_MAX_COUNT = 64;

  private final Client client;
  private final Listeners<Consumer<Room>> entered = new Listeners<>();
  private final Map<String, Room> joined = new ConcurrentHashMap<>();

  // Where the client's callbacks run, except under this lock.
  private final Object lock = new Object();
  private final Map<Long, Stay> stays = new HashMap<>();
  private final Map<String, Stay> away = new LinkedHashMap<>();
  private final Map<String, List<CompletableFuture<Room>>> waiting = new HashMap<>();
  private final Map<String, Room> exited = new LinkedHashMap<>();

  /** The session whose pushes come; changes where the client's callbacks run. */
  private volatile String sid;

  /** In a room, from ENTERED to EXITED: by its number, or away by its id. */
  private record Stay(Room room, RoomMirror mirror) {}

  private Rooms(Client client) {
    this.client = client;
    for (int cmd = RoomCmd.ENTERED; cmd <= RoomCmd.RETURNED; cmd++) {
      int number = cmd;
      client.onPush(RoomCmd.VER, number, (channel, payload) -> onPush(number, channel, payload));
    }
    client.onEvent(this::onEvent);
    this.sid = client.sid();
  }

  /** The rooms of this client; the same object at every call. */
  public static Rooms of(Client client) {
    return client.extension(Rooms.class, Rooms::new);
  }

  // In

  /** Makes a room by the server's terms for this type and joins it, as its owner. */
  public CompletableFuture<Room> create(String type) {
    return create(Terms.of(type), NOTHING);
  }

  /** Makes a room and joins it, as its owner. */
  public CompletableFuture<Room> create(Terms terms, byte[] message) {
    return enter(new RoomRequest.Create(terms, true, message));
  }

  /** Makes a room without joining it; gives its id. */
  public CompletableFuture<String> createEmpty(Terms terms) {
    return call(client, new RoomRequest.Create(terms, false, NOTHING), Channel.ordered(0))
        .thenApply(payload -> decoded(RoomReply.Entry.decode(payload)).roomId());
  }

  /** Joins the room with this id. */
  public CompletableFuture<Room> join(String roomId) {
    return join(roomId, NOTHING);
  }

  /** Joins the room with this id; the others get the message with the news. */
  public CompletableFuture<Room> join(String roomId, byte[] message) {
    return enter(new RoomRequest.Join(roomId, message));
  }

  /** Joins a random registered room of the type that has a free place. */
  public CompletableFuture<Room> joinRandom(String type) {
    return enter(new RoomRequest.JoinRandom(Terms.of(type), false, NOTHING));
  }

  /** The same; makes one by the server's terms if there is none. */
  public CompletableFuture<Room> joinOrCreate(String type) {
    return joinOrCreate(Terms.of(type), NOTHING);
  }

  /** The same by the client's own terms. */
  public CompletableFuture<Room> joinOrCreate(Terms terms, byte[] message) {
    return enter(new RoomRequest.JoinRandom(terms, true, message));
  }

  // What is

  /** Registered rooms of a type, of all types if it is empty. */
  public CompletableFuture<List<RoomStat>> find(String type, int maxCount) {
    return call(client, new RoomRequest.Find(type, maxCount), Channel.ordered(0))
        .thenApply(payload -> decoded(RoomReply.Stats.decode(payload)).rooms());
  }

  /** The numbers of one room. */
  public CompletableFuture<RoomStat> stat(String roomId) {
    return call(client, new RoomRequest.Stat(roomId), Channel.ordered(0))
        .thenApply(payload -> decoded(RoomReply.Stats.decode(payload)).rooms().getFirst());
  }

  /** The rooms this client is in, by the server's account: ids by number. */
  public CompletableFuture<Map<Long, String>> list() {
    return call(client, new RoomRequest.ListOwn(), Channel.ordered(0))
        .thenApply(payload -> decoded(RoomReply.Own.decode(payload)).roomIds());
  }

  /** The rooms this client is in. */
  public List<Room> joined() {
    return List.copyOf(joined.values());
  }

  /** The room with this id, if this client is in it. */
  public Optional<Room> room(String roomId) {
    return Optional.ofNullable(joined.get(roomId));
  }

  /** This client came into a room, by its own call or by the server's. */
  public Subscription onEntered(Consumer<Room> listener) {
    return entered.add(listener);
  }

  // How

  static CompletableFuture<byte[]> call(Client client, RoomRequest request, Channel channel) {
    return call(client, "", request, channel);
  }

  static CompletableFuture<byte[]> call(
      Client client, String within, RoomRequest request, Channel channel) {
    return client.callWithin(
        within, RoomCmd.VER, request.cmd(), request.encode(), channel, CALL_TIMEOUT);
  }

  static <R> R decoded(Optional<R> reply) {
    return reply.orElseThrow(() -> new IllegalStateException("the server's answer is malformed"));
  }

  private CompletableFuture<Room> enter(RoomRequest request) {
    CompletableFuture<Room> room = new CompletableFuture<>();
    call(client, request, Channel.ordered(0))
        .whenComplete((payload, failure) -> {
          if (failure != null) {
            room.completeExceptionally(failure);
          } else {
            RoomReply.Entry.decode(payload)
                .ifPresentOrElse(
                    entry -> await(entry.roomId(), room),
                    () ->
                        room.completeExceptionally(
                            new IllegalStateException("the server's answer is malformed")));
          }
        });
    return room;
  }

  /** The answer may come before the news of READY, or after that of the exit. */
  private void await(String roomId, CompletableFuture<Room> future) {
    Room known = joined.get(roomId);
    if (known == null) {
      synchronized (lock) {
        known = joined.getOrDefault(roomId, exited.get(roomId));
        if (known == null) {
          waiting.computeIfAbsent(roomId, id -> new ArrayList<>()).add(future);
          return;
        }
      }
    }
    future.complete(known);
  }

  private void onPush(int cmd, Channel channel, byte[] payload) {
    RoomEvent event = RoomEvent.decode(cmd, payload).orElse(null);
    if (event == null) {
      LOG.log(Level.WARNING, "room push {0} is malformed", cmd);
      return;
    }
    if (event instanceof RoomEvent.Returned news) {
      returned(news);
      return;
    }
    if (event instanceof RoomEvent.Entered news) {
      begin(news);
    }
    Stay stay = stay(event.room());
    if (stay == null) {
      return;
    }
    stay.mirror.count(channel);
    switch (event) {
      case RoomEvent.Entered news -> {}
      case RoomEvent.Ready ready -> ready(stay);
      case RoomEvent.Exited news -> exit(news);
      default -> stay.mirror.on(event);
    }
  }

  private @Nullable Stay stay(long number) {
    synchronized (lock) {
      return stays.get(number);
    }
  }

  private void begin(RoomEvent.Entered news) {
    RoomMirror mirror = new RoomMirror(news, sid);
    Stay former;
    synchronized (lock) {
      former = away.remove(news.roomId());
      stays.put(news.room(), new Stay(new Room(client, mirror), mirror));
      exited.remove(news.roomId());
    }
    if (former != null) {
      // It came in anew before it had returned.
      former.mirror.exit(LeaveReason.DISCONNECTED, NOTHING);
    }
  }

  private void ready(Stay stay) {
    Room room = stay.room;
    List<CompletableFuture<Room>> futures;
    synchronized (lock) {
      joined.put(room.id(), room);
      futures = Optional.ofNullable(waiting.remove(room.id())).orElse(List.of());
    }
    // The listeners first: who only learns of the room here misses nothing.
    entered.tell(listener -> listener.accept(room));
    futures.forEach(future -> future.complete(room));
  }

  private void exit(RoomEvent.Exited news) {
    Stay stay;
    synchronized (lock) {
      stay = stays.remove(news.room());
      if (stay == null) {
        return;
      }
      forget(stay.room);
    }
    stay.mirror.on(news);
  }

  /** Under the lock. */
  private void forget(Room room) {
    joined.remove(room.id());
    exited.put(room.id(), room);
    if (exited.size() > EXITED_MAX_COUNT) {
      exited.remove(exited.keySet().iterator().next());
    }
  }

  // Lost and found

  private void onEvent(ClientEvent event) {
    switch (event) {
      case ClientEvent.Connected connected -> {
        sid = connected.sid();
        if (connected.again()) {
          comeBack();
        }
      }
      case ClientEvent.Disconnected disconnected -> lost(disconnected.reconnecting());
      case ClientEvent.Detached detached -> {}
      case ClientEvent.Resumed resumed -> {}
      case ClientEvent.Moved moved -> {}
    }
  }

  /** The session ended: the server knows nothing of it any more, but for places that are kept. */
  private void lost(boolean reconnecting) {
    List<Stay> kept = new ArrayList<>();
    List<Stay> left = new ArrayList<>();
    List<CompletableFuture<Room>> futures = new ArrayList<>();
    synchronized (lock) {
      for (Stay stay : stays.values()) {
        boolean keeps =
            reconnecting && stay.mirror.isReturnable() && joined.containsKey(stay.room.id());
        (keeps ? kept : left).add(stay);
      }
      if (!reconnecting) {
        left.addAll(away.values());
        away.clear();
      }
      kept.forEach(stay -> away.put(stay.room.id(), stay));
      left.forEach(stay -> joined.remove(stay.room.id()));
      stays.clear();
      exited.clear();
      waiting.values().forEach(futures::addAll);
      waiting.clear();
    }
    kept.forEach(stay -> stay.mirror.away());
    left.forEach(stay -> stay.mirror.exit(LeaveReason.DISCONNECTED, NOTHING));
    futures.forEach(future -> future.completeExceptionally(new NotConnected("the session ended")));
  }

  private void comeBack() {
    List<Stay> kept;
    synchronized (lock) {
      kept = List.copyOf(away.values());
    }
    kept.forEach(stay -> askToReturn(stay, sid, RETURN_ATTEMPTS_MAX));
  }

  private void askToReturn(Stay stay, String within, int attemptsLeft) {
    RoomMirror mirror = stay.mirror;
    RoomRequest.Return back =
        new RoomRequest.Return(mirror.roomId(), mirror.selfNumber(), mirror.heard());
    call(client, within, back, mirror.channel())
        .whenComplete((entry, failure) ->
            client.inTurn(() -> {
              if (failure != null && within.equals(sid) && isAway(stay)) {
                notYetBack(stay, within, attemptsLeft, failure);
              }
            }));
  }

  private void notYetBack(Stay stay, String within, int attemptsLeft, Throwable failure) {
    boolean refused =
        failure instanceof CommandFailed said && !RETURN_AGAIN_CODES.contains(said.code());
    if (!refused && attemptsLeft > 1) {
      client
          .loop()
          .schedule(
              () ->
                  client.inTurn(() -> {
                    if (within.equals(sid) && isAway(stay)) {
                      askToReturn(stay, within, attemptsLeft - 1);
                    }
                  }),
              RETURN_PAUSE);
      return;
    }
    LOG.log(Level.INFO, "no way back into {0}: {1}", stay.room, failure.getMessage());
    synchronized (lock) {
      away.remove(stay.room.id());
      forget(stay.room);
    }
    stay.mirror.exit(LeaveReason.DISCONNECTED, NOTHING);
  }

  private boolean isAway(Stay stay) {
    synchronized (lock) {
      return stay.equals(away.get(stay.room.id()));
    }
  }

  private void returned(RoomEvent.Returned news) {
    Stay stay;
    synchronized (lock) {
      stay = away.remove(news.roomId());
      if (stay != null) {
        stays.put(news.room(), stay);
      }
    }
    if (stay == null) {
      // It has given up meanwhile, and the application knows.
      call(client, sid, new RoomRequest.Leave(news.room(), NOTHING), Channel.ordered(0));
    } else {
      stay.mirror.back(new RoomMirror.Place(sid, news.room()));
    }
  }
}

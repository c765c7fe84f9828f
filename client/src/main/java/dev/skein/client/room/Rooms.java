package dev.skein.client.room;

import dev.skein.client.Client;
import dev.skein.client.ClientEvent;
import dev.skein.client.Listeners;
import dev.skein.client.NotConnected;
import dev.skein.client.Subscription;
import dev.skein.protocol.Channel;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomCmd;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The rooms of one client: {@code Rooms.of(client).joinOrCreate("lobby")}. Any thread may call. A
 * client may be in several rooms. When the session is lost for good, all rooms are left with the
 * reason DISCONNECTED; a resume is not seen here at all.
 */
public final class Rooms {
  private static final Logger LOG = System.getLogger(Rooms.class.getName());
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(10);

  /** Rooms left a moment ago, for answers to joins that come after the news of the exit. */
  private static final int EXITED_MAX_COUNT = 64;

  private final Client client;
  private final Listeners<Consumer<Room>> entered = new Listeners<>();
  private final Map<String, Room> joined = new ConcurrentHashMap<>();

  // Where the client's callbacks run, except under this lock.
  private final Object lock = new Object();
  private final Map<Long, Place> places = new HashMap<>();
  private final Map<String, List<CompletableFuture<Room>>> waiting = new HashMap<>();
  private final Map<String, Room> exited = new LinkedHashMap<>();

  /** A room by its number, from ENTERED to EXITED. */
  private record Place(Room room, RoomMirror mirror) {}

  private Rooms(Client client) {
    this.client = client;
    for (int cmd = RoomCmd.ENTERED; cmd <= RoomCmd.RETURNED; cmd++) {
      int number = cmd;
      client.onPush(RoomCmd.VER, number, payload -> onPush(number, payload));
    }
    client.onEvent(event -> {
      if (event instanceof ClientEvent.Disconnected) {
        lost();
      }
    });
  }

  /** The rooms of this client; the same object at every call. */
  public static Rooms of(Client client) {
    return client.extension(Rooms.class, Rooms::new);
  }

  // In

  /** Makes a room by the server's terms for this type and joins it, as its owner. */
  public CompletableFuture<Room> create(String type) {
    return create(Terms.of(type), new byte[0]);
  }

  /** Makes a room and joins it, as its owner. */
  public CompletableFuture<Room> create(Terms terms, byte[] message) {
    return enter(new RoomRequest.Create(terms, true, message));
  }

  /** Makes a room without joining it; gives its id. */
  public CompletableFuture<String> createEmpty(Terms terms) {
    return call(client, new RoomRequest.Create(terms, false, new byte[0]), Channel.ordered(0))
        .thenApply(payload -> decoded(RoomReply.Entry.decode(payload)).roomId());
  }

  /** Joins the room with this id. */
  public CompletableFuture<Room> join(String roomId) {
    return join(roomId, new byte[0]);
  }

  /** Joins the room with this id; the others get the message with the news. */
  public CompletableFuture<Room> join(String roomId, byte[] message) {
    return enter(new RoomRequest.Join(roomId, message));
  }

  /** Joins a random registered room of the type that has a free place. */
  public CompletableFuture<Room> joinRandom(String type) {
    return enter(new RoomRequest.JoinRandom(Terms.of(type), false, new byte[0]));
  }

  /** The same; makes one by the server's terms if there is none. */
  public CompletableFuture<Room> joinOrCreate(String type) {
    return joinOrCreate(Terms.of(type), new byte[0]);
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
    return client.call(RoomCmd.VER, request.cmd(), request.encode(), channel, CALL_TIMEOUT);
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

  private void onPush(int cmd, byte[] payload) {
    RoomEvent event = RoomEvent.decode(cmd, payload).orElse(null);
    if (event == null) {
      LOG.log(Level.WARNING, "room push {0} is malformed", cmd);
      return;
    }
    switch (event) {
      case RoomEvent.Entered news -> begin(news);
      case RoomEvent.Ready ready -> ready(ready.room());
      case RoomEvent.Exited news -> exit(news);
      default -> place(event.room()).ifPresent(place -> place.mirror.on(event));
    }
  }

  private Optional<Place> place(long number) {
    synchronized (lock) {
      return Optional.ofNullable(places.get(number));
    }
  }

  private void begin(RoomEvent.Entered news) {
    RoomMirror mirror = new RoomMirror(news);
    synchronized (lock) {
      places.put(news.room(), new Place(new Room(client, mirror), mirror));
      exited.remove(news.roomId());
    }
  }

  private void ready(long number) {
    Room room;
    List<CompletableFuture<Room>> futures;
    synchronized (lock) {
      Place place = places.get(number);
      if (place == null) {
        return;
      }
      room = place.room;
      joined.put(room.id(), room);
      futures = Optional.ofNullable(waiting.remove(room.id())).orElse(List.of());
    }
    // The listeners first: who only learns of the room here misses nothing.
    entered.tell(listener -> listener.accept(room));
    futures.forEach(future -> future.complete(room));
  }

  private void exit(RoomEvent.Exited news) {
    Place place;
    synchronized (lock) {
      place = places.remove(news.room());
      if (place == null) {
        return;
      }
      joined.remove(place.room.id());
      exited.put(place.room.id(), place.room);
      if (exited.size() > EXITED_MAX_COUNT) {
        exited.remove(exited.keySet().iterator().next());
      }
    }
    place.mirror.on(news);
  }

  /** The session ended: the server knows nothing of it any more. */
  private void lost() {
    List<Place> left;
    List<CompletableFuture<Room>> futures = new ArrayList<>();
    synchronized (lock) {
      left = List.copyOf(places.values());
      places.clear();
      joined.clear();
      exited.clear();
      waiting.values().forEach(futures::addAll);
      waiting.clear();
    }
    left.forEach(place -> place.mirror.exit(LeaveReason.DISCONNECTED, new byte[0]));
    futures.forEach(future -> future.completeExceptionally(new NotConnected("the session ended")));
  }
}

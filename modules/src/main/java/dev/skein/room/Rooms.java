package dev.skein.room;

import dev.skein.module.Answers;
import dev.skein.protocol.room.RoomCode;
import dev.skein.protocol.room.RoomRequest.Terms;
import dev.skein.server.CommandException;
import dev.skein.server.Module;
import dev.skein.server.ModuleContext;
import dev.skein.server.Shard;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The Room module: {@code Server.builder().with(Rooms.module())}. Options and hooks are given
 * before the server starts; after that any thread may make, find and fill rooms. Settings in the
 * configuration's {@code modules.room} win over those given in code.
 */
public final class Rooms implements Module {
  /** How often a random join that lost its place to somebody else tries again. */
  private static final int RANDOM_JOIN_ATTEMPTS = 8;

  private final List<RoomHooks> hooks = new ArrayList<>();
  private final Map<String, RoomOptions> optionsByType = new HashMap<>();
  private final Map<String, List<RoomHooks>> hooksByType = new HashMap<>();
  private RoomSettings settings = RoomSettings.DEFAULT;
  private @Nullable RoomNode node;

  private Rooms() {}

  /** A module with the production settings. */
  public static Rooms module() {
    return new Rooms();
  }

  /**
   * What holds for all rooms.
   *
   * @throws IllegalStateException after the server was built
   */
  public Rooms settings(RoomSettings wanted) {
    checkNotInstalled();
    settings = wanted;
    return this;
  }

  /**
   * Hooks of every room; they run before those of its type.
   *
   * @throws IllegalStateException after the server was built
   */
  public Rooms hooks(RoomHooks more) {
    checkNotInstalled();
    hooks.add(more);
    return this;
  }

  /**
   * What rooms of a type are made with when a client makes them, and their hooks.
   *
   * @throws IllegalStateException after the server was built
   */
  public Rooms type(RoomOptions options, RoomHooks... more) {
    checkNotInstalled();
    optionsByType.put(options.type(), options);
    hooksByType.put(options.type(), List.of(more));
    return this;
  }

  @Override
  public String name() {
    return "room";
  }

  @Override
  public void install(ModuleContext context) {
    checkNotInstalled();
    settings = settings.overriddenBy(context.settings());
    RoomNode installed = new RoomNode(context, settings);
    node = installed;
    context.onUserDiscard((user, reason) -> installed.discarded(user));
    new RoomCommands(this).register(context, settings.exposeCommands());
    context
        .metrics()
        .gauge("skein.rooms", "Rooms on this node", () -> installed.directory().count());
  }

  // Any thread, after start

  /**
   * Makes a room without members; it lives on a shard chosen in turn. It stays for {@code
   * emptyTtlMillis} until somebody comes.
   *
   * @throws CommandException if the node takes no new rooms
   */
  public Room create(RoomOptions options) {
    RoomNode here = node();
    return create(options, here.nextShard()).face();
  }

  /** Makes a room on the user's shard and lets the user in, as its owner. */
  public CompletionStage<Room> create(RoomOptions options, User owner, byte[] message) {
    CompletableFuture<Room> created = new CompletableFuture<>();
    // On the shard where the room will live, so that nobody can come in before its owner.
    owner
        .shard()
        .execute(() -> {
          try {
            LiveRoom room = create(options, owner.shard());
            enterFirst(room, owner, message)
                .whenComplete((member, failure) -> finish(created, room.face(), failure));
          } catch (CommandException refused) {
            created.completeExceptionally(refused);
          }
        });
    return created;
  }

  /** The room with this id. */
  public Optional<Room> find(String roomId) {
    return node().directory().find(roomId).map(LiveRoom::face);
  }

  /** Registered rooms of a type, of all types if it is empty; at most so many. */
  public List<Room> find(String type, int maxCount) {
    return node().directory().registered(type, maxCount).stream().map(LiveRoom::face).toList();
  }

  /** All rooms of this node at this moment. */
  public List<Room> list() {
    return node().directory().all().stream().map(LiveRoom::face).toList();
  }

  /** How many rooms this node has. */
  public int count() {
    return node().directory().count();
  }

  /** The rooms a user is in. */
  public List<Room> of(User user) {
    Seats seats = node().seatsIfAny(user);
    return seats == null
        ? List.of()
        : seats.all().stream().map(seat -> seat.room().face()).toList();
  }

  /** Lets a user into a room; the others get the message with the news. */
  public CompletionStage<Member> join(String roomId, User user, byte[] message) {
    return node()
        .directory()
        .find(roomId)
        .map(room -> enter(room, user, message, false))
        .orElseGet(() -> CompletableFuture.failedFuture(Refusal.notFound()));
  }

  /** Lets a user into a random registered room of the type that has a free place. */
  public CompletionStage<Room> joinRandom(String type, User user, byte[] message) {
    return random(Lack.refuse(type), user, message).thenApply(entry -> entry.room.face());
  }

  /** The same; if there is none, makes a registered room with these options. */
  public CompletionStage<Room> joinOrCreate(RoomOptions options, User user, byte[] message) {
    RoomOptions registered = options.toBuilder().registered(true).build();
    Lack lack = new Lack(options.type(), () -> create(registered, user.shard()));
    return random(lack, user, message).thenApply(entry -> entry.room.face());
  }

  /** Lets a user out of every room it is in. */
  public CompletionStage<Void> leaveAll(User user, byte[] message) {
    List<CompletableFuture<Void>> leaving = new ArrayList<>();
    for (Room room : of(user)) {
      leaving.add(room.leave(user, message).toCompletableFuture());
    }
    return CompletableFuture.allOf(leaving.toArray(CompletableFuture[]::new));
  }

  // For the commands

  /** What a random join does when no room of the type has a free place: make one, or refuse. */
  record Lack(String type, Supplier<LiveRoom> maker) {
    static Lack refuse(String type) {
      return new Lack(
          type,
          () -> {
            throw Refusal.notFound();
          });
    }
  }

  /** Where a random join ended. */
  record Entry(LiveRoom room, Member member, boolean created) {}

  RoomSettings settings() {
    return settings;
  }

  Optional<LiveRoom> live(String roomId) {
    return node().directory().find(roomId);
  }

  Seats seats(User user) {
    return node().seatsOf(user);
  }

  Seats.@Nullable Seat seat(User user, long number) {
    Seats seats = node().seatsIfAny(user);
    return seats == null ? null : seats.byNumber(number);
  }

  /** A client's wishes for a room, on top of what the server has for the type. */
  RoomOptions optionsFor(Terms wanted) {
    RoomOptions base = optionsByType.get(wanted.type());
    RoomOptions.Builder options = (base == null ? settings.defaults() : base).toBuilder();
    options.type(wanted.type());
    if (wanted.register()) {
      options.registered(true);
    }
    if (wanted.allowEmpty()) {
      options.allowEmpty(true);
    }
    if (wanted.maxMembers() > 0) {
      options.maxMembers(wanted.maxMembers());
    }
    if (wanted.emptyTtlMillis() > 0) {
      options.emptyTtlMillis(Math.min(wanted.emptyTtlMillis(), settings.clientTtlMaxMillis()));
    }
    if (wanted.broadcastIntervalMillis() > 0) {
      options.broadcastIntervalMillis(wanted.broadcastIntervalMillis());
    }
    try {
      return options.build();
    } catch (IllegalArgumentException outOfRange) {
      throw Refusal.outOfRange(String.valueOf(outOfRange.getMessage()));
    }
  }

  /** A new room that a client makes, if the hooks allow: counted until it closes. */
  LiveRoom createFor(User maker, RoomOptions wanted) {
    RoomOptions options = hooksFor(wanted.type()).beforeCreate(maker, wanted);
    Seats seats = seats(maker);
    if (!seats.beginMaking(settings.maxRoomsPerUser())) {
      throw Refusal.tooManyRooms();
    }
    try {
      LiveRoom room = create(options, maker.shard());
      room.hooks()
          .add(
              new RoomHooks() {
                @Override
                public void closed(Room closed) {
                  seats.endMaking();
                }
              });
      return room;
    } catch (CommandException refused) {
      seats.endMaking();
      throw refused;
    }
  }

  /**
   * Lets a user in: the user's shard counts the seat, the room's decides, the user's takes the
   * seat. With {@code claimed} the room holds a place for it.
   */
  CompletableFuture<Member> enter(LiveRoom room, User user, byte[] message, boolean claimed) {
    CompletableFuture<Member> entered = new CompletableFuture<>();
    user.shard()
        .execute(() -> {
          Seats seats = seats(user);
          if (!user.isConnected() || !seats.begin(settings.maxRoomsPerUser())) {
            node().forgetIfGone(user);
            if (claimed) {
              room.unclaim();
            }
            entered.completeExceptionally(
                user.isConnected() ? Refusal.tooManyRooms() : Refusal.userGone());
            return;
          }
          room.call(() -> admit(room, user, message, claimed))
              .whenComplete((member, failure) ->
                  user.shard().execute(() -> settle(room, seats, member, failure, entered)));
        });
    return entered;
  }

  /** Lets the user in that a room was made for; the room is closed if that fails. */
  CompletableFuture<Member> enterFirst(LiveRoom room, User user, byte[] message) {
    return enter(room, user, message, false)
        .whenComplete((member, failure) -> {
          if (failure != null) {
            room.post(room::closeIfUnused);
          }
        });
  }

  private static <T> void finish(
      CompletableFuture<T> future, T value, @Nullable Throwable failure) {
    if (failure == null) {
      future.complete(value);
    } else {
      future.completeExceptionally(Answers.cause(failure));
    }
  }

  private static Member admit(LiveRoom room, User user, byte[] message, boolean claimed) {
    if (claimed) {
      room.unclaim();
    }
    return room.admit(user, message);
  }

  private static void settle(
      LiveRoom room,
      Seats seats,
      @Nullable Member member,
      @Nullable Throwable failure,
      CompletableFuture<Member> entered) {
    if (member == null) {
      seats.settle();
      entered.completeExceptionally(
          failure == null ? new IllegalStateException("no member") : failure);
    } else if (seats.settle(room, member)) {
      entered.complete(member);
    } else {
      room.post(() -> room.discard(member));
      entered.completeExceptionally(Refusal.userGone());
    }
  }

  /**
   * Joins a random room of a type. All such joins of a type are decided on one shard, so that two
   * users who come at the same time meet in one new room.
   */
  CompletableFuture<Entry> random(Lack lack, User user, byte[] message) {
    CompletableFuture<Entry> joined = new CompletableFuture<>();
    List<Shard> shards = node().context().shards();
    Shard desk = shards.get(Math.floorMod(lack.type.hashCode(), shards.size()));
    desk.execute(() -> attempt(desk, lack, user, message, RANDOM_JOIN_ATTEMPTS, joined));
    return joined;
  }

  private void attempt(
      Shard desk,
      Lack lack,
      User user,
      byte[] message,
      int attemptsLeft,
      CompletableFuture<Entry> joined) {
    RoomNode here = node();
    Optional<LiveRoom> found =
        here.directory().claim(lack.type, seats(user), here.context().random());
    LiveRoom room;
    try {
      room = found.orElseGet(lack.maker);
    } catch (CommandException refused) {
      here.forgetIfGone(user);
      joined.completeExceptionally(refused);
      return;
    }
    boolean claimed = found.isPresent() || room.claim();
    enter(room, user, message, claimed)
        .whenComplete((member, failure) -> {
          if (member != null) {
            joined.complete(new Entry(room, member, found.isEmpty()));
            return;
          }
          if (found.isEmpty()) {
            room.post(room::closeIfUnused);
          }
          if (attemptsLeft > 1 && lostItsPlace(failure)) {
            desk.execute(() -> attempt(desk, lack, user, message, attemptsLeft - 1, joined));
          } else {
            joined.completeExceptionally(Answers.cause(failure));
          }
        });
  }

  private static boolean lostItsPlace(@Nullable Throwable failure) {
    return Answers.cause(failure) instanceof CommandException refused
        && (refused.code() == RoomCode.FULL || refused.code() == RoomCode.CLOSED);
  }

  private LiveRoom create(RoomOptions options, Shard shard) {
    RoomNode here = node();
    if (!here.context().acceptsNewThings()) {
      throw Refusal.noNewRooms("the node takes no new rooms");
    }
    Directory.Name name =
        here.directory()
            .name()
            .orElseThrow(() -> Refusal.noNewRooms("the node has as many rooms as it may"));
    LiveRoom room =
        new LiveRoom(
            name,
            options,
            shard,
            here.context()::currentTimeMillis,
            hooksFor(options.type()),
            here);
    here.directory().add(room);
    here.changed(room);
    room.post(room::created);
    return room;
  }

  private HookChain hooksFor(String type) {
    List<RoomHooks> all = new ArrayList<>(hooks);
    all.addAll(hooksByType.getOrDefault(type, List.of()));
    return new HookChain(all);
  }

  private RoomNode node() {
    if (node == null) {
      throw new IllegalStateException("the module is not part of a started server");
    }
    return node;
  }

  private void checkNotInstalled() {
    if (node != null) {
      throw new IllegalStateException("the server is already built");
    }
  }
}

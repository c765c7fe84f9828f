package dev.skein.room;

import dev.skein.module.Answers;
import dev.skein.module.Malformed;
import dev.skein.protocol.room.RoomRequest.Terms;
import dev.skein.protocol.room.RoomStat;
import dev.skein.room.Entrance.Lack;
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
import org.jspecify.annotations.Nullable;

/**
 * The Room module: {@code Server.builder().with(Rooms.module())}. Options and hooks are given
 * before the server starts; after that any thread may make, find and fill rooms. Settings in the
 * configuration's {@code modules.room} win over those given in code.
 */
public final class Rooms implements Module {
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
    RoomCommands commands = new RoomCommands(this);
    RoomNode installed = new RoomNode(context, settings, commands, this::restore);
    node = installed;
    context.onUserDiscard((user, reason) -> installed.discarded(user));
    context.onUserMove(installed.journeys());
    commands.register(context, settings.exposeCommands());
    context
        .metrics()
        .gauge("skein.rooms", "Rooms on this node", () -> installed.directory().count());
    context
        .metrics()
        .gauge(
            "skein.rooms.unbacked",
            "Rooms on this node with fewer backups than they should have",
            () ->
                installed.directory().all().stream()
                    .filter(room -> room.face().backups().size() < room.options().backups())
                    .count());
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
    return create(options, here.nextShard(), here.directory().newId()).face();
  }

  /** Makes a room on the user's shard and lets the user in, as its owner. */
  public CompletionStage<Room> create(RoomOptions options, User owner, byte[] message) {
    CompletableFuture<Room> created = new CompletableFuture<>();
    // On the shard where the room will live, so that nobody can come in before its owner.
    owner
        .shard()
        .execute(() -> {
          try {
            LiveRoom room = create(options, owner.shard(), node().directory().newId());
            node()
                .entrance()
                .enterFirst(room, owner, message)
                .whenComplete((seat, failure) -> Answers.finish(created, room.face(), failure));
          } catch (CommandException refused) {
            created.completeExceptionally(refused);
          }
        });
    return created;
  }

  /** The room with this id, if it lives on this node. */
  public Optional<Room> find(String roomId) {
    return node().directory().find(roomId).map(LiveRoom::face);
  }

  /** A room by its id, wherever it lives and whether it is there or not. */
  public DistantRoom at(String roomId) {
    return new DistantRoom(node(), roomId);
  }

  /** Registered rooms of this node of a type, of all types if it is empty; at most so many. */
  public List<Room> find(String type, int maxCount) {
    return node().directory().registered(type, maxCount).stream().map(LiveRoom::face).toList();
  }

  /**
   * Registered rooms of all nodes of a type, of all types if it is empty; at most so many. A node
   * that does not answer has none.
   */
  public CompletionStage<List<RoomStat>> findEverywhere(String type, int maxCount) {
    return node().notices().find(new RoomMail.Find(type, maxCount));
  }

  /** All rooms of this node at this moment. */
  public List<Room> list() {
    return node().directory().all().stream().map(LiveRoom::face).toList();
  }

  /** How many rooms this node has. */
  public int count() {
    return node().directory().count();
  }

  /** The rooms of this node that a user is in. */
  public List<Room> of(User user) {
    List<Room> rooms = new ArrayList<>();
    for (Seats.Seat seat : seatsOf(user)) {
      if (seat.venue() instanceof LiveRoom room) {
        rooms.add(room.face());
      }
    }
    return rooms;
  }

  /** The ids of all rooms a user of this node is in, wherever they live. */
  public List<String> idsOf(User user) {
    return seatsOf(user).stream().map(seat -> seat.venue().id()).toList();
  }

  /**
   * Lets a user of this node into a room, wherever it lives; the others get the message with the
   * news.
   */
  public CompletionStage<Member> join(String roomId, User user, byte[] message) {
    return node().entrance().join(roomId, user, message).thenApply(Seats.Seat::member);
  }

  /**
   * Lets a user of this node into a random registered room of the type that has a free place, on
   * any node.
   */
  public CompletionStage<DistantRoom> joinRandom(String type, User user, byte[] message) {
    return enterRandom(Lack.refuse(type), user, message);
  }

  /** The same; if there is none, makes a registered room with these options. */
  public CompletionStage<DistantRoom> joinOrCreate(RoomOptions options, User user, byte[] message) {
    RoomOptions registered = options.toBuilder().registered(true).build();
    return enterRandom(
        new Lack(
            options.type(),
            options.maxMembers(),
            Optional.of(id -> create(registered, user.shard(), id))),
        user,
        message);
  }

  private CompletionStage<DistantRoom> enterRandom(Lack lack, User user, byte[] message) {
    return node()
        .entrance()
        .random(lack, user, message)
        .thenApply(entry -> at(entry.seat().venue().id()));
  }

  /** Lets a user of this node out of every room it is in, wherever they live. */
  public CompletionStage<Void> leaveAll(User user, byte[] message) {
    List<CompletableFuture<Void>> leaving = new ArrayList<>();
    for (String id : idsOf(user)) {
      leaving.add(at(id).leave(user.uid(), message).toCompletableFuture());
    }
    return CompletableFuture.allOf(leaving.toArray(CompletableFuture[]::new));
  }

  /** Brings the rooms of this node to others that take new ones. */
  @Override
  public CompletionStage<Void> drain() {
    return new Clearance(node()).begin();
  }

  /** Rooms with backups that are still here go on there. */
  @Override
  public void stop() {
    node().standbys().rest();
  }

  // For the commands

  RoomSettings settings() {
    return settings;
  }

  Entrance entrance() {
    return node().entrance();
  }

  List<Seats.Seat> seatsOf(User user) {
    return node().seatsIfAny(user).map(Seats::all).orElse(List.of());
  }

  Seats.@Nullable Seat seat(User user, long number) {
    Seats seats = node().seatsIfAny(user).orElse(null);
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
      throw Malformed.field(String.valueOf(outOfRange.getMessage()));
    }
  }

  /** A new room that a client makes, if the hooks allow: counted until it closes. */
  LiveRoom createFor(User maker, RoomOptions wanted) {
    return createFor(maker, wanted, node().directory().newId());
  }

  /** The same with this id. */
  LiveRoom createFor(User maker, RoomOptions wanted, String id) {
    RoomOptions options = hooksFor(wanted.type()).beforeCreate(maker, wanted);
    Seats seats = node().seatsOf(maker);
    if (!seats.beginMaking(settings.maxRoomsPerUser())) {
      throw Refusal.tooManyRooms();
    }
    try {
      LiveRoom room = create(options, maker.shard(), id);
      room.hooks()
          .add(
              new RoomHooks() {
                @Override
                public void closed(Room closed) {
                  seats.endMaking();
                }

                @Override
                public void departed(Room departed, String node) {
                  seats.endMaking();
                }
              });
      return room;
    } catch (CommandException refused) {
      seats.endMaking();
      throw refused;
    }
  }

  private LiveRoom create(RoomOptions options, Shard shard, String id) {
    RoomNode here = node();
    if (!here.context().acceptsNewThings()) {
      throw Refusal.noNewRooms("the node takes no new rooms");
    }
    Directory.Name name =
        here.directory()
            .name(id)
            .orElseThrow(() -> Refusal.noNewRooms("the node has as many rooms as it may"));
    LiveRoom room =
        new LiveRoom(
            new LiveRoom.Founding(
                name,
                options,
                shard,
                here.context()::currentTimeMillis,
                hooksFor(options.type()),
                here));
    here.directory().add(room);
    here.changed(room);
    room.post(room::created);
    return room;
  }

  private LiveRoom restore(Transcript from, Directory.Name name, Shard shard, long term) {
    RoomCopy copy = from.copy();
    RoomNode here = node();
    String type = copy.charter().terms().type();
    RoomOptions own = optionsByType.getOrDefault(type, settings.defaults());
    LiveRoom.Founding founding =
        new LiveRoom.Founding(
            name,
            copy.charter().terms().options(copy.charter().registered(), own.merge()),
            shard,
            here.context()::currentTimeMillis,
            hooksFor(type),
            here);
    return LiveRoom.restored(founding, from, term);
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

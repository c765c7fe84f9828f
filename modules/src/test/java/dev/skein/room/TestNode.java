package dev.skein.room;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.MeshNode;
import dev.skein.mesh.MeshSettings;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeState;
import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.room.RoomReply;
import dev.skein.protocol.room.RoomRequest;
import dev.skein.server.Command;
import dev.skein.server.CommandException;
import dev.skein.server.Metrics;
import dev.skein.server.ModuleContext;
import dev.skein.server.Responder;
import dev.skein.server.Shard;
import dev.skein.server.Status;
import dev.skein.server.Traveller;
import dev.skein.server.User;
import dev.skein.server.UserDirectory;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** A node without sockets, threads and clock, with a Room module. */
final class TestNode implements ModuleContext {
  static final byte[] NOTHING = {};

  private final TestShards shards;
  private final List<Shard> allShards;
  private final Random random;
  private final Map<Integer, BuiltInHandler> commands = new HashMap<>();
  private final Map<Integer, Boolean> exposed = new HashMap<>();
  private final List<BiConsumer<User, CloseReason>> discardHooks = new ArrayList<>();
  private final Map<String, String> settings;
  private final Metrics metrics = new Metrics();
  private final Mesh mesh =
      MeshNode.local(
          new NodeInfo("local", 7, "", NodeState.ONLINE, Map.of(), 0, "test", Map.of()),
          MeshSettings.DEFAULTS);
  private final Rooms rooms;
  private boolean accepting = true;

  /** How a command ended. */
  @SuppressWarnings("ArrayRecordComponent")
  record Answer(Status status, int code, String text, byte[] payload) {}

  TestNode(Rooms rooms) {
    this(rooms, 2, 1, Map.of());
  }

  TestNode(Rooms rooms, int shardCount, long seed, Map<String, String> settings) {
    this.random = new Random(seed);
    this.shards = new TestShards(shardCount, random);
    this.allShards = shards.all();
    this.settings = settings;
    this.rooms = rooms;
    rooms.install(this);
  }

  /** On shards of the test's own. */
  TestNode(Rooms rooms, List<Shard> shards, Random random) {
    this.random = random;
    this.shards = new TestShards(0, random);
    this.allShards = shards;
    this.settings = Map.of();
    this.rooms = rooms;
    rooms.install(this);
  }

  TestShards clock() {
    return shards;
  }

  Rooms rooms() {
    return rooms;
  }

  Map<Integer, Boolean> exposed() {
    return exposed;
  }

  TestUser user(String uid, int shard) {
    return new TestUser(uid, shards.get(shard));
  }

  /** Users u0, u1 … spread over the shards. */
  List<TestUser> users(int count) {
    List<TestUser> users = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      users.add(user("u" + i, i % shards.all().size()));
    }
    return users;
  }

  void stopAccepting() {
    accepting = false;
  }

  /** Starts a command; its answer comes when the shards have worked. */
  CompletableFuture<Answer> start(
      TestUser user, int cmd, byte[] payload, Channel channel, long id) {
    CompletableFuture<Answer> answer = new CompletableFuture<>();
    Responder responder = new AnswerKeeper(answer);
    Command command = new Command(1, cmd, id, payload, channel);
    user.shard()
        .execute(() -> {
          try {
            java.util.Objects.requireNonNull(commands.get(cmd)).handle(user, command, responder);
          } catch (CommandException e) {
            answer.complete(new Answer(e.status(), e.code(), "" + e.getMessage(), NOTHING));
          } catch (RuntimeException e) {
            answer.complete(new Answer(Status.ERR, Code.INTERNAL, e.toString(), NOTHING));
          }
        });
    return answer;
  }

  CompletableFuture<Answer> start(TestUser user, RoomRequest request) {
    return start(user, request.cmd(), request.encode(), Channel.ordered(0), 1);
  }

  /** A command from start to end. */
  Answer send(TestUser user, int cmd, byte[] payload, Channel channel) {
    CompletableFuture<Answer> answer = start(user, cmd, payload, channel, 1);
    shards.settle();
    return answer.getNow(new Answer(Status.ERR, 0, "never answered", NOTHING));
  }

  Answer send(TestUser user, RoomRequest request) {
    return send(user, request.cmd(), request.encode(), Channel.ordered(0));
  }

  /** A join that must succeed; gives the room's number. */
  long enter(TestUser user, RoomRequest request) {
    Answer answer = send(user, request);
    if (answer.status() != Status.OK) {
      throw new AssertionError(answer.text());
    }
    return RoomReply.Entry.decode(answer.payload()).orElseThrow().room();
  }

  /** Waits for a stage of the server's API. */
  <T> T await(CompletionStage<T> stage) {
    shards.settle();
    CompletableFuture<T> future = stage.toCompletableFuture();
    if (!future.isDone()) {
      throw new AssertionError("not done after the shards came to rest");
    }
    return future.join();
  }

  /** The user's session ends for good. */
  void discard(TestUser user) {
    startDiscard(user);
    shards.settle();
  }

  void startDiscard(TestUser user) {
    user.shard()
        .execute(() -> {
          user.gone();
          discardHooks.forEach(hook -> hook.accept(user, new CloseReason(Code.IDLE, "", false)));
        });
  }

  @Override
  public Mesh mesh() {
    return mesh;
  }

  @Override
  public List<Shard> shards() {
    return allShards;
  }

  @Override
  public Optional<User> user(String uid) {
    return Optional.empty();
  }

  @Override
  public UserDirectory directory() {
    throw new AssertionError("rooms on one node look for no user elsewhere");
  }

  @Override
  public void onUserMove(Traveller traveller) {}

  @Override
  public long currentTimeMillis() {
    return 1_000_000_000_000L + shards.nowMillis();
  }

  @Override
  public RandomGenerator random() {
    return random;
  }

  @Override
  public boolean acceptsNewThings() {
    return accepting;
  }

  @Override
  public void builtIn(int cmd, boolean isExposed, BuiltInHandler handler) {
    commands.put(cmd, handler);
    exposed.put(cmd, isExposed);
  }

  @Override
  public void onUserNew(Consumer<User> hook) {}

  @Override
  public void onUserDiscard(BiConsumer<User, CloseReason> hook) {
    discardHooks.add(hook);
  }

  @Override
  public Metrics metrics() {
    return metrics;
  }

  @Override
  public Map<String, String> settings() {
    return settings;
  }

  private record AnswerKeeper(CompletableFuture<Answer> answer) implements Responder {
    @Override
    public void ok(byte[] payload) {
      answer.complete(new Answer(Status.OK, 0, "", payload));
    }

    @Override
    public void bad(int code, String text) {
      answer.complete(new Answer(Status.BAD, code, text, NOTHING));
    }

    @Override
    public void err(int code, String text) {
      answer.complete(new Answer(Status.ERR, code, text, NOTHING));
    }
  }
}

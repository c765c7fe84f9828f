package dev.skein.server;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.MeshHandler;
import dev.skein.mesh.engine.Engine;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.protocol.record.MalformedRecordException;
import dev.skein.protocol.record.RecordCodec;
import dev.skein.server.auth.Authenticator;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Setting;
import dev.skein.server.config.Settings;
import dev.skein.server.http.EndpointSelector;
import dev.skein.server.http.HttpHandler;
import dev.skein.server.http.Routes;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Puts a node together: what YAML configures, and what only code can say. Confined to one thread;
 * of no use after {@link #start}. Every handler and hook is registered here, so a node never
 * changes while it runs.
 */
public final class ServerBuilder {
  private final CommandTable table = new CommandTable();
  private final UserHooks hooks = new UserHooks();
  private final Routes routes = new Routes();
  private final List<Module> modules = new ArrayList<>();
  private final Map<Integer, MeshHandler.Request> meshRequests = new LinkedHashMap<>();
  private final Map<Integer, MeshHandler.Rpc> meshRpcs = new LinkedHashMap<>();
  private final List<Class<? extends Record>> userDataTypes = new ArrayList<>();
  private NodeConfig config;
  private @Nullable Authenticator authenticator;
  private @Nullable EndpointSelector endpointSelector;
  private InstantSource clock = InstantSource.system();
  private @Nullable Long randomSeed;
  private @Nullable Engine engine;
  private boolean started;

  ServerBuilder(NodeConfig config) {
    this.config = config;
  }

  // --- Configuration ---

  /** Opens these ports; a later one of the same role replaces an earlier one. */
  public ServerBuilder listen(Port... ports) {
    for (Port port : ports) {
      config = PortSettings.of(port.role()).open(config, port);
    }
    return this;
  }

  /**
   * Sets any value of the configuration.
   *
   * @throws dev.skein.server.config.ConfigException if it is out of range
   */
  public <T> ServerBuilder set(Setting<T> setting, T value) {
    config = config.with(setting, value);
    return this;
  }

  /** The name clients ask for; without one, each port's role. */
  public ServerBuilder type(String name) {
    return set(Settings.SERVER_TYPE, name);
  }

  /**
   * How long small messages wait for company in a datagram or record, in milliseconds; 0: never.
   */
  public ServerBuilder packWindowMillis(int millis) {
    return set(Settings.SESSION_PACK_WINDOW_MILLIS, millis);
  }

  /** Adds a module; its settings are those of its name in the configuration. */
  public ServerBuilder with(Module module) {
    String name = module.name();
    for (Module other : modules) {
      if (other.name().equals(name)) {
        throw new IllegalStateException("module " + name + " is added already");
      }
    }
    modules.add(module);
    return this;
  }

  // --- Commands ---

  /**
   * Handles a command on a virtual thread per command; may block. Several handlers run one after
   * the other until one throws; the last answer that is not null counts.
   *
   * @param ver 2 to 255; 0 and 1 are Skein's own
   * @param cmd 0 to 65535
   * @throws IllegalArgumentException if the pair is reserved or out of range
   * @throws IllegalStateException if the pair has a handler already, or the server was started
   */
  public ServerBuilder command(int ver, int cmd, CommandHandler... handlers) {
    table.addGame(ver, cmd, new Route.Blocking(chain(ver, cmd, handlers)));
    return this;
  }

  /** The same on the user's shard: the handlers must not block. */
  public ServerBuilder commandNonBlocking(int ver, int cmd, CommandHandler... handlers) {
    table.addGame(ver, cmd, new Route.OnShard(chain(ver, cmd, handlers)));
    return this;
  }

  /** The same with an answer that comes later. Called on a virtual thread. */
  public ServerBuilder commandAsync(int ver, int cmd, CommandHandler.Async handler) {
    table.addGame(ver, cmd, new Route.Later(handler));
    return this;
  }

  /** {@link #command(int, int, CommandHandler...)} with records for payloads. */
  public <I extends Record> ServerBuilder command(
      int ver, int cmd, Class<I> requestType, RecordHandler<I> handler) {
    return command(ver, cmd, bytes(requestType, handler));
  }

  /** {@link #commandNonBlocking(int, int, CommandHandler...)} with records for payloads. */
  public <I extends Record> ServerBuilder commandNonBlocking(
      int ver, int cmd, Class<I> requestType, RecordHandler<I> handler) {
    return commandNonBlocking(ver, cmd, bytes(requestType, handler));
  }

  /** {@link #commandAsync(int, int, CommandHandler.Async)} with records for payloads. */
  public <I extends Record> ServerBuilder commandAsync(
      int ver, int cmd, Class<I> requestType, RecordHandler.Async<I> handler) {
    RecordCodec<I> codec = RecordCodec.of(requestType);
    return commandAsync(
        ver,
        cmd,
        (user, command) -> {
          CompletionStage<? extends @Nullable Record> stage =
              handler.handle(user, decoded(codec, command));
          return stage.thenApply(ServerBuilder::encoded);
        });
  }

  /** Called on the user's shard before every command; may throw to answer it. Must not block. */
  public ServerBuilder beforeCommand(CommandHook.Before hook) {
    hooks.before.add(notStarted("beforeCommand", hook));
    return this;
  }

  /** Called on the user's shard after every answered command. Must not block. */
  public ServerBuilder afterCommand(CommandHook.After hook) {
    hooks.after.add(notStarted("afterCommand", hook));
    return this;
  }

  // --- Users ---

  /** Called on the user's shard when its session has opened. Must not block. */
  public ServerBuilder onNewUser(Consumer<User> hook) {
    hooks.onNew.add(notStarted("onNewUser", hook));
    return this;
  }

  /** Called on the user's shard when its session has ended for good. Must not block. */
  public ServerBuilder onDiscardUser(BiConsumer<User, CloseReason> hook) {
    hooks.onDiscard.add(notStarted("onDiscardUser", hook));
    return this;
  }

  /** Called on the user's shard at each echo (UDP) or heartbeat (TCP, WS). Must not block. */
  public ServerBuilder onKeepAlive(Consumer<User> hook) {
    hooks.onKeepAlive.add(notStarted("onKeepAlive", hook));
    return this;
  }

  /**
   * Declares records that {@link User#data} may hold when a user moves to another node. Both nodes
   * have to; a user with any other record in its data stays where it is.
   *
   * @throws IllegalArgumentException if one has a component that cannot be encoded
   */
  @SafeVarargs
  public final ServerBuilder userDataTypes(Class<? extends Record>... types) {
    for (Class<? extends Record> type : types) {
      RecordCodec.of(type);
      userDataTypes.add(notStarted("userDataTypes", type));
    }
    return this;
  }

  // --- Mesh ---

  /**
   * Handles mesh commands and requests of other nodes.
   *
   * @param id 10,001 to 65,535; the others are Skein's own
   * @throws IllegalArgumentException if the id is reserved or out of range
   * @throws IllegalStateException if the id has a handler already, or the server was started
   */
  public ServerBuilder onMeshRequest(int id, MeshHandler.Request handler) {
    return onMesh(meshRequests, "command", id, handler);
  }

  /** The same for RPCs, whose ids are their own. */
  public ServerBuilder onMeshRpc(int id, MeshHandler.Rpc handler) {
    return onMesh(meshRpcs, "RPC", id, handler);
  }

  private <H> ServerBuilder onMesh(Map<Integer, H> handlers, String kind, int id, H handler) {
    Mesh.requireGameId(kind, id);
    notStarted("mesh " + kind + " " + id, handler);
    if (handlers.putIfAbsent(id, handler) != null) {
      throw new IllegalStateException("mesh " + kind + " " + id + " has a handler already");
    }
    return this;
  }

  /** The cluster to join, in place of what the {@code mesh} settings say. Closed with the node. */
  public ServerBuilder engine(Engine value) {
    engine = notStarted("engine", value);
    return this;
  }

  // --- Entry ---

  /** Who may log in, in place of {@code auth.mode}. */
  public ServerBuilder authenticator(Authenticator value) {
    authenticator = value;
    return this;
  }

  /** Which endpoint a user is sent to; default the less loaded of two random ones. */
  public ServerBuilder endpointSelector(EndpointSelector value) {
    endpointSelector = value;
    return this;
  }

  /**
   * Adds an HTTP route of the game's own. A path segment {@code {name}} takes any text, {@code
   * {name:int}} and {@code {name:long}} only such numbers (anything else is answered 400).
   *
   * @param method GET, POST, PUT, PATCH, DELETE, HEAD or OPTIONS
   * @throws IllegalStateException if the method and path have a handler already
   */
  public ServerBuilder route(String method, String path, HttpHandler handler) {
    routes.add(method, path, notStarted("route", handler));
    return this;
  }

  // --- For tests ---

  /** The wall clock; default the system's. */
  public ServerBuilder clock(InstantSource value) {
    clock = value;
    return this;
  }

  /** Makes what modules draw at random repeatable; default a secure seed. */
  public ServerBuilder randomSeed(long seed) {
    randomSeed = seed;
    return this;
  }

  /**
   * Starts the node. When this returns, its ports are open.
   *
   * @throws dev.skein.server.config.ConfigException if a port is in use or values contradict
   * @throws dev.skein.mesh.engine.EngineException if the node may not join its cluster
   * @throws IllegalStateException if the builder was started before
   */
  public Server start() {
    notStarted("start", this);
    started = true;
    return NodeStart.run(
        new Blueprint(
            config,
            table,
            hooks,
            routes,
            List.copyOf(modules),
            Map.copyOf(meshRequests),
            Map.copyOf(meshRpcs),
            List.copyOf(userDataTypes),
            Optional.ofNullable(authenticator),
            Optional.ofNullable(endpointSelector),
            Optional.ofNullable(engine),
            clock,
            Optional.ofNullable(randomSeed)));
  }

  /** Everything a server is made of. */
  record Blueprint(
      NodeConfig config,
      CommandTable table,
      UserHooks hooks,
      Routes routes,
      List<Module> modules,
      Map<Integer, MeshHandler.Request> meshRequests,
      Map<Integer, MeshHandler.Rpc> meshRpcs,
      List<Class<? extends Record>> userDataTypes,
      Optional<Authenticator> authenticator,
      Optional<EndpointSelector> endpointSelector,
      Optional<Engine> engine,
      InstantSource clock,
      Optional<Long> randomSeed) {}

  private <T> T notStarted(String what, T value) {
    if (started) {
      throw new IllegalStateException(what + " comes after start");
    }
    return value;
  }

  private static List<CommandHandler> chain(int ver, int cmd, CommandHandler... handlers) {
    if (handlers.length == 0) {
      throw new IllegalArgumentException(
          "command (ver " + ver + ", cmd " + cmd + ") needs at least one handler");
    }
    return List.of(handlers);
  }

  private static <I extends Record> CommandHandler bytes(
      Class<I> requestType, RecordHandler<I> handler) {
    RecordCodec<I> codec = RecordCodec.of(requestType);
    return (user, command) -> encoded(handler.handle(user, decoded(codec, command)));
  }

  private static <I extends Record> I decoded(RecordCodec<I> codec, Command command) {
    try {
      return codec.decode(command.payload());
    } catch (MalformedRecordException e) {
      throw CommandException.bad(Code.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private static byte @Nullable [] encoded(@Nullable Record answer) {
    return answer == null ? null : RecordCodec.encodeRecord(answer);
  }
}

package dev.skein.server;

import dev.skein.mesh.MeshNode;
import dev.skein.protocol.crypto.Tickets;
import dev.skein.protocol.handshake.TicketGate;
import dev.skein.server.ServerBuilder.Blueprint;
import dev.skein.server.auth.Authenticator;
import dev.skein.server.auth.ConfiguredAuthenticator;
import dev.skein.server.config.ConfigException;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Setting;
import dev.skein.server.config.Settings;
import dev.skein.server.config.Settings.AuthMode;
import dev.skein.server.http.ClusterCalls;
import dev.skein.server.http.EndpointSelector;
import dev.skein.server.http.Entry;
import dev.skein.server.http.HttpAnswer;
import dev.skein.server.http.HttpListener;
import dev.skein.server.http.Routes;
import dev.skein.server.transport.DropReason;
import dev.skein.server.transport.Listener;
import dev.skein.server.transport.Transport;
import dev.skein.server.transport.TransportCounters;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Turns a blueprint into a running node, step by step. Used once, by one thread. */
final class NodeStart {
  private static final Logger LOG = LoggerFactory.getLogger("dev.skein.server");
  private static final int USED_TICKETS_MAX_COUNT = TicketGate.DEFAULT_USED_TICKETS_MAX;

  private final Blueprint blueprint;
  private final NodeConfig config;
  private final SecureRandom secureRandom = new SecureRandom();
  private final Metrics metrics = new Metrics();
  private final Transport transport;
  private final MeshNode mesh;
  private final Users users;
  private final Tickets tickets;
  private final Membership membership;
  private final Map<Role, InetSocketAddress> addresses = new EnumMap<>(Role.class);
  private Optional<HttpListener> http = Optional.empty();
  private Optional<HttpListener> admin = Optional.empty();
  private volatile boolean started;

  private NodeStart(Blueprint blueprint) {
    this.blueprint = blueprint;
    this.config = blueprint.config();
    this.mesh =
        MeshStart.open(
            config, blueprint.engine(), secureRandom.nextLong(), configuredRoles(), version());
    this.transport = Transport.open(TransportSettings.of(config));
    Limits limits = Limits.of(config);
    Dispatch dispatch =
        new Dispatch(blueprint.table(), blueprint.hooks(), limits, metrics, blueprint.clock());
    this.users =
        new Users(
            dispatch,
            blueprint.hooks(),
            limits,
            config.get(Settings.SERVER_DUPLICATE_LOGIN),
            mesh,
            metrics,
            blueprint.clock());
    boolean clustered = blueprint.engine().isPresent() || MeshStart.isClustered(config);
    MasterKey masterKey = MasterKey.of(config, clustered, isDev(), secureRandom);
    this.tickets = new Tickets(masterKey.bytes());
    Moves moves =
        new Moves(
            mesh,
            transport,
            users,
            new UserDataCodec(blueprint.userDataTypes()),
            tickets,
            metrics,
            blueprint.clock(),
            secureRandom);
    LocalDirectory local = new LocalDirectory(users, mesh, moves::move);
    this.membership =
        new Membership(
            mesh, users, local, clustered, masterKey, config, metrics, blueprint.clock());
  }

  static Server run(Blueprint blueprint) {
    NodeStart start = new NodeStart(blueprint);
    try {
      return start.start();
    } catch (RuntimeException e) {
      start.abandon();
      throw e;
    }
  }

  private Server start() {
    Authenticator authenticator =
        blueprint
            .authenticator()
            .orElseGet(() -> ConfiguredAuthenticator.of(config, blueprint.clock()));
    installModules();
    blueprint.meshRequests().forEach(mesh::onRequest);
    blueprint.meshRpcs().forEach(mesh::onRpc);
    blueprint.table().freeze();
    watchTransport(transport.counters());
    openAdmin();
    openHttp();
    listen();
    // Before the others hear of this node, so that none sees it without its ports.
    mesh.update(self -> self.withEndpoints(endpoints()));
    membership.join(config, transport.shards().getFirst());
    watchMesh();
    started = true;
    serveHttp(authenticator);
    LOG.info("Started: {}", addresses);
    Server server =
        new Server(
            config,
            mesh,
            transport,
            users,
            membership,
            metrics,
            blueprint.modules(),
            http,
            admin,
            Map.copyOf(addresses));
    membership.answers().onDrain(server::drain);
    return server;
  }

  private void abandon() {
    http.ifPresent(HttpListener::close);
    admin.ifPresent(HttpListener::close);
    transport.stop(Duration.ZERO);
    mesh.close();
    metrics.close();
  }

  /** True if anybody may log in as anybody. */
  private boolean isDev() {
    return blueprint.authenticator().isEmpty() && config.get(Settings.AUTH_MODE) == AuthMode.DEV;
  }

  private List<Role> configuredRoles() {
    return Arrays.stream(Role.values())
        .filter(role -> PortSettings.of(role).read(config).isPresent())
        .toList();
  }

  private void installModules() {
    for (String name : config.modules()) {
      if (blueprint.modules().stream().noneMatch(module -> module.name().equals(name))) {
        throw new ConfigException(
            config.origin(), "modules." + name, "", "the name of a module this node has");
      }
    }
    for (Module module : blueprint.modules()) {
      module.install(
          new Installation(
              module.name(),
              mesh,
              transport.shards(),
              users,
              membership.directory(),
              blueprint.clock(),
              randoms(),
              blueprint.table(),
              blueprint.hooks(),
              metrics,
              config.get(Settings.SESSION_PACK_WINDOW_MILLIS),
              config.module(module.name()),
              config::relative));
    }
  }

  /** One generator a thread: modules draw on shards. */
  private Supplier<RandomGenerator> randoms() {
    if (blueprint.randomSeed().isEmpty()) {
      return () -> secureRandom;
    }
    SplittableRandom root = new SplittableRandom(blueprint.randomSeed().get());
    ThreadLocal<RandomGenerator> mine =
        ThreadLocal.withInitial(() -> {
          synchronized (root) {
            return root.split();
          }
        });
    return mine::get;
  }

  private void listen() {
    List<Listener> listeners = new ArrayList<>();
    for (Role role : List.of(Role.UDP, Role.TCP, Role.WS)) {
      PortSettings.of(role).read(config).ifPresent(port -> listeners.add(listener(port)));
    }
    if (listeners.isEmpty()) {
      return;
    }
    TicketGate gate =
        new TicketGate(
            tickets, mesh.self().id(), blueprint.clock().millis(), USED_TICKETS_MAX_COUNT);
    try {
      transport.listen(listeners, gate, users);
    } catch (IOException e) {
      throw portInUse(listeners, e);
    }
    for (Listener listener : listeners) {
      transport.address(listener.role()).ifPresent(at -> addresses.put(listener.role(), at));
    }
  }

  private Listener listener(Port port) {
    InetSocketAddress address = new InetSocketAddress(port.host(), port.port());
    if (address.isUnresolved()) {
      throw new ConfigException(
          config.origin(),
          PortSettings.of(port.role()).host().key(),
          port.host(),
          "an address of this machine");
    }
    return new Listener(port.role(), address);
  }

  private ConfigException portInUse(List<Listener> listeners, IOException cause) {
    String text = String.valueOf(cause.getMessage());
    Listener guilty =
        listeners.stream()
            .filter(listener -> text.contains(":" + listener.address().getPort()))
            .findFirst()
            .orElse(listeners.getFirst());
    return portInUse(guilty.role(), guilty.address().getPort());
  }

  private ConfigException portInUse(Role role, int port) {
    return portInUse(PortSettings.of(role).port(), port);
  }

  private ConfigException portInUse(Setting<Integer> setting, int port) {
    return new ConfigException(
        config.origin(),
        setting.key(),
        String.valueOf(port),
        "a port this process may open and no other has");
  }

  private Map<String, String> endpoints() {
    Map<String, String> endpoints = new HashMap<>();
    for (Role role : addresses.keySet()) {
      Port port = PortSettings.of(role).read(config).orElseThrow();
      int publicPort = port.advertisedPort().orElse(addresses.get(role).getPort());
      endpoints.put(role.name(), port.advertisedHost().orElse(port.host()) + ":" + publicPort);
    }
    return endpoints;
  }

  /** Joining may take long: whether the node lives and is ready is told from before on. */
  private void openHttp() {
    Optional<Port> port = PortSettings.of(Role.HTTP).read(config);
    if (port.isEmpty()) {
      return;
    }
    if (isDev()) {
      LOG.warn("auth.mode is dev: anybody may log in as anybody. Not for production.");
    }
    warnOfPlainHttp(port.get());
    try {
      HttpListener listener = HttpListener.open(probes(), config);
      http = Optional.of(listener);
      addresses.put(Role.HTTP, listener.address());
    } catch (ConfigException e) {
      throw e;
    } catch (RuntimeException e) {
      LOG.debug("Cannot open the HTTP port", e);
      throw portInUse(Role.HTTP, port.get().port());
    }
  }

  private void serveHttp(Authenticator authenticator) {
    admin.ifPresent(listener -> {
      Routes routes = probes();
      addOperatorCalls(routes);
      listener.serve(routes);
    });
    http.ifPresent(listener -> {
      Routes routes = blueprint.routes();
      entry(authenticator).addTo(routes);
      addProbes(routes);
      if (admin.isEmpty()) {
        addOperatorCalls(routes);
      }
      listener.serve(routes);
    });
  }

  private Entry entry(Authenticator authenticator) {
    return new Entry(
        authenticator,
        blueprint
            .endpointSelector()
            .orElseGet(() -> EndpointSelector.lessLoadedOfTwo(secureRandom)),
        tickets,
        config.get(Settings.SERVER_TICKET_TTL_MILLIS),
        mesh,
        membership::mayEnter,
        this::isTaken,
        config.get(Settings.HTTP_LOGINS_PER_ADDRESS_PER_SECOND),
        blueprint.clock(),
        secureRandom);
  }

  /** Whether a second login is to be refused. */
  private CompletionStage<Boolean> isTaken(String uid) {
    return users.refusesSecondLogin()
        ? membership.directory().locate(uid).thenApply(Optional::isPresent)
        : CompletableFuture.completedFuture(false);
  }

  private void warnOfPlainHttp(Port port) {
    boolean loopback = new InetSocketAddress(port.host(), 0).getAddress().isLoopbackAddress();
    if (!loopback && config.get(Settings.HTTP_TLS_CERTIFICATE_FILE).isEmpty()) {
      LOG.warn("HTTP listens on {} without TLS: session keys pass in the clear.", port.host());
    }
  }

  /** A port of its own for operators: also on nodes without HTTP, and never the players'. */
  private void openAdmin() {
    int port = config.get(Settings.ADMIN_PORT);
    if (port < 0) {
      return;
    }
    try {
      admin = Optional.of(HttpListener.openAdmin(probes(), config));
    } catch (RuntimeException e) {
      LOG.debug("Cannot open the operators' port", e);
      throw portInUse(Settings.ADMIN_PORT, port);
    }
  }

  private Routes probes() {
    Routes routes = new Routes();
    addProbes(routes);
    return routes;
  }

  private void addProbes(Routes routes) {
    routes.add("GET", "/health/live", call -> HttpAnswer.text("live\n"));
    routes.add(
        "GET",
        "/health/ready",
        call ->
            started && membership.isReady() ? HttpAnswer.text("ready\n") : HttpAnswer.empty(503));
  }

  private void addOperatorCalls(Routes routes) {
    new ClusterCalls(
            mesh,
            membership::howIs,
            membership::drain,
            config.get(Settings.HTTP_ADMIN_TOKEN),
            isDev(),
            blueprint.clock(),
            System::nanoTime)
        .addTo(routes);
    routes.add(
        "GET",
        "/metrics",
        call ->
            new HttpAnswer(
                200,
                "text/plain; version=0.0.4; charset=utf-8",
                metrics.prometheus().getBytes(StandardCharsets.UTF_8),
                Map.of()));
  }

  private void watchMesh() {
    metrics.watchCounter("skein.mesh.frames.in", "Frames of nodes", () -> mesh.stats().framesIn());
    metrics.watchCounter(
        "skein.mesh.frames.out", "Frames to nodes", () -> mesh.stats().framesOut());
    metrics.watchCounter("skein.mesh.bytes.in", "Bytes of nodes", () -> mesh.stats().bytesIn());
    metrics.watchCounter("skein.mesh.bytes.out", "Bytes to nodes", () -> mesh.stats().bytesOut());
    metrics.watchCounter(
        "skein.mesh.refused",
        "Frames without room in the queue to their node, or without such a node",
        () -> mesh.stats().refused());
    metrics.watchCounter(
        "skein.mesh.malformed",
        "What came from nodes and could not be read",
        () -> mesh.stats().malformed() + mesh.engineStats().malformedFrames());
    metrics.watchCounter(
        "skein.mesh.dropped", "Frames that came for nobody", () -> mesh.stats().dropped());
    metrics.watchCounter(
        "skein.mesh.timeouts", "Requests to nodes not answered", () -> mesh.stats().timeouts());
    metrics.gauge(
        "skein.mesh.requests", "Requests under way", () -> mesh.stats().requestsOutstanding());
    metrics.gauge("skein.mesh.nodes", "Nodes of the cluster", () -> mesh.nodes().size());
    metrics.gauge(
        "skein.mesh.queue.bytes", "Wait for other nodes", () -> mesh.engineStats().queuedBytes());
    metrics.gauge(
        "skein.mesh.rtt.max.micros",
        "Last round trip to the slowest node",
        () ->
            mesh.engineStats().roundTripMicros().values().stream()
                .mapToLong(Long::longValue)
                .max()
                .orElse(0));
  }

  private void watchTransport(TransportCounters counters) {
    metrics.gauge("skein.connections", "Open sessions", transport::connectionCount);
    metrics.watchCounter("skein.datagrams.in", "Datagrams received", counters::datagramsIn);
    metrics.watchCounter("skein.datagrams.out", "Datagrams sent", counters::datagramsOut);
    metrics.watchCounter("skein.records.in", "Stream records received", counters::recordsIn);
    metrics.watchCounter("skein.records.out", "Stream records sent", counters::recordsOut);
    metrics.watchCounter("skein.bytes.in", "Bytes received", counters::bytesIn);
    metrics.watchCounter("skein.bytes.out", "Bytes sent", counters::bytesOut);
    metrics.watchCounter("skein.handshakes", "Sessions opened", counters::handshakes);
    metrics.watchCounter("skein.resumes", "Sessions resumed on a new stream", counters::resumes);
    Arrays.stream(DropReason.values())
        .forEach(reason ->
            metrics.watchCounter(
                "skein.drops",
                "reason",
                reason.name().toLowerCase(Locale.ROOT),
                "What arrived and was not handled",
                () -> counters.dropped(reason)));
  }

  private static String version() {
    return Optional.ofNullable(Server.class.getPackage().getImplementationVersion())
        .orElse("development");
  }
}

package dev.skein.mesh;

import dev.skein.mesh.engine.Engine;
import dev.skein.mesh.engine.EngineException;
import dev.skein.mesh.engine.EngineStats;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mesh over any engine. Any thread may call. This class takes the engine's events apart; what
 * becomes of them is decided in {@link NodeTable}, {@link Requests}, {@link Commands}, {@link
 * Topics} and {@link SharedTable}.
 */
public final class MeshNode implements Mesh {
  private static final Logger LOG = LoggerFactory.getLogger(MeshNode.class);

  private final Engine engine;
  private final MeshSettings settings;
  private final MeshRuntime runtime;
  private final MeshCounters counters = new MeshCounters();
  private final NodeTable table;
  private final Link link;
  private final FanOut fanOut;
  private final SharedTable shared;
  private final Announcer announcer;
  private final Requests requests;
  private final Commands commands;
  private final Topics topics;
  private final RareLog rareLog;
  private final Set<String> storeNames = new HashSet<>();
  private final CompletableFuture<Void> joined = new CompletableFuture<>();
  private boolean frozen;
  private boolean named;
  private boolean viewed;
  private Optional<List<String>> earlyView = Optional.empty();

  /**
   * A node that has not joined yet.
   *
   * @param self what it says of itself; its address becomes the engine's
   * @param runtime is closed with the node
   */
  public MeshNode(Engine engine, NodeInfo self, MeshSettings settings, MeshRuntime runtime) {
    this.engine = engine;
    this.settings = settings;
    this.runtime = runtime;
    this.rareLog = new RareLog(LOG, runtime);
    this.table = new NodeTable(self, new Serial(runtime));
    this.link = new Link(engine, counters);
    this.fanOut = new FanOut(link, () -> table.self().address(), settings.fanOutDegreeCount());
    this.shared =
        new SharedTable(settings.sharedDataMaxKeys(), () -> table.self().id(), new Serial(runtime));
    this.announcer = new Announcer(table, link, shared, runtime, settings.updateIntervalMillis());
    this.requests = new Requests(table, link, runtime, counters, settings);
    this.commands = new Commands(link, runtime, counters, settings.handlersRunningMaxCount());
    this.topics = new Topics(link, fanOut, requests, counters, this::requireFits, rareLog);
    shared.spreadBy(this::spread);
  }

  /** A node that is alone. */
  public static MeshNode local(NodeInfo self, MeshSettings settings) {
    MeshRuntime runtime = MeshRuntime.ofJdk();
    return new MeshNode(new LocalEngine(runtime), self, settings, runtime);
  }

  @Override
  public void start() {
    synchronized (this) {
      frozen = true;
    }
    commands.freeze();
    topics.freeze();
    requests.open();
    engine.start(new Events());
    synchronized (this) {
      table.named(engine.address());
      named = true;
      earlyView.ifPresent(this::see);
    }
    joinedIfComplete();
  }

  /**
   * Ends once after {@link #start}: when every node in sight has introduced itself, or with an
   * {@link EngineException} if one of them speaks another version of the mesh.
   */
  public CompletionStage<Void> joined() {
    return joined.minimalCompletionStage();
  }

  @Override
  public boolean isReady() {
    return engine.isReady() && joined.isDone() && !joined.isCompletedExceptionally();
  }

  @Override
  public NodeInfo self() {
    return table.self();
  }

  @Override
  public void update(UnaryOperator<NodeInfo> change) {
    NodeInfo before = table.update(change);
    NodeInfo after = table.self();
    if (after.equals(before)) {
      return;
    }
    if (before.withCcu(after.ccu()).equals(after)) {
      announcer.countChanged();
    } else {
      announcer.changed();
    }
  }

  @Override
  public List<NodeInfo> nodes() {
    return table.nodes();
  }

  @Override
  public Optional<NodeInfo> node(String address) {
    return Optional.ofNullable(table.byAddress().get(address));
  }

  @Override
  public Optional<NodeInfo> anyNodeByRole(String role) {
    return any(node -> node.hasRole(role));
  }

  @Override
  public Optional<NodeInfo> anyNodeByType(String type) {
    return any(node -> node.isOfType(type));
  }

  private Optional<NodeInfo> any(Predicate<NodeInfo> wanted) {
    List<NodeInfo> fitting = nodes().stream().filter(wanted).toList();
    return fitting.isEmpty()
        ? Optional.empty()
        : Optional.of(fitting.get(runtime.random().nextInt(fitting.size())));
  }

  @Override
  public void onRequest(int id, MeshHandler.Request handler) {
    commands.onRequest(id, handler);
  }

  @Override
  public void onRpc(int id, MeshHandler.Rpc handler) {
    commands.onRpc(id, handler);
  }

  @Override
  public void send(
      int id, Collection<String> addresses, Map<String, Object> data, boolean reliable) {
    byte[] body = fitting(MeshData.encode(data));
    for (String missed : fanOut.send(addresses, new Frame.Command(id, body).encode(), reliable)) {
      rareLog.warn("Mesh command {} is lost: {} is not in sight or its queue is full", id, missed);
    }
  }

  @Override
  public CompletionStage<Map<String, Object>> request(
      int id, String address, Map<String, Object> data) {
    byte[] body = fitting(MeshData.encode(data));
    return new Reply<>(
        requests.ask(address, number -> new Frame.Request(number, id, body)),
        MeshData::decode,
        runtime);
  }

  @Override
  public CompletionStage<byte[]> rpc(int id, String address, byte[] data) {
    byte[] body = fitting(data);
    return new Reply<>(
        requests.ask(address, number -> new Frame.Rpc(number, id, body)),
        Function.identity(),
        runtime);
  }

  @Override
  public Topic topic(String name, Topic.Handler handler) {
    return topics.open(name, handler);
  }

  @Override
  public synchronized Store store(StoreOptions options, Store.Operator operator) {
    if (frozen) {
      throw new IllegalStateException("store " + options.name() + " is opened after start");
    }
    if (!storeNames.add(options.name())) {
      throw new IllegalStateException("store " + options.name() + " is open already");
    }
    return engine.store(options, operator);
  }

  @Override
  public SharedData sharedData() {
    return shared;
  }

  @Override
  public void onNodes(NodeListener listener) {
    table.watch(listener);
  }

  @Override
  public NodeInfo home(String name) {
    return table.home(name);
  }

  /** What this node has done so far. */
  public MeshStats stats() {
    return counters.snapshot(requests.outstanding());
  }

  /** What its engine has counted so far. */
  public EngineStats engineStats() {
    return engine.stats();
  }

  @Override
  public void close() {
    requests.close();
    engine.close();
    runtime.close();
  }

  private byte[] fitting(byte[] body) {
    requireFits(body.length);
    return body;
  }

  private void requireFits(int bytes) {
    if (bytes > settings.messageMaxBytes()) {
      throw new IllegalArgumentException(
          "a payload of " + bytes + " bytes is above " + settings.messageMaxBytes());
    }
  }

  private void spread(SharedEntry entry) {
    byte[] frame = new Frame.Shared(List.of(entry)).encode();
    for (String address : table.others()) {
      if (!link.send(address, frame, true)) {
        announcer.sharedMissed(address);
      }
    }
  }

  /** Under the lock; gives those who have left. */
  private List<String> see(List<String> addresses) {
    viewed = true;
    NodeTable.Change change = table.see(addresses);
    announcer.forget(change.left());
    announcer.greet(change.joined());
    return change.left();
  }

  private void joinedIfComplete() {
    if (!joined.isDone() && hasView() && table.everybodyIntroduced()) {
      joined.complete(null);
    }
  }

  private synchronized boolean hasView() {
    return viewed;
  }

  private void onNode(String sender, Frame.Node node) {
    if (sender.equals(self().address())) {
      if (node.info().id() != self().id()) {
        LOG.error("Another node has this one's address {}; give each its own", sender);
      }
    } else if (!table.isInSight(sender)) {
      // It sees this node already; when this one sees it, it will be asked.
      counters.dropped.increment();
    } else {
      introduced(sender, node);
      if (node.asks()) {
        announcer.answer(sender);
      }
      joinedIfComplete();
    }
  }

  private void introduced(String sender, Frame.Node node) {
    if (node.wire() < Announcer.WIRE_OLDEST || node.wireOldest() > Announcer.WIRE) {
      refuse(sender, node);
    } else if (table.hear(node.info().withAddress(sender))) {
      requests.left(sender);
    }
  }

  private void refuse(String sender, Frame.Node node) {
    if (!table.refuse(sender)) {
      return;
    }
    String why =
        "node %s (%s) speaks version %d of the mesh and understands %d and newer; this one %d and %d"
            .formatted(
                sender,
                node.info().version(),
                node.wire(),
                node.wireOldest(),
                Announcer.WIRE,
                Announcer.WIRE_OLDEST);
    LOG.error("Refused: {}", why);
    joined.completeExceptionally(new EngineException(why));
    requests.left(sender);
  }

  private void onTree(Frame.Tree tree) {
    Optional<Frame> inner = Frame.decode(tree.inner());
    if (inner.isPresent() && inner.get() instanceof Frame.Command command) {
      commands.onCommand(tree.origin(), command);
    } else if (inner.isPresent() && inner.get() instanceof Frame.Message message) {
      topics.onMessage(tree.origin(), message);
    } else {
      counters.malformed.increment();
      return;
    }
    List<String> missed = fanOut.spread(tree);
    if (!missed.isEmpty()) {
      rareLog.warn("A message of {} for many is lost to {}", tree.origin(), missed);
    }
  }

  private void onFrame(String sender, Frame frame) {
    if (table.isRefused(sender) && !(frame instanceof Frame.Node)) {
      counters.dropped.increment();
      return;
    }
    switch (frame) {
      case Frame.Node node -> onNode(sender, node);
      case Frame.Shared values -> shared.merge(values.entries());
      case Frame.Command command -> commands.onCommand(sender, command);
      case Frame.Request request -> commands.onRequest(sender, request);
      case Frame.Rpc rpc -> commands.onRpc(sender, rpc);
      case Frame.Answer answer -> requests.answered(sender, answer);
      case Frame.Message message -> topics.onMessage(sender, message);
      case Frame.Question question -> topics.onQuestion(sender, question);
      case Frame.Tree tree -> onTree(tree);
    }
  }

  private final class Events implements Engine.Listener {
    @Override
    public void onView(List<String> addresses) {
      List<String> left = List.of();
      synchronized (MeshNode.this) {
        if (named) {
          left = see(addresses);
        } else {
          earlyView = Optional.of(addresses);
        }
      }
      left.forEach(requests::left);
      joinedIfComplete();
    }

    @Override
    public void onFrame(String sender, byte[] bytes) {
      counters.framesIn.increment();
      counters.bytesIn.add(bytes.length);
      Optional<Frame> frame = Frame.decode(bytes);
      if (frame.isPresent()) {
        MeshNode.this.onFrame(sender, frame.get());
      } else {
        counters.malformed.increment();
        LOG.debug("A malformed frame of {} bytes from {}", bytes.length, sender);
      }
    }
  }
}

package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.skein.client.Client;
import dev.skein.client.ClientEvent;
import dev.skein.client.ReconnectPolicy;
import dev.skein.client.Transport;
import dev.skein.mesh.LinkedNodes;
import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.server.config.Settings;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a player notices when the server moves it from node to node: nothing. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class MoveClusterTest {
  private static final int NUMBER = 20;
  private static final int SLOW = 21;
  private static final int SCORE = 22;
  private static final int MOVES = 8;
  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  /** Declared to travel in user data. */
  public record Score(int points, String name) {}

  /** Not declared. */
  public record Secret(int number) {}

  private final LinkedNodes links = new LinkedNodes();
  private final List<Integer> heardByServers = new CopyOnWriteArrayList<>();
  private final List<Integer> heardByClient = new CopyOnWriteArrayList<>();
  private final List<ClientEvent> events = new CopyOnWriteArrayList<>();
  private final List<String> told = new CopyOnWriteArrayList<>();
  private final List<Server> nodes = new ArrayList<>();

  /** A module that keeps a number with each user and sends it along. */
  private static final class Luggage implements Module, Traveller {
    final Map<String, Integer> kept = new ConcurrentHashMap<>();
    final List<String> arrived = new CopyOnWriteArrayList<>();
    volatile boolean broken;

    /** So often it is not ready when it is asked. */
    final AtomicInteger notReady = new AtomicInteger();

    @Override
    public String name() {
      return "luggage";
    }

    @Override
    public void install(ModuleContext context) {
      context.onUserNew(user -> kept.put(user.uid(), 7));
      context.onUserDiscard((user, reason) -> kept.remove(user.uid()));
      context.onUserMove(this);
    }

    @Override
    public boolean isReady(User user) {
      return notReady.getAndUpdate(left -> Math.max(0, left - 1)) == 0;
    }

    @Override
    public byte[] pack(User user) {
      return new byte[] {Objects.requireNonNull(kept.remove(user.uid())).byteValue()};
    }

    @Override
    public void unpack(User user, byte[] packed) {
      if (broken) {
        throw new IllegalStateException("broken");
      }
      kept.put(user.uid(), (int) packed[0]);
      arrived.add(user.uid());
    }
  }

  @AfterEach
  void stop() {
    nodes.forEach(Server::stop);
    links.close();
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void nothingReliableIsLostDoubledOrReorderedWhileTheUserMovesBackAndForth(Transport transport)
      throws Exception {
    Server first = start("a");
    Server second = start("b");
    try (Client client = connect(transport)) {
      String sid = client.sid();
      User user = first.user("alice").orElseThrow();
      user.data().set("level", (short) 9);
      user.data().set("score", new Score(3, "three"));
      user.data().set("list", List.of(1L, "two", 'c', new Score(4, "")));
      List<CompletableFuture<byte[]>> answers = new CopyOnWriteArrayList<>();
      AtomicBoolean stop = new AtomicBoolean();
      Thread player = Thread.ofVirtual().start(() -> play(client, answers, stop));
      Thread game = Thread.ofVirtual().start(() -> push(user, stop));
      SplittableRandom random = new SplittableRandom(3);
      for (int i = 0; i < MOVES; i++) {
        int before = heardByServers.size();
        await().atMost(PATIENCE).until(() -> heardByServers.size() > before + random.nextInt(60));
        Server from = i % 2 == 0 ? first : second;
        Server to = i % 2 == 0 ? second : first;
        assertThat(move(from, to)).as("move %d", i).isTrue();
        assertThat(from.user("alice")).isEmpty();
        User there = to.user("alice").orElseThrow();
        assertThat(there.sid()).isEqualTo(sid);
        assertThat(there.data().get("level", Short.class)).contains((short) 9);
        assertThat(there.data().get("score", Score.class)).contains(new Score(3, "three"));
        assertThat(there.data().get("list", List.class))
            .contains(List.of(1L, "two", 'c', new Score(4, "")));
        assertThat(luggage(to)).containsEntry("alice", 7);
        assertThat(luggage(from)).isEmpty();
      }
      stop.set(true);
      player.join();
      game.join();
      CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(30, TimeUnit.SECONDS);
      assertThat(heardByServers).isEqualTo(numbers(answers.size()));
      int pushed = user.data().get("pushed", Integer.class).orElseThrow();
      await().atMost(PATIENCE).until(() -> heardByClient.size() >= pushed);
      assertThat(heardByClient).isEqualTo(numbers(pushed));
      assertThat(events)
          .hasSize(MOVES + 1)
          .filteredOn(ClientEvent.Moved.class::isInstance)
          .hasSize(MOVES);
      assertThat(told).containsExactly("new alice at a");
      assertThat(client.sid()).isEqualTo(sid);
      assertThat(client.stats().moves()).isEqualTo(MOVES);
      assertThat(first.metrics().values()).containsEntry("skein.moves.out", MOVES / 2.0);
    }
  }

  private static void play(
      Client client, List<CompletableFuture<byte[]>> answers, AtomicBoolean stop) {
    for (int i = 0; !stop.get(); i++) {
      answers.add(client.call(2, NUMBER, bytes(i)));
      pause();
    }
  }

  /** To the user object of the first node, wherever the user is since. */
  private static void push(User user, AtomicBoolean stop) {
    int i = 0;
    while (!stop.get()) {
      user.push(2, NUMBER, bytes(i++), Channel.ordered(1));
      pause();
    }
    user.data().set("pushed", i);
  }

  private static void pause() {
    LockSupport.parkNanos(1_000_000);
  }

  @Test
  void commandsThatWaitGoAlongAndTheOneBeingHandledIsAnsweredFirst() throws Exception {
    Server first = start("a");
    Server second = start("b");
    try (Client client = connect(Transport.TCP)) {
      List<CompletableFuture<byte[]>> answers = new ArrayList<>();
      answers.add(client.call(2, SLOW, bytes(0)));
      for (int i = 1; i < 6; i++) {
        answers.add(client.call(2, NUMBER, bytes(i)));
      }
      await().atMost(PATIENCE).until(() -> told.contains("slow at a"));
      assertThat(move(first, second)).isTrue();
      CompletableFuture.allOf(answers.toArray(CompletableFuture[]::new)).get(20, TimeUnit.SECONDS);
      assertThat(heardByServers).isEqualTo(numbers(6));
    }
  }

  @Test
  void aMoveWaitsUntilModulesAreReadyOrTheUserStays() throws Exception {
    Server first = start("a");
    Server second = start("b");
    try (Client client = connect(Transport.TCP)) {
      first.module(Luggage.class).orElseThrow().notReady.set(5);
      assertThat(move(first, second)).isTrue();
      assertThat(first.module(Luggage.class).orElseThrow().notReady).hasValue(0);
      second.module(Luggage.class).orElseThrow().notReady.set(Integer.MAX_VALUE);
      assertThat(move(second, first)).isFalse();
      assertThat(client.call(2, NUMBER, bytes(0)).get(20, TimeUnit.SECONDS)).isNotNull();
      assertThat(second.user("alice")).isPresent();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aUserStaysAndGoesOnWhenTheOtherNodeRefusesIt(Transport transport) throws Exception {
    Server first = start("a");
    Server second = start("b");
    try (Client client = connect(transport)) {
      client.call(2, NUMBER, bytes(0)).get(30, TimeUnit.SECONDS);
      User user = first.user("alice").orElseThrow();
      luggageModule(second).broken = true;
      CompletableFuture<byte[]> during = client.call(2, NUMBER, bytes(1));
      assertThat(move(first, second)).as("a module that throws").isFalse();
      during.get(30, TimeUnit.SECONDS);
      luggageModule(second).broken = false;
      user.data().set("secret", new Secret(1));
      assertThat(move(first, second)).as("a record nobody declared").isFalse();
      user.data().remove("secret");
      second.markOffline();
      await().atMost(PATIENCE).until(() -> isSeenOffline(first));
      assertThat(move(first, second)).as("a node that is OFFLINE").isFalse();
      assertThat(move(first, first)).as("where it is").isFalse();
      client.call(2, NUMBER, bytes(2)).get(30, TimeUnit.SECONDS);
      user.push(2, NUMBER, bytes(0), Channel.ordered(1));
      await().atMost(PATIENCE).until(() -> heardByClient.equals(List.of(0)));
      assertThat(heardByServers).isEqualTo(numbers(3));
      assertThat(luggage(first)).containsEntry("alice", 7);
      assertThat(luggage(second)).isEmpty();
      assertThat(second.user("alice")).isEmpty();
      assertThat(told).containsExactly("new alice at a");
      assertThat(events).noneMatch(ClientEvent.Disconnected.class::isInstance);
    }
  }

  private static boolean isSeenOffline(Server by) {
    return by.mesh().nodes().stream().anyMatch(node -> !node.acceptsUsers());
  }

  @Test
  void aUserStaysWhenTheOtherNodesAnswerIsLostAndIsForgottenThere() throws Exception {
    Server first = start("a", port -> port, 2_000);
    Server second = start("b");
    try (Client client = connect(Transport.UDP)) {
      links.mute("b");
      CompletableFuture<Boolean> moved =
          first.directory().move("alice", address(second)).toCompletableFuture();
      await().atMost(PATIENCE).until(() -> luggageModule(second).arrived.contains("alice"));
      assertThat(moved.get(30, TimeUnit.SECONDS)).isFalse();
      links.unmute("b");
      client.call(2, NUMBER, bytes(0)).get(20, TimeUnit.SECONDS);
      await().atMost(PATIENCE).until(() -> second.user("alice").isEmpty());
      assertThat(told).containsExactly("new alice at a");
      assertThat(luggage(first)).containsEntry("alice", 7);
      assertThat(luggage(second)).isEmpty();
    }
  }

  @ParameterizedTest
  @EnumSource(Transport.class)
  void aClientThatCannotReachTheOtherNodeLogsInAnew(Transport transport) throws Exception {
    Server first = start("a");
    Server second = start("b", port -> port.advertisedAs("127.0.0.1", 1));
    try (Client client = connect(transport, new ReconnectPolicy(50, 100, 0, 600))) {
      String sid = client.sid();
      CompletableFuture<Boolean> moved =
          first.directory().move("alice", address(second)).toCompletableFuture();
      await()
          .atMost(PATIENCE)
          .until(() -> events.stream().anyMatch(ClientEvent.Disconnected.class::isInstance));
      // Else the entry might send it there again and again.
      second.markTaken();
      await()
          .atMost(PATIENCE)
          .until(() -> client.state() == Client.State.CONNECTED && !client.sid().equals(sid));
      client.call(2, NUMBER, bytes(1)).get(30, TimeUnit.SECONDS);
      assertThat(moved.getNow(false)).isFalse();
    }
  }

  private boolean move(Server from, Server to) throws Exception {
    return from.directory()
        .move("alice", address(to))
        .toCompletableFuture()
        .get(40, TimeUnit.SECONDS);
  }

  private static String address(Server server) {
    return server.mesh().self().address();
  }

  private static Luggage luggageModule(Server server) {
    return server.module(Luggage.class).orElseThrow();
  }

  private static Map<String, Integer> luggage(Server server) {
    return luggageModule(server).kept;
  }

  private Server start(String name) {
    return start(name, port -> port);
  }

  private Server start(String name, UnaryOperator<Port> advertised) {
    return start(name, advertised, Settings.MESH_REQUEST_TIMEOUT_MILLIS.defaultValue());
  }

  private Server start(String name, UnaryOperator<Port> advertised, int requestTimeoutMillis) {
    Server server =
        Server.builder()
            .listen(Port.http(0))
            .listen(advertised.apply(Port.udp(0)))
            .listen(advertised.apply(Port.tcp(0)), advertised.apply(Port.websocket(0)))
            .set(Settings.SERVER_MASTER_KEY, KEY)
            .set(Settings.MESH_REQUEST_TIMEOUT_MILLIS, requestTimeoutMillis)
            .set(Settings.LIMITS_COMMAND_TIMEOUT_MILLIS, 2_000)
            .set(Settings.LIMITS_COMMAND_QUEUE_MAX_COUNT, 5_000)
            .engine(links.node(name))
            .userDataTypes(Score.class)
            .with(new Luggage())
            .command(2, NUMBER, (user, command) -> heard(command))
            .command(
                2,
                SLOW,
                (user, command) -> {
                  told.add("slow at " + name);
                  LockSupport.parkNanos(300_000_000);
                  return heard(command);
                })
            .onNewUser(user -> told.add("new " + user.uid() + " at " + name))
            .onDiscardUser((user, reason) -> told.add(discarded(user, reason, name)))
            .start();
    nodes.add(server);
    int count = nodes.size();
    await().atMost(PATIENCE).until(() -> seesAll(nodes, count));
    return server;
  }

  private static boolean seesAll(List<Server> servers, int count) {
    return servers.stream()
        .allMatch(each ->
            each.mesh().nodes().stream().filter(node -> node.hasRole("UDP")).count() == count);
  }

  private static String discarded(User user, CloseReason reason, String name) {
    return "discarded " + user.uid() + " at " + name + " " + reason.code();
  }

  private byte[] heard(Command command) {
    heardByServers.add(ByteBuffer.wrap(command.payload()).getInt());
    return command.payload();
  }

  private Client connect(Transport transport) throws Exception {
    return connect(transport, ReconnectPolicy.NEVER);
  }

  private Client connect(Transport transport, ReconnectPolicy policy) throws Exception {
    Client client =
        Client.builder()
            .http("127.0.0.1:" + nodes.getFirst().address(Role.HTTP).orElseThrow().getPort())
            .uid("alice")
            .transport(transport)
            .reconnect(policy)
            .connectTimeout(policy == ReconnectPolicy.NEVER ? PATIENCE : Duration.ofSeconds(4))
            .build();
    client.onEvent(events::add);
    client.onPush(2, NUMBER, payload -> heardByClient.add(ByteBuffer.wrap(payload).getInt()));
    nodes.get(1).markTaken();
    await().atMost(PATIENCE).until(() -> isSeenOffline(nodes.getFirst()));
    client.connect().get(30, TimeUnit.SECONDS);
    nodes.get(1).markOnline();
    await().atMost(PATIENCE).until(() -> !isSeenOffline(nodes.getFirst()));
    return client;
  }

  private static List<Integer> numbers(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  private static byte[] bytes(int number) {
    return ByteBuffer.allocate(4).putInt(number).array();
  }
}

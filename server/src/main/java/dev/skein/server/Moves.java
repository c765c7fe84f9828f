package dev.skein.server;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.Topic;
import dev.skein.protocol.crypto.Tickets;
import dev.skein.protocol.session.SessionConfig;
import dev.skein.server.MoveMessage.Address;
import dev.skein.server.transport.Transport;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import org.slf4j.LoggerFactory;

/**
 * The moves of users from and to this node (PROTOCOL §11). The node a user leaves asks the other
 * one to take it in; from that answer on the user is there, and its client is told. Any thread.
 */
final class Moves implements Topic.Handler {
  /** How long a move waits for the command being handled. */
  static final int HANDLER_PATIENCE_MILLIS = 2_000;

  /** A module that is not ready for a user's move is asked again so much later. */
  static final int READY_PAUSE_MILLIS = 10;

  /** First byte of an answer: the rest is the client's order. */
  static final byte TAKEN_IN = 1;

  /** First byte of an answer: the rest is the reason. */
  static final byte REFUSED = 0;

  /** How much longer than the other node waits for the client a departure is remembered. */
  private static final int REMEMBERED_MILLIS = 10_000;

  private static final String TOPIC = "move";

  private final Mesh mesh;
  private final Transport transport;
  private final Users users;
  private final UserDataCodec data;
  private final MoveIn arrivals;
  private final Topic topic;
  private final RateLimitedLog log;

  /** By where they went; each is remembered for a while, so that what comes late follows. */
  private final Map<Address, MoveOut> departures = new ConcurrentHashMap<>();

  private final Metrics.Counter left;
  private final Metrics.Counter stayed;

  /** Opens the topic, so the mesh must not have started. */
  Moves(
      Mesh mesh,
      Transport transport,
      Users users,
      UserDataCodec data,
      Tickets tickets,
      Metrics metrics,
      InstantSource clock,
      RandomGenerator random) {
    this.mesh = mesh;
    this.transport = transport;
    this.users = users;
    this.data = data;
    this.log = new RateLimitedLog(LoggerFactory.getLogger("dev.skein.server.moves"), clock);
    this.left = metrics.counter("skein.moves.out", "Users who moved to another node");
    this.stayed = metrics.counter("skein.moves.failed", "Users who were to move and did not");
    this.arrivals = new MoveIn(this, mesh, transport, users, tickets, metrics, clock, random);
    this.topic = mesh.topic(TOPIC, this);
  }

  /**
   * Moves a user of this node to another one; see {@link UserDirectory#move}.
   *
   * @return true when the client has arrived, false if the user stayed or the client did not come;
   *     never fails
   */
  CompletionStage<Boolean> move(ConnectedUser user, NodeInfo target) {
    CompletableFuture<Boolean> done = new CompletableFuture<>();
    String refusal = refusal(user, target);
    if (!refusal.isEmpty()) {
      failed(user, target.address(), refusal);
      done.complete(false);
    } else {
      // A task of its own: whoever asks may be in the middle of handling something of the user.
      user.shard().schedule(() -> new MoveOut(this, user, target, done).begin(), 0);
    }
    return done;
  }

  private String refusal(ConnectedUser user, NodeInfo target) {
    if (target.address().equals(mesh.self().address())) {
      return "it is there";
    }
    if (!target.acceptsUsers()) {
      return "the node is " + target.state();
    }
    return target.hasRole(user.role().name()) ? "" : "the node has no " + user.role();
  }

  @Override
  public CompletionStage<byte[]> onAsk(String sender, byte[] question) {
    return arrivals.onOffer(sender, question);
  }

  @Override
  public void onMessage(String sender, byte[] bytes) {
    MoveMessage.decode(bytes)
        .ifPresentOrElse(
            message -> onMessage(message),
            () -> log.warn("Node %s sent a malformed message of a move".formatted(sender)));
  }

  private void onMessage(MoveMessage message) {
    Address address = message.address();
    switch (message) {
      case MoveMessage.Arrived _ -> {
        MoveOut departure = departures.get(address);
        if (departure != null) {
          departure.shard().execute(departure::arrived);
        }
      }
      case MoveMessage.Withdrawn withdrawn -> arrivals.withdraw(withdrawn.address());
      case MoveMessage.Forwarded sent -> {
        Optional<ConnectedUser> here = here(address);
        if (here.isPresent()) {
          here.get().send(sent.message(), sent.channel(), sent.conflationKey());
        } else {
          // Along the user's own way, node by node, so that nothing overtakes.
          follow(address, departure -> departure.forward(sent));
        }
      }
      case MoveMessage.Closed closed -> {
        Optional<ConnectedUser> here = here(address);
        if (here.isPresent()) {
          here.get().disconnect(closed.reason().code(), closed.reason().text());
        } else {
          follow(address, departure -> departure.close(closed.reason()));
        }
      }
    }
  }

  private Optional<ConnectedUser> here(Address address) {
    return users.find(address.uid()).orElse(null) instanceof ConnectedUser user
            && user.isLife(address.sid(), address.life())
        ? Optional.of(user)
        : Optional.empty();
  }

  private void follow(Address address, Consumer<MoveOut> passing) {
    MoveOut departure = departures.get(address.next());
    if (departure != null) {
      departure.shard().execute(() -> passing.accept(departure));
    }
  }

  /** A user has moved and its client has arrived. */
  void succeeded() {
    left.increment();
  }

  void tell(String node, MoveMessage message) {
    if (!topic.send(node, message.encode())) {
      log.warn("Node %s was not told of %s, who moves".formatted(node, message.address().uid()));
    }
  }

  void add(MoveOut departure) {
    departures.put(departure.there(), departure);
  }

  void remove(MoveOut departure) {
    departures.remove(departure.there(), departure);
  }

  void failed(ConnectedUser user, String target, String why) {
    stayed.increment();
    log.warn("%s did not move to %s: %s".formatted(user.uid(), target, why));
  }

  void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      log.warn("A module could not take back what it gave along", e);
    }
  }

  Topic topic() {
    return topic;
  }

  UserDataCodec data() {
    return data;
  }

  List<UserHooks.Parcelling> travellers() {
    return users.travellers();
  }

  Map<String, Traveller> travellersByModule() {
    return users.travellers().stream()
        .collect(
            Collectors.toMap(
                UserHooks.Parcelling::module, UserHooks.Parcelling::traveller, (a, b) -> a));
  }

  MoveOffer.Terms terms() {
    return MoveOffer.Terms.of(session());
  }

  SessionConfig session() {
    return transport.config().session();
  }

  int waitingMaxBytes() {
    return session().sendQueueMaxBytes();
  }

  int arrivalPatienceMillis() {
    return session().resumeTtlMillis() + REMEMBERED_MILLIS;
  }

  static byte[] refusalBytes(String why) {
    byte[] text = why.getBytes(StandardCharsets.UTF_8);
    byte[] answer = new byte[1 + text.length];
    answer[0] = REFUSED;
    System.arraycopy(text, 0, answer, 1, text.length);
    return answer;
  }

  static String refusalText(byte[] answer) {
    return answer.length <= 1
        ? ""
        : new String(answer, 1, answer.length - 1, StandardCharsets.UTF_8);
  }

  static String sidText(byte[] sid) {
    return HexFormat.of().formatHex(sid);
  }
}

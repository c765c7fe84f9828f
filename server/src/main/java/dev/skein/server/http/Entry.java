package dev.skein.server.http;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.NodeInfo;
import dev.skein.protocol.Code;
import dev.skein.protocol.crypto.Ticket;
import dev.skein.protocol.crypto.Tickets;
import dev.skein.server.Role;
import dev.skein.server.auth.AuthenticationException;
import dev.skein.server.auth.Authenticator;
import dev.skein.server.cluster.NodeQuestion.Entrance;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The endpoint call (PROTOCOL §2): checks who asks, chooses where to, and issues the ticket for it;
 * and the question whether the node of a ticket is lost. Thread-safe.
 *
 * @param authenticator who may log in
 * @param selector where to
 * @param tickets of the cluster
 * @param ticketTtlMillis life of a ticket
 * @param mesh the nodes to choose from
 * @param mayEnter asks a node whether it takes a user now; what the mesh knows may be a second old
 * @param isTaken true for a uid whose second login is refused now
 * @param loginsPerAddressPerSecond 0 for no limit
 * @param clock wall clock
 * @param random secure
 */
public record Entry(
    Authenticator authenticator,
    EndpointSelector selector,
    Tickets tickets,
    int ticketTtlMillis,
    Mesh mesh,
    Function<String, CompletionStage<Entrance>> mayEnter,
    Function<String, CompletionStage<Boolean>> isTaken,
    int loginsPerAddressPerSecond,
    InstantSource clock,
    RandomGenerator random) {

  private static final String PATH = "/endpoint/type/{type}/user/{uid}";
  private static final String LOST_PATH = "/endpoint/lost";
  private static final String BEARER = "Bearer ";
  private static final int UID_MAX_BYTES = 128;

  /** How long the cluster may take to answer one question of a login. */
  private static final int ANSWER_MAX_MILLIS = 1_000;

  /** Nodes that are asked for one login. */
  private static final int NODES_MAX_COUNT = 3;

  private static final Logger LOG = LoggerFactory.getLogger(Entry.class);

  /** A node with a type and several ports sends users to the first it has of these. */
  private static final List<Role> PREFERENCE = List.of(Role.UDP, Role.TCP, Role.WS);

  /** Adds the calls to the routes of a node. */
  public void addTo(Routes routes) {
    LoginRate rate = new LoginRate(loginsPerAddressPerSecond, random.nextInt());
    routes.add("POST", PATH, call -> login(call, rate));
    routes.add("POST", LOST_PATH, call -> lost(call, rate));
  }

  /** Asked by a client that does not reach its node, with the ticket it came there with. */
  private HttpAnswer lost(HttpCall call, LoginRate rate) {
    if (!rate.admit(call.remoteAddress().getAddress(), clock.millis())) {
      return tooMany();
    }
    Optional<Ticket> ticket = ticket(call.body());
    if (ticket.isEmpty()) {
      return Json.error(400, Code.MALFORMED, "the body is no ticket of this cluster");
    }
    if (!mesh.isReady()) {
      return cutOff();
    }
    long node = ticket.get().serverId();
    boolean here = mesh.nodes().stream().anyMatch(each -> each.id() == node);
    return Json.answer(200, new Lost(!here));
  }

  private Optional<Ticket> ticket(byte[] text) {
    try {
      byte[] sealed = Base64.getUrlDecoder().decode(text);
      return tickets.open(sealed, 0, sealed.length);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static HttpAnswer tooMany() {
    return Json.error(429, Code.TOO_MANY, "too many logins from this address");
  }

  private static HttpAnswer cutOff() {
    return Json.error(503, Code.FULL, "the node is cut off from its cluster");
  }

  private HttpAnswer login(HttpCall call, LoginRate rate) throws Exception {
    if (!rate.admit(call.remoteAddress().getAddress(), clock.millis())) {
      return tooMany();
    }
    String uid = call.pathText("uid");
    int uidBytes = uid.getBytes(StandardCharsets.UTF_8).length;
    if (uidBytes == 0 || uidBytes > UID_MAX_BYTES) {
      return Json.error(400, Code.MALFORMED, "uid is not 1 to " + UID_MAX_BYTES + " bytes long");
    }
    String type = call.pathText("type");
    try {
      authenticator.authenticate(
          new Authenticator.Login(uid, type, bearer(call), call.remoteAddress()));
    } catch (AuthenticationException e) {
      return Json.error(401, Code.UNAUTHORIZED, String.valueOf(e.getMessage()));
    }
    if (!mesh.isReady()) {
      return cutOff();
    }
    try {
      if (await(isTaken.apply(uid))) {
        return Json.error(409, Code.REPLACED, "the uid is connected");
      }
    } catch (ExecutionException | TimeoutException e) {
      return Json.error(503, Code.FULL, "the cluster does not answer");
    }
    return placed(uid, type, call);
  }

  /** Asks nodes until one is open. */
  private HttpAnswer placed(String uid, String type, HttpCall call) throws InterruptedException {
    List<Candidate> candidates = candidates(type, call.query("role"));
    for (int i = 0; i < NODES_MAX_COUNT; i++) {
      Optional<Candidate> chosen = selector.select(uid, type, List.copyOf(candidates));
      if (chosen.isEmpty()) {
        break;
      }
      String address = chosen.get().node();
      Optional<NodeInfo> node = mesh.node(address);
      Optional<Entrance> entrance = entrance(address);
      if (node.isPresent() && entrance.isPresent()) {
        return answer(chosen.get(), node.get(), entrance.get(), uid, call);
      }
      candidates.removeIf(each -> each.node().equals(address));
    }
    return Json.error(503, Code.FULL, "no ONLINE node of type " + type);
  }

  private Optional<Entrance> entrance(String node) throws InterruptedException {
    try {
      Entrance entrance = await(mayEnter.apply(node));
      if (!entrance.open()) {
        LOG.info("No user is sent to {}: {}", node, entrance.reason());
      }
      return Optional.of(entrance).filter(Entrance::open);
    } catch (ExecutionException | TimeoutException e) {
      LOG.info("No user is sent to {}: it does not answer", node, e);
      return Optional.empty();
    }
  }

  /** Calls run on virtual threads, which may wait. */
  private static <T> T await(CompletionStage<T> stage)
      throws InterruptedException, ExecutionException, TimeoutException {
    return stage.toCompletableFuture().get(ANSWER_MAX_MILLIS, TimeUnit.MILLISECONDS);
  }

  static Optional<String> bearer(HttpCall call) {
    return call.header("Authorization")
        .filter(value -> value.regionMatches(true, 0, BEARER, 0, BEARER.length()))
        .map(value -> value.substring(BEARER.length()).strip());
  }

  private List<Candidate> candidates(String type, Optional<String> role) {
    List<Candidate> found = new ArrayList<>();
    for (NodeInfo node : mesh.nodes()) {
      if (node.acceptsUsers() && node.isOfType(type)) {
        String wanted = node.type().isEmpty() ? type : role.orElse("");
        PREFERENCE.stream()
            .filter(each -> wanted.isEmpty() || wanted.equals(each.name()))
            .filter(each -> node.hasRole(each.name()))
            .findFirst()
            .ifPresent(each -> found.add(candidate(node, each)));
      }
    }
    return found;
  }

  private static Candidate candidate(NodeInfo node, Role role) {
    String endpoint = String.valueOf(node.endpoints().get(role.name()));
    int colon = endpoint.lastIndexOf(':');
    return new Candidate(
        node.address(),
        role,
        endpoint.substring(0, colon),
        Integer.parseInt(endpoint.substring(colon + 1)),
        node.ccu());
  }

  /** The ticket's times are by the clock that will judge them. */
  private HttpAnswer answer(
      Candidate chosen, NodeInfo node, Entrance entrance, String uid, HttpCall call) {
    Tickets.Issued issued =
        tickets.issue(node.id(), uid, entrance.nowMillis(), ticketTtlMillis, random);
    Ticket ticket = issued.ticket();
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    return Json.answer(
        200,
        new Answer(
            reachable(chosen.host(), call),
            chosen.port(),
            chosen.role().name(),
            HexFormat.of().formatHex(ticket.sid()),
            base64.encodeToString(issued.sealed()),
            base64.encodeToString(ticket.key()),
            ticketTtlMillis));
  }

  /** A node that listens on every address is reached the way this call came. */
  private static String reachable(String host, HttpCall call) {
    if (!host.equals("0.0.0.0") && !host.equals("::")) {
      return host;
    }
    String authority = call.header("Host").orElse("127.0.0.1");
    int colon = authority.lastIndexOf(':');
    return colon > authority.lastIndexOf(']') ? authority.substring(0, colon) : authority;
  }

  private record Lost(boolean lost) {}

  private record Answer(
      String host,
      int port,
      String role,
      String sid,
      String ticket,
      String key,
      int expiresInMillis) {}
}

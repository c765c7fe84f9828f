package dev.skein.server.http;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.NodeInfo;
import dev.skein.protocol.Code;
import dev.skein.server.cluster.NodeQuestion.Status;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.LongSupplier;

/**
 * The calls for operators (docs/CONFIGURATION.md): which nodes there are, and draining one.
 * Thread-safe.
 *
 * @param mesh the nodes
 * @param howIs asks one
 * @param drain has one begin to drain within so many milliseconds, 0: as it is configured; true if
 *     it does
 * @param adminToken who may call; empty: nobody
 * @param openToLoopback true if calls from this machine need no token, should there be none
 * @param clock wall clock
 * @param nanoTime monotonic
 */
public record ClusterCalls(
    Mesh mesh,
    Function<String, CompletionStage<Status>> howIs,
    BiFunction<String, Integer, CompletionStage<Boolean>> drain,
    String adminToken,
    boolean openToLoopback,
    InstantSource clock,
    LongSupplier nanoTime) {
  private static final int ANSWER_MAX_MILLIS = 1_000;
  private static final int DRAIN_DEADLINE_MAX_MILLIS = 3_600_000;

  /** Adds the calls to the routes of a node. */
  public void addTo(Routes routes) {
    routes.add("GET", "/cluster", guarded(call -> status()));
    routes.add("POST", "/cluster/drain/{node}", guarded(this::drain));
  }

  private HttpHandler guarded(HttpHandler handler) {
    return call -> {
      Optional<HttpAnswer> refusal = refusal(call);
      return refusal.isPresent() ? refusal.get() : handler.handle(call);
    };
  }

  private Optional<HttpAnswer> refusal(HttpCall call) {
    if (adminToken.isEmpty()) {
      return openToLoopback && call.remoteAddress().getAddress().isLoopbackAddress()
          ? Optional.empty()
          : Optional.of(Json.error(403, Code.UNAUTHORIZED, "http.adminToken is not configured"));
    }
    byte[] given = Entry.bearer(call).orElse("").getBytes(StandardCharsets.UTF_8);
    return MessageDigest.isEqual(given, adminToken.getBytes(StandardCharsets.UTF_8))
        ? Optional.empty()
        : Optional.of(Json.error(401, Code.UNAUTHORIZED, "not the token of http.adminToken"));
  }

  // --- Status ---

  /** A node's own words, and how they came. */
  private record Heard(Status status, long rttMicros, long skewMillis) {}

  private HttpAnswer status() {
    List<NodeInfo> nodes =
        mesh.nodes().stream().sorted(Comparator.comparing(NodeInfo::address)).toList();
    List<CompletableFuture<Optional<Heard>>> asked = nodes.stream().map(this::ask).toList();
    List<Map<String, Object>> rows = new ArrayList<>();
    for (int i = 0; i < nodes.size(); i++) {
      rows.add(row(nodes.get(i), asked.get(i).join()));
    }
    Map<String, Object> whole = new LinkedHashMap<>();
    whole.put("node", mesh.self().address());
    whole.put("ccu", nodes.stream().mapToInt(NodeInfo::ccu).sum());
    whole.put("nodes", rows);
    return Json.answer(200, whole);
  }

  private CompletableFuture<Optional<Heard>> ask(NodeInfo node) {
    long beganNanos = nanoTime.getAsLong();
    return howIs
        .apply(node.address())
        .toCompletableFuture()
        .thenApply(status -> Optional.of(heard(node, status, beganNanos)))
        .completeOnTimeout(Optional.empty(), ANSWER_MAX_MILLIS, TimeUnit.MILLISECONDS)
        .exceptionally(failure -> Optional.empty());
  }

  private Heard heard(NodeInfo node, Status status, long beganNanos) {
    if (node.id() == mesh.self().id()) {
      return new Heard(status, 0, 0);
    }
    long rttNanos = nanoTime.getAsLong() - beganNanos;
    long halfWayMillis = TimeUnit.NANOSECONDS.toMillis(rttNanos / 2);
    return new Heard(
        status,
        TimeUnit.NANOSECONDS.toMicros(rttNanos),
        status.nowMillis() + halfWayMillis - clock.millis());
  }

  private static Map<String, Object> row(NodeInfo node, Optional<Heard> heard) {
    Map<String, Object> row = new LinkedHashMap<>();
    row.put("node", node.address());
    row.put("roles", new TreeSet<>(node.endpoints().keySet()));
    row.put("type", node.type());
    row.put("state", node.state().name());
    row.put("ccu", node.ccu());
    row.put("version", node.version());
    row.put("endpoints", new TreeMap<>(node.endpoints()));
    row.put("custom", new TreeMap<>(node.custom()));
    row.put("ready", heard.map(each -> each.status().ready()).orElse(false));
    heard.ifPresent(each -> {
      row.put("uptimeMillis", each.status().uptimeMillis());
      row.put("meshRttMicros", each.rttMicros());
      row.put("clockSkewMillis", each.skewMillis());
    });
    return row;
  }

  // --- Drain ---

  private HttpAnswer drain(HttpCall call) throws InterruptedException {
    int deadlineMillis = call.query("deadlineMillis").map(ClusterCalls::deadline).orElse(0);
    return drain(call.pathText("node"), deadlineMillis);
  }

  private static int deadline(String text) {
    try {
      int millis = Integer.parseInt(text);
      if (millis >= 1 && millis <= DRAIN_DEADLINE_MAX_MILLIS) {
        return millis;
      }
    } catch (NumberFormatException e) {
      // Refused below, as any other text.
    }
    throw new BadCallException("deadlineMillis is not within 1.." + DRAIN_DEADLINE_MAX_MILLIS);
  }

  private HttpAnswer drain(String address, int deadlineMillis) throws InterruptedException {
    Optional<NodeInfo> node = mesh.node(address);
    if (node.isEmpty()) {
      return Json.error(404, Code.UNKNOWN_COMMAND, "no node " + address + " is in sight");
    }
    try {
      CompletableFuture<Boolean> begins =
          drain.apply(address, deadlineMillis).toCompletableFuture();
      if (!begins.get(ANSWER_MAX_MILLIS, TimeUnit.MILLISECONDS)) {
        return Json.error(503, Code.WRONG_STATE, "the node " + address + " is just starting");
      }
    } catch (ExecutionException | TimeoutException e) {
      return Json.error(503, Code.TIMEOUT, "the node " + address + " does not answer");
    }
    return Json.answer(202, new Draining(address, node.get().ccu()));
  }

  private record Draining(String node, int ccu) {}
}

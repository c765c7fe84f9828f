package dev.skein.server;

import dev.skein.client.Client;
import dev.skein.client.ReconnectPolicy;
import dev.skein.client.Transport;
import dev.skein.server.config.Settings;
import dev.skein.server.http.Candidate;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;

/** A few servers of one cluster in one JVM, one of them with HTTP, and clients of theirs. */
final class ClusterOfServers implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(20);

  final JvmCluster engines = new JvmCluster();
  private final Map<String, Server> servers = new TreeMap<>();
  private final List<Client> clients = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();

  /** Where the next user is sent; empty: anywhere. */
  volatile String wanted = "";

  /** Starts a node with HTTP called entry, and nodes with UDP and TCP of these names. */
  ClusterOfServers start(UnaryOperator<ServerBuilder> more, String... names) {
    add("entry", builder -> more.apply(builder.listen(Port.http(0)).endpointSelector(this::pick)));
    for (String name : names) {
      add(name, builder -> more.apply(builder.listen(Port.udp(0), Port.tcp(0))));
    }
    until(() ->
        servers.values().stream()
            .allMatch(server ->
                server.mesh().nodesByRole("UDP").size() == names.length && server.isReady()));
    return this;
  }

  Server add(String name, UnaryOperator<ServerBuilder> more) {
    Server server =
        more.apply(
                Server.builder()
                    .engine(engines.engine(name))
                    .set(Settings.SERVER_SHARDS_COUNT, 1)
                    .set(Settings.MESH_SECRET, "a secret of this test")
                    .set(Settings.MESH_REQUEST_TIMEOUT_MILLIS, 2_000)
                    .set(Settings.MESH_UPDATE_INTERVAL_MILLIS, 20))
            .start();
    servers.put(name, server);
    return server;
  }

  private Optional<Candidate> pick(String uid, String type, List<Candidate> candidates) {
    return candidates.stream()
        .filter(each -> wanted.isEmpty() || each.node().equals(wanted))
        .findFirst()
        .or(() -> candidates.stream().findFirst());
  }

  Server server(String name) {
    Server server = servers.get(name);
    if (server == null) {
      throw new AssertionError("no server " + name);
    }
    return server;
  }

  /** Connected users by the count of every node itself. */
  int connected() {
    return servers.values().stream().mapToInt(Server::ccu).sum();
  }

  /** A login that is to end on this node, by a client that does not come back by itself. */
  CompletableFuture<Client> login(String uid, String node) {
    return login(uid, node, ReconnectPolicy.NEVER);
  }

  CompletableFuture<Client> login(String uid, String node, ReconnectPolicy policy) {
    wanted = node;
    Client client =
        Client.builder()
            .http("http://" + entry())
            .uid(uid)
            .transport(Transport.UDP)
            .reconnect(policy)
            .build();
    clients.add(client);
    return client.connect();
  }

  /** The same, to its end. */
  Client connect(String uid, String node) {
    Client client = login(uid, node).join();
    until(() -> server(node).user(uid).filter(user -> ((ConnectedUser) user).isOpen()).isPresent());
    return client;
  }

  HttpResponse<String> call(String method, String path, @Nullable String token) throws Exception {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create("http://" + entry() + path))
            .method(method, HttpRequest.BodyPublishers.noBody());
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private String entry() {
    return "127.0.0.1:" + server("entry").address(Role.HTTP).orElseThrow().getPort();
  }

  static void until(BooleanSupplier condition) {
    Awaitility.await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(10))
        .until(condition::getAsBoolean);
  }

  @Override
  public void close() {
    engines.heal();
    clients.forEach(Client::close);
    servers.values().parallelStream().forEach(Server::stop);
    http.close();
  }
}

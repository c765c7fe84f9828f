package dev.skein.module;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.awaitility.Awaitility.await;

import dev.skein.client.Client;
import dev.skein.client.ReconnectPolicy;
import dev.skein.client.Transport;
import dev.skein.mesh.clustered.ClusterConfig;
import dev.skein.mesh.clustered.ClusteredEngine;
import dev.skein.mesh.engine.Engine;
import dev.skein.server.Module;
import dev.skein.server.Port;
import dev.skein.server.Role;
import dev.skein.server.Server;
import dev.skein.server.ServerBuilder;
import dev.skein.server.config.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/**
 * Three nodes of one JVM over the real engine, called a, b and c, and clients on the node their uid
 * begins with.
 */
final class ClusterOfThree implements AutoCloseable {
  static final Duration LIMIT = Duration.ofSeconds(30);
  private static final String KEY = Base64.getEncoder().encodeToString(new byte[32]);

  private final List<Server> servers = new ArrayList<>();
  private final List<Engine> engines = new ArrayList<>();
  private final List<Client> clients = new ArrayList<>();

  /**
   * @param modules new ones for each node
   */
  static ClusterOfThree start(Supplier<List<Module>> modules) {
    ClusterOfThree cluster = new ClusterOfThree();
    ClusterConfig.Builder mesh = ClusterConfig.builder().cluster("modules-" + UUID.randomUUID());
    for (String name : List.of("a", "b", "c")) {
      Engine engine = ClusteredEngine.open(mesh.name(name).build());
      cluster.engines.add(engine);
      ServerBuilder builder =
          Server.builder()
              .listen(Port.http(0), Port.udp(0))
              .set(Settings.SERVER_MASTER_KEY, KEY)
              .set(Settings.SERVER_SHARDS_COUNT, 1)
              .engine(engine)
              .endpointSelector((uid, type, candidates) ->
                  candidates.stream()
                      .filter(each -> each.node().equals(uid.substring(0, 1)))
                      .findFirst());
      modules.get().forEach(builder::with);
      cluster.servers.add(builder.start());
    }
    await()
        .atMost(LIMIT)
        .until(() ->
            cluster.servers.stream()
                .allMatch(server -> server.isReady() && server.mesh().nodes().size() == 3));
    return cluster;
  }

  Server server(int index) {
    return servers.get(index);
  }

  /** A node is out of the cluster from one moment to the next; it lives on by itself. */
  void cutOff(int index) {
    engines.get(index).close();
  }

  <M extends Module> M module(int index, Class<M> type) {
    return servers.get(index).module(type).orElseThrow();
  }

  /** A client on the node its uid begins with. */
  Client connect(String uid) throws Exception {
    int http = servers.getFirst().address(Role.HTTP).orElseThrow().getPort();
    Client client =
        Client.builder()
            .http("http://127.0.0.1:" + http)
            .uid(uid)
            .transport(Transport.UDP)
            .reconnect(ReconnectPolicy.NEVER)
            .build();
    clients.add(client);
    get(client.connect());
    return client;
  }

  /** One client on each node. */
  List<Client> connectThree(String name) throws Exception {
    return List.of(connect("a-" + name), connect("b-" + name), connect("c-" + name));
  }

  static <T> T get(CompletionStage<T> stage) throws Exception {
    return stage.toCompletableFuture().get(LIMIT.toSeconds(), TimeUnit.SECONDS);
  }

  static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, UTF_8);
  }

  @Override
  public void close() {
    clients.forEach(Client::close);
    servers.reversed().forEach(Server::close);
  }
}

package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.mesh.LocalEngine;
import dev.skein.mesh.MeshRuntime;
import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import dev.skein.mesh.engine.Engine;
import dev.skein.mesh.engine.EngineException;
import dev.skein.server.config.ConfigException;
import dev.skein.server.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What a node says of itself from its start until it has joined, and if it may not. */
@Timeout(60)
class StartClusterTest {

  /** Joins when it is let. */
  private static final class Waiting implements Engine {
    final CountDownLatch joining = new CountDownLatch(1);
    private final CompletableFuture<Void> verdict;
    private final Engine alone = new LocalEngine(MeshRuntime.ofJdk());

    Waiting(CompletableFuture<Void> verdict) {
      this.verdict = verdict;
    }

    @Override
    public void start(Listener listener) {
      joining.countDown();
      try {
        verdict.get(30, TimeUnit.SECONDS);
      } catch (Exception e) {
        throw new EngineException("the cluster has another secret than this node", e);
      }
      alone.start(listener);
    }

    @Override
    public String address() {
      return alone.address();
    }

    @Override
    public boolean isReady() {
      return verdict.isDone() && alone.isReady();
    }

    @Override
    public boolean send(String address, byte[] frame, boolean reliable) {
      return alone.send(address, frame, reliable);
    }

    @Override
    public Store store(StoreOptions options, Store.Operator operator) {
      return alone.store(options, operator);
    }

    @Override
    public void close() {
      alone.close();
    }
  }

  @Test
  void aNodeThatIsJoiningIsLiveButNotReadyAndServesNothingElse() throws Exception {
    CompletableFuture<Void> verdict = new CompletableFuture<>();
    Waiting engine = new Waiting(verdict);
    int http = freePort();
    int admin = freePort();
    CompletableFuture<Server> starting =
        CompletableFuture.supplyAsync(() -> node(engine, http, admin).start());
    try {
      assertThat(engine.joining.await(30, TimeUnit.SECONDS)).isTrue();
      for (int port : List.of(http, admin)) {
        assertThat(status(port, "/health/live")).isEqualTo(200);
        assertThat(status(port, "/health/ready")).isEqualTo(503);
        assertThat(status(port, "/cluster")).isEqualTo(503);
      }
      assertThat(starting).isNotDone();
    } finally {
      verdict.complete(null);
    }
    try (Server server = starting.get(30, TimeUnit.SECONDS)) {
      Awaitility.await().atMost(Duration.ofSeconds(30)).until(server::isReady);
      assertThat(status(http, "/health/ready")).isEqualTo(200);
      assertThat(status(admin, "/health/ready")).isEqualTo(200);
      assertThat(status(admin, "/cluster")).isEqualTo(200);
    }
  }

  @Test
  void aNodeThatMayNotJoinDoesNotStartAndGivesBackItsPorts() throws Exception {
    CompletableFuture<Void> verdict = CompletableFuture.failedFuture(new IllegalStateException());
    int http = freePort();
    int admin = freePort();
    assertThatThrownBy(() -> node(new Waiting(verdict), http, admin).start())
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("another secret");
    for (int port : List.of(http, admin)) {
      new ServerSocket(port, 1, InetAddress.getLoopbackAddress()).close();
    }
  }

  @Test
  void aMeshPortInUseIsAFaultOfTheConfiguration() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      ServerBuilder builder =
          Server.builder().listen(Port.udp(0)).set(Settings.MESH_PORT, taken.getLocalPort());
      assertThatThrownBy(builder::start)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("mesh.port")
          .hasMessageContaining(String.valueOf(taken.getLocalPort()));
    }
  }

  private static ServerBuilder node(Engine engine, int http, int admin) {
    return Server.builder()
        .engine(engine)
        .listen(Port.http(http))
        .set(Settings.ADMIN_PORT, admin)
        .set(Settings.SERVER_SHARDS_COUNT, 1);
  }

  private static int status(int port, String path) throws Exception {
    try (HttpClient client = HttpClient.newHttpClient()) {
      URI uri = URI.create("http://127.0.0.1:" + port + path);
      return client
          .send(HttpRequest.newBuilder(uri).build(), HttpResponse.BodyHandlers.discarding())
          .statusCode();
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }
}

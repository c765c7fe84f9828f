package dev.skein.server.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.server.Port;
import dev.skein.server.Server;
import dev.skein.server.ServerBuilder;
import dev.skein.server.config.ConfigException;
import dev.skein.server.config.Settings;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import org.junit.jupiter.api.Test;

class AdminPortWireTest {

  @Test
  void aNodeWithoutHttpAnswersOperatorsAndNoPlayers() throws Exception {
    try (Server server = node().listen(Port.udp(0)).start()) {
      InetSocketAddress admin = server.adminAddress().orElseThrow();
      assertThat(status(admin, "/health/live")).isEqualTo(200);
      assertThat(status(admin, "/health/ready")).isEqualTo(200);
      assertThat(status(admin, "/metrics")).isEqualTo(200);
      assertThat(status(admin, "/endpoint/type/UDP/user/kim")).isEqualTo(404);
      assertThat(server.addresses()).hasSize(1);
    }
  }

  @Test
  void withAPortForOperatorsThePlayersPortTellsNoFigures() throws Exception {
    try (Server server = node().listen(Port.http(0)).start()) {
      InetSocketAddress players = server.addresses().values().iterator().next();
      assertThat(status(players, "/health/live")).isEqualTo(200);
      assertThat(status(players, "/metrics")).isEqualTo(404);
    }
  }

  @Test
  void aPortForOperatorsThatIsInUseIsNamed() {
    try (Server server = node().start()) {
      int taken = server.adminAddress().orElseThrow().getPort();
      ServerBuilder second = Server.builder().set(Settings.ADMIN_PORT, taken);
      assertThatThrownBy(second::start)
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("admin.port");
    }
  }

  private static ServerBuilder node() {
    return Server.builder().set(Settings.ADMIN_PORT, 0);
  }

  private static int status(InetSocketAddress at, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + at.getPort() + path);
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client
          .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.discarding())
          .statusCode();
    }
  }
}

package dev.skein.module;

import dev.skein.client.Client;
import dev.skein.client.ReconnectPolicy;
import dev.skein.client.Transport;
import dev.skein.server.Module;
import dev.skein.server.Port;
import dev.skein.server.Role;
import dev.skein.server.Server;
import dev.skein.server.config.Settings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionFactory;

/** A real node on loopback with one module, and the real clients of a test. One thread. */
public final class RealNode implements AutoCloseable {
  private final Server server;
  private final List<Client> clients = new ArrayList<>();

  private RealNode(Server server) {
    this.server = server;
  }

  /** A node on which a session that is not heard for half a second ends so much later. */
  public static RealNode start(Module module, int resumeTtlMillis) {
    return new RealNode(
        Server.builder()
            .listen(Port.http(0), Port.udp(0), Port.tcp(0), Port.websocket(0))
            .set(Settings.SESSION_IDLE_TIMEOUT_MILLIS, 500)
            .set(Settings.SESSION_RESUME_TTL_MILLIS, resumeTtlMillis)
            .with(module)
            .start());
  }

  /** Waits for what the network brings, on a machine that does other things as well. */
  public static ConditionFactory patience() {
    return Awaitility.await().atMost(Duration.ofSeconds(30));
  }

  public Server server() {
    return server;
  }

  /** A client that is connected and gives up with its session. */
  public Client connect(String uid, Transport transport) {
    Client client =
        Client.builder()
            .http("http://127.0.0.1:" + server.address(Role.HTTP).orElseThrow().getPort())
            .uid(uid)
            .transport(transport)
            .reconnect(ReconnectPolicy.NEVER)
            .connect()
            .join();
    clients.add(client);
    return client;
  }

  @Override
  public void close() {
    clients.forEach(Client::close);
    server.stop();
  }
}

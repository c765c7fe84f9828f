package dev.skein.cli.bot;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.skein.testkit.relay.HostileTcpRelay;
import dev.skein.testkit.relay.HostileUdpRelay;
import dev.skein.testkit.relay.Hostility;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Stands in for a node's HTTP role and sends whoever logs in through hostile relays: it passes the
 * endpoint call on and puts a relay's address into the answer. Clients notice nothing of it. Any
 * thread may call.
 */
final class HostileEntry implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int BACKLOG_CONNECTIONS = 1024;

  private final URI node;
  private final Hostility hostility;
  private final HttpServer entry;
  private final HttpClient http = HttpClient.newHttpClient();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<String, Relay> relays = new ConcurrentHashMap<>();

  /** A relay and the address to use instead of the node's. */
  private record Relay(InetSocketAddress address, AutoCloseable closing) {}

  private HostileEntry(URI node, Hostility hostility) throws IOException {
    this.node = node;
    this.hostility = hostility;
    entry =
        HttpServer.create(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), BACKLOG_CONNECTIONS);
    entry.setExecutor(threads);
    entry.createContext("/", this::pass);
  }

  /** Opens an entry in front of this node's. */
  static HostileEntry start(URI node, Hostility hostility) throws IOException {
    HostileEntry hostile = new HostileEntry(node, hostility);
    hostile.entry.start();
    return hostile;
  }

  /** What to use as the node's HTTP role. */
  URI address() {
    return URI.create("http://127.0.0.1:" + entry.getAddress().getPort());
  }

  private void pass(HttpExchange exchange) throws IOException {
    try (exchange) {
      HttpResponse<byte[]> answer = ask(exchange);
      byte[] body = answer.statusCode() == 200 ? rerouted(answer.body()) : answer.body();
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpResponse<byte[]> ask(HttpExchange exchange) throws IOException, InterruptedException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(node.resolve(exchange.getRequestURI().getRawPath()))
            .method(exchange.getRequestMethod(), HttpRequest.BodyPublishers.ofByteArray(body));
    String authorization = exchange.getRequestHeaders().getFirst("Authorization");
    if (authorization != null) {
      request.header("Authorization", authorization);
    }
    return http.send(request.build(), HttpResponse.BodyHandlers.ofByteArray());
  }

  private byte[] rerouted(byte[] endpoint) throws IOException {
    if (!(JSON.readTree(endpoint) instanceof ObjectNode json) || !json.has("port")) {
      return endpoint;
    }
    String host = json.path("host").asText();
    int port = json.path("port").asInt();
    String role = json.path("role").asText();
    Relay relay =
        relays.computeIfAbsent(
            role + " " + host + " " + port, key -> relay(role, new InetSocketAddress(host, port)));
    json.put("host", relay.address().getAddress().getHostAddress());
    json.put("port", relay.address().getPort());
    return JSON.writeValueAsBytes(json);
  }

  private Relay relay(String role, InetSocketAddress server) {
    if (role.equals("UDP")) {
      HostileUdpRelay udp = HostileUdpRelay.start(server, hostility);
      return new Relay(udp.address(), udp);
    }
    HostileTcpRelay tcp = HostileTcpRelay.start(server, hostility);
    return new Relay(tcp.address(), tcp);
  }

  @Override
  public void close() throws Exception {
    entry.stop(0);
    threads.close();
    http.close();
    for (Relay relay : relays.values()) {
      relay.closing().close();
    }
  }
}

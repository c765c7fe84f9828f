package dev.skein.server.http;

import dev.skein.protocol.Code;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Settings;
import io.helidon.http.HeaderNames;
import io.helidon.http.HttpException;
import io.helidon.webserver.WebServer;
import io.helidon.webserver.WebServerConfig;
import io.helidon.webserver.http.ServerRequest;
import io.helidon.webserver.http.ServerResponse;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The HTTP port of a node: Skein's routes and the game's, each call on a virtual thread. It opens
 * before the node has joined its cluster, with a few routes; the others are answered 503 until
 * {@link #serve(Routes)}. Any thread may call.
 */
public final class HttpListener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger("dev.skein.server.http");

  static {
    // Skein's mesh, or the program this node is part of, may have set a deserialisation filter for
    // the process. It is theirs to judge; left to itself Helidon would refuse to start beside it.
    System.getProperties().putIfAbsent("helidon.serialFilter.failure.action", "ignore");
  }

  private volatile Routes routes;
  private volatile boolean starting = true;
  private final Cors cors;
  private final String host;
  private final WebServer server;

  private HttpListener(
      Routes routes, InetSocketAddress address, Optional<SSLContext> tls, NodeConfig config) {
    this.routes = routes;
    this.cors = new Cors(config.get(Settings.HTTP_CORS_ORIGINS));
    this.host = address.getHostString();
    WebServerConfig.Builder builder = WebServer.builder();
    tls.ifPresent(context -> builder.tls(secured -> secured.sslContext(context)));
    this.server =
        builder
            .shutdownHook(false)
            .featuresDiscoverServices(false)
            .bindAddress(address)
            .maxPayloadSize(config.get(Settings.HTTP_BODY_MAX_BYTES))
            .maxTcpConnections(config.get(Settings.HTTP_CONNECTIONS_MAX_COUNT))
            .shutdownGracePeriod(Duration.ofMillis(200))
            .routing(routing -> routing.any(this::serve))
            .build();
  }

  /**
   * Listens at {@code http.host} and {@code http.port}.
   *
   * @param routes what is served while the node starts
   * @throws dev.skein.server.config.ConfigException if the TLS files cannot be used
   * @throws RuntimeException if it cannot, for example because the port is in use
   */
  public static HttpListener open(Routes routes, NodeConfig config) {
    InetSocketAddress address =
        new InetSocketAddress(config.get(Settings.HTTP_HOST), config.get(Settings.HTTP_PORT));
    return started(new HttpListener(routes, address, HttpTls.of(config), config));
  }

  /**
   * Listens at {@code admin.host} and {@code admin.port}, without TLS.
   *
   * @param routes what is served while the node starts
   * @throws RuntimeException if it cannot, for example because the port is in use
   */
  public static HttpListener openAdmin(Routes routes, NodeConfig config) {
    InetSocketAddress address =
        new InetSocketAddress(config.get(Settings.ADMIN_HOST), config.get(Settings.ADMIN_PORT));
    return started(new HttpListener(routes, address, Optional.empty(), config));
  }

  private static HttpListener started(HttpListener listener) {
    listener.server.start();
    if (!listener.server.isRunning()) {
      // With a port in use the library only logs.
      throw new IllegalStateException("the port cannot be opened");
    }
    return listener;
  }

  /** The node has started: from now on these are served, and no others. */
  public void serve(Routes all) {
    routes = all;
    starting = false;
  }

  /** Where it listens. */
  public InetSocketAddress address() {
    return new InetSocketAddress(host, server.port());
  }

  @Override
  public void close() {
    server.stop();
  }

  private void serve(ServerRequest request, ServerResponse response) {
    HttpAnswer answer = answer(request);
    response.status(answer.status());
    answer.headers().forEach((name, value) -> response.header(name, value));
    Optional<String> origin = request.headers().first(HeaderNames.ORIGIN);
    cors.headers(origin).forEach((name, value) -> response.header(name, value));
    if (!answer.contentType().isEmpty()) {
      response.header(HeaderNames.CONTENT_TYPE, answer.contentType());
    }
    response.send(answer.body());
  }

  private HttpAnswer answer(ServerRequest request) {
    String method = request.prologue().method().text();
    try {
      List<String> segments = segments(request.path().rawPath());
      return cors.preflight(new ServedCall(request, Map.of()))
          .orElseGet(() -> routed(request, method, segments));
    } catch (BadCallException e) {
      return Json.error(400, Code.MALFORMED, String.valueOf(e.getMessage()));
    }
  }

  private HttpAnswer routed(ServerRequest request, String method, List<String> segments) {
    boolean partial = starting; // read before the routes, which are complete once it is false
    Routes served = routes;
    Optional<Routes.Match> match = served.find(method, segments);
    if (match.isEmpty() && partial) {
      return Json.error(503, Code.WRONG_STATE, "the node is just starting");
    }
    if (match.isEmpty()) {
      return served.anyAt(segments)
          ? Json.error(405, Code.UNKNOWN_COMMAND, method + " is not served at this path")
          : Json.error(404, Code.UNKNOWN_COMMAND, "nothing is served at this path");
    }
    Routes.Match found = match.get();
    found.path().checkTypes(found.values());
    try {
      return found.handler().handle(new ServedCall(request, found.values()));
    } catch (BadCallException e) {
      throw e;
    } catch (HttpException e) {
      return Json.error(e.status().code(), Code.MALFORMED, String.valueOf(e.getMessage()));
    } catch (Exception e) {
      LOG.warn("{} {} failed", method, found.path(), e);
      return Json.error(500, Code.INTERNAL, "the server failed");
    }
  }

  private static List<String> segments(String rawPath) {
    List<String> decoded = new ArrayList<>();
    for (String segment : PathTemplate.split(rawPath)) {
      decoded.add(PercentEncoding.decode(segment));
    }
    return decoded;
  }
}

package dev.skein.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What an operator asks a node over HTTP. One thread. */
final class NodeHttp implements AutoCloseable {
  private static final Duration TIMEOUT = Duration.ofSeconds(5);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final URI node;
  private final String adminToken;
  private final HttpClient client = HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

  /** Where to ask; the same option in every command that does. */
  static final class Entry {
    @Option(
        names = "--http",
        paramLabel = "HOST:PORT",
        defaultValue = "127.0.0.1:7000",
        description = "The node's HTTP role; ${DEFAULT-VALUE} unless given.")
    private String http = "";

    NodeHttp open() {
      return open("");
    }

    private NodeHttp open(String adminToken) {
      return new NodeHttp(Addresses.http(http), adminToken);
    }
  }

  /** Where to ask, and by what right. */
  static final class OperatorEntry {
    @Mixin private Entry entry = new Entry();

    @Option(
        names = "--admin-token",
        paramLabel = "TOKEN",
        defaultValue = "${env:SKEIN_HTTP_ADMIN_TOKEN:-}",
        showDefaultValue = CommandLine.Help.Visibility.NEVER,
        description = {
          "The nodes' http.adminToken, if they have one. Better in the environment, as",
          "SKEIN_HTTP_ADMIN_TOKEN: others on the machine can read a command line."
        })
    private String adminToken = "";

    NodeHttp open() {
      return entry.open(adminToken);
    }
  }

  NodeHttp(URI node, String adminToken) {
    this.node = node;
    this.adminToken = adminToken;
  }

  URI address(String path) {
    return node.resolve(path);
  }

  /** The status of a GET; fails if nobody answers. */
  int status(String path) throws InterruptedException {
    return send(HttpRequest.newBuilder(address(path))).statusCode();
  }

  /** All nodes as this one sees them: {@code {"nodes":[…]}}. */
  JsonNode cluster() throws InterruptedException {
    HttpResponse<String> answer = send(HttpRequest.newBuilder(address("/cluster")));
    if (answer.statusCode() != 200) {
      throw failure(answer);
    }
    return parse(answer.body());
  }

  /**
   * Asks the node with this mesh address to drain; returns when it has been told.
   *
   * @param deadline how long that may take; empty: as the node is configured
   */
  void drain(String address, Optional<Duration> deadline) throws InterruptedException {
    String path =
        "/cluster/drain/"
            + URLEncoder.encode(address, StandardCharsets.UTF_8)
            + deadline.map(time -> "?deadlineMillis=" + time.toMillis()).orElse("");
    HttpResponse<String> answer =
        send(HttpRequest.newBuilder(address(path)).POST(BodyPublishers.noBody()));
    if (answer.statusCode() != 202) {
      throw failure(answer);
    }
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws InterruptedException {
    if (!adminToken.isEmpty()) {
      request.header("Authorization", "Bearer " + adminToken);
    }
    try {
      return client.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofString());
    } catch (IOException e) {
      throw new IllegalStateException(node + " does not answer", e);
    }
  }

  private JsonNode parse(String body) {
    try {
      return JSON.readTree(body);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(node + " answered something that is not JSON", e);
    }
  }

  private IllegalStateException failure(HttpResponse<String> answer) {
    return new IllegalStateException(
        answer.uri() + " answered " + answer.statusCode() + ": " + answer.body().strip());
  }

  @Override
  public void close() {
    client.close();
  }
}

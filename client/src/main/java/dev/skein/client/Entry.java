package dev.skein.client;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/**
 * The entry call over HTTP (PROTOCOL §2) for all clients of a loop, a few at a time. Confined to
 * the loop; the blocking part runs on virtual threads.
 */
final class Entry {
  private static final int LOGINS_AT_ONCE_MAX = 32;
  private static final int ANSWER_MAX_BYTES = 64 * 1024;

  private final ClientLoop loop;
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private @Nullable HttpClient http;
  private int underWay;

  Entry(ClientLoop loop) {
    this.loop = loop;
  }

  /** Logs in; completes on the loop, exceptionally with {@link ClientException}. */
  CompletableFuture<Endpoint> login(ClientConfig config) {
    CompletableFuture<Endpoint> endpoint = new CompletableFuture<>();
    HttpRequest request = request(config);
    waiting.add(() ->
        CompletableFuture.supplyAsync(() -> post(request), blocking)
            .whenCompleteAsync((answer, failure) -> finish(endpoint, answer, failure), loop));
    startNext();
    return endpoint;
  }

  void close() {
    blocking.shutdownNow();
    if (http != null) {
      http.shutdownNow();
    }
  }

  private void startNext() {
    while (underWay < LOGINS_AT_ONCE_MAX && !waiting.isEmpty()) {
      underWay++;
      waiting.remove().run();
    }
  }

  private void finish(
      CompletableFuture<Endpoint> endpoint,
      @Nullable Endpoint answer,
      @Nullable Throwable failure) {
    underWay--;
    startNext();
    if (answer != null) {
      endpoint.complete(answer);
      return;
    }
    Throwable cause = failure instanceof CompletionException wrapped ? wrapped.getCause() : failure;
    endpoint.completeExceptionally(
        cause instanceof ClientException known
            ? known
            : new ConnectFailed("the entry call failed: " + cause, cause));
  }

  private Endpoint post(HttpRequest request) {
    try {
      HttpResponse<InputStream> response = http().send(request, BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        byte[] answer = body.readNBytes(ANSWER_MAX_BYTES);
        if (response.statusCode() != 200) {
          throw Endpoint.refusal(response.statusCode(), answer);
        }
        return Endpoint.parse(answer);
      }
    } catch (IOException e) {
      throw new ConnectFailed("the entry call to " + request.uri() + " failed: " + e, e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new ConnectFailed("the loop was closed", e);
    }
  }

  private synchronized HttpClient http() {
    if (http == null) {
      http =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .executor(blocking)
              .connectTimeout(Duration.ofSeconds(10))
              .build();
    }
    return http;
  }

  private static HttpRequest request(ClientConfig config) {
    URI uri =
        URI.create(
            config.http()
                + "/endpoint/type/"
                + encoded(config.type())
                + "/user/"
                + encoded(config.uid()));
    HttpRequest.Builder request =
        HttpRequest.newBuilder(uri).timeout(config.connectTimeout()).POST(BodyPublishers.noBody());
    String bearer = config.bearer().get();
    if (!bearer.isEmpty()) {
      request.header("Authorization", "Bearer " + bearer);
    }
    return request.build();
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}

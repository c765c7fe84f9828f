package dev.skein.client;

import dev.skein.protocol.Code;
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
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/**
 * The entry call over HTTP (PROTOCOL §2) for all clients of a loop, a few at a time. Confined to the
 * loop; the blocking part runs on virtual threads.
 */
final class Entry {
  private static final int LOGINS_AT_ONCE_MAX = 32;
  private static final int ANSWER_MAX_BYTES = 64 * 1024;

  private final ClientLoop loop;
  private final SSLContext tls;
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private @Nullable HttpClient http;
  private int underWay;

  Entry(ClientLoop loop, SSLContext tls) {
    this.loop = loop;
    this.tls = tls;
  }

  /** Logs in and tells one of the two, later and on the loop. */
  void login(
      ClientConfig config, Consumer<Endpoint> onEndpoint, Consumer<ClientException> onFailure) {
    waiting.add(() -> blocking.execute(() -> attempt(config, onEndpoint, onFailure)));
    startNext();
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

  private void attempt(
      ClientConfig config, Consumer<Endpoint> onEndpoint, Consumer<ClientException> onFailure) {
    Runnable outcome;
    try {
      Endpoint endpoint = post(request(config));
      outcome = () -> onEndpoint.accept(endpoint);
    } catch (ClientException e) {
      outcome = () -> onFailure.accept(e);
    } catch (RuntimeException e) {
      // A bearer supplier that threw, for example.
      outcome = () -> onFailure.accept(new ConnectFailed("the entry call failed: " + e, e));
    }
    Runnable told = outcome;
    loop.execute(
        () -> {
          underWay--;
          startNext();
          told.run();
        });
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
      throw new ConnectFailed(Code.NONE, "the loop was closed");
    }
  }

  private synchronized HttpClient http() {
    if (http == null) {
      http =
          HttpClient.newBuilder()
              .version(HttpClient.Version.HTTP_1_1)
              .sslContext(tls)
              .executor(blocking)
              .connectTimeout(Duration.ofSeconds(10))
              .build();
    }
    return http;
  }

  private static HttpRequest request(ClientConfig config) {
    String path = "/endpoint/type/" + encoded(config.type()) + "/user/" + encoded(config.uid());
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(config.http() + path))
            .timeout(config.connectTimeout())
            .POST(BodyPublishers.noBody());
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

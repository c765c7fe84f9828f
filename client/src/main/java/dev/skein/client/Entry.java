package dev.skein.client;

import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.skein.protocol.Code;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Base64;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * The entry calls over HTTP (PROTOCOL §2) for all clients of a loop, a few at a time. Confined to
 * the loop; the blocking part runs on virtual threads.
 */
final class Entry {
  private static final Logger LOG = System.getLogger(Entry.class.getName());
  private static final int LOGINS_AT_ONCE_MAX = 32;
  private static final int OK = 200;
  private static final int SERVER_ERROR = 500;
  private static final int ANSWER_MAX_BYTES = 64 * 1024;

  /** How long the next entry has to wait for one that takes no connection. */
  private static final int PASS_OVER_MILLIS = 2_000;

  private static final JsonMapper JSON = new JsonMapper();

  private final ClientLoop loop;
  private final ExecutorService blocking = Executors.newVirtualThreadPerTaskExecutor();
  private final ArrayDeque<Runnable> waiting = new ArrayDeque<>();
  private int underWay;

  Entry(ClientLoop loop) {
    this.loop = loop;
  }

  /** Logs in and tells one of the two, later and on the loop. */
  void login(
      ClientConfig config, Consumer<Endpoint> onEndpoint, Consumer<ClientException> onFailure) {
    waiting.add(() -> blocking.execute(() -> attempt(config, onEndpoint, onFailure)));
    startNext();
  }

  /**
   * Asks whether the node of this ticket is lost, and tells what it hears, later and on the loop;
   * false also if nobody answers.
   */
  void askWhetherLost(ClientConfig config, byte[] ticket, Consumer<Boolean> onAnswer) {
    waiting.add(() ->
        blocking.execute(() -> {
          boolean lost = isLost(config, ticket);
          tellNext(() -> onAnswer.accept(lost));
        }));
    startNext();
  }

  /** Looks a host up and tells one of the two, later and on the loop. */
  void resolve(
      String host,
      int port,
      Consumer<InetSocketAddress> onAddress,
      Consumer<ClientException> onFailure) {
    blocking.execute(() -> {
      InetSocketAddress address = new InetSocketAddress(host, port);
      tell(() -> {
        if (address.isUnresolved()) {
          onFailure.accept(new ConnectFailed(Code.INTERNAL, host + " is not known"));
        } else {
          onAddress.accept(address);
        }
      });
    });
  }

  void close() {
    blocking.shutdownNow();
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
      Endpoint endpoint = logIn(config);
      outcome = () -> onEndpoint.accept(endpoint);
    } catch (ClientException e) {
      outcome = () -> onFailure.accept(e);
    } catch (RuntimeException e) {
      // A bearer supplier that threw, for example.
      outcome = () -> onFailure.accept(new ConnectFailed("the entry call failed: " + e, e));
    }
    tellNext(outcome);
  }

  /** The end of one call makes room for the next. */
  private void tellNext(Runnable outcome) {
    tell(() -> {
      underWay--;
      startNext();
      outcome.run();
    });
  }

  private void tell(Runnable outcome) {
    try {
      loop.execute(outcome);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "a login ended after its loop was closed", e);
    }
  }

  private Endpoint logIn(ClientConfig config) {
    String path =
        "/endpoint/type/%s/user/%s?role=%s"
            .formatted(encoded(config.type()), encoded(config.uid()), config.transport());
    return post(path, new byte[0], config, answer -> Endpoint.parse(answer, config.transport()));
  }

  private boolean isLost(ClientConfig config, byte[] ticket) {
    try {
      return post(
          "/endpoint/lost",
          Base64.getUrlEncoder().withoutPadding().encode(ticket),
          config,
          answer -> JSON.readTree(answer).path("lost").asBoolean());
    } catch (RuntimeException e) {
      LOG.log(Level.DEBUG, "nobody says whether the node is lost", e);
      return false;
    }
  }

  /** What an answer says. */
  private interface Reading<A> {
    A read(byte[] answer) throws IOException;
  }

  /** Asks one entry after the other until one can help. */
  private <A> A post(String path, byte[] body, ClientConfig config, Reading<A> reading) {
    ClientException failure = new ConnectFailed(Code.INTERNAL, "there is no entry");
    for (String base : config.entries().inTurn()) {
      try {
        A answer = reading.read(post(base + path, body, config));
        config.entries().worked(base);
        return answer;
      } catch (LoginRefused refused) {
        if (refused.httpStatus() < SERVER_ERROR) {
          throw refused;
        }
        failure = refused;
      } catch (IOException e) {
        failure = new ConnectFailed("the entry call to " + base + path + " failed: " + e, e);
      }
    }
    throw failure;
  }

  private byte[] post(String address, byte[] body, ClientConfig config) throws IOException {
    HttpURLConnection call = open(URI.create(address), config);
    String bearer = config.bearer().get();
    if (!bearer.isEmpty()) {
      call.setRequestProperty("Authorization", "Bearer " + bearer);
    }
    try (OutputStream out = call.getOutputStream()) {
      out.write(body);
    }
    int status = call.getResponseCode();
    if (status != OK) {
      throw Endpoint.refusal(status, read(call.getErrorStream()));
    }
    return read(call.getInputStream());
  }

  /** Not java.net.http: that costs half a second of processor time before the first call. */
  private HttpURLConnection open(URI uri, ClientConfig config) throws IOException {
    int timeoutMillis = Math.toIntExact(config.connectTimeout().toMillis());
    HttpURLConnection call = (HttpURLConnection) uri.toURL().openConnection();
    if (call instanceof HttpsURLConnection secured) {
      secured.setSSLSocketFactory(loop.tls().getSocketFactory());
    }
    call.setRequestMethod("POST");
    call.setDoOutput(true);
    call.setConnectTimeout(
        config.entries().areSeveral() ? Math.min(timeoutMillis, PASS_OVER_MILLIS) : timeoutMillis);
    call.setReadTimeout(timeoutMillis);
    return call;
  }

  private static byte[] read(@Nullable InputStream body) throws IOException {
    if (body == null) {
      return new byte[0];
    }
    try (body) {
      return body.readNBytes(ANSWER_MAX_BYTES);
    }
  }

  private static String encoded(String segment) {
    return URLEncoder.encode(segment, StandardCharsets.UTF_8).replace("+", "%20");
  }
}

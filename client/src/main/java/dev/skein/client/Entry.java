package dev.skein.client;

import dev.skein.protocol.Code;
import java.io.IOException;
import java.io.InputStream;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.net.HttpURLConnection;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import javax.net.ssl.HttpsURLConnection;
import org.jspecify.annotations.Nullable;

/**
 * The entry call over HTTP (PROTOCOL §2) for all clients of a loop, a few at a time. Confined to
 * the loop; the blocking part runs on virtual threads.
 */
final class Entry {
  private static final Logger LOG = System.getLogger(Entry.class.getName());
  private static final int LOGINS_AT_ONCE_MAX = 32;
  private static final int ANSWER_MAX_BYTES = 64 * 1024;

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
      Endpoint endpoint = post(config);
      outcome = () -> onEndpoint.accept(endpoint);
    } catch (ClientException e) {
      outcome = () -> onFailure.accept(e);
    } catch (RuntimeException e) {
      // A bearer supplier that threw, for example.
      outcome = () -> onFailure.accept(new ConnectFailed("the entry call failed: " + e, e));
    }
    Runnable told = outcome;
    tell(() -> {
      underWay--;
      startNext();
      told.run();
    });
  }

  private void tell(Runnable outcome) {
    try {
      loop.execute(outcome);
    } catch (RejectedExecutionException e) {
      LOG.log(Level.DEBUG, "a login ended after its loop was closed", e);
    }
  }

  private Endpoint post(ClientConfig config) {
    String path =
        "/endpoint/type/%s/user/%s?role=%s"
            .formatted(encoded(config.type()), encoded(config.uid()), config.transport());
    try {
      HttpURLConnection call = open(URI.create(config.http() + path), config);
      String bearer = config.bearer().get();
      if (!bearer.isEmpty()) {
        call.setRequestProperty("Authorization", "Bearer " + bearer);
      }
      call.getOutputStream().close();
      int status = call.getResponseCode();
      if (status != 200) {
        throw Endpoint.refusal(status, read(call.getErrorStream()));
      }
      return Endpoint.parse(read(call.getInputStream()), config.transport());
    } catch (IOException e) {
      throw new ConnectFailed("the entry call to " + config.http() + path + " failed: " + e, e);
    }
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
    call.setConnectTimeout(timeoutMillis);
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

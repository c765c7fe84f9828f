package dev.skein.client;

import dev.skein.protocol.Bounds;
import dev.skein.protocol.session.SessionConfig;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Gathers what a {@link Client} needs; {@link #http} and {@link #uid} are required. One thread. */
public final class ClientBuilder {
  private static final int UID_MAX_BYTES = 128;

  private List<String> http = List.of();
  private @Nullable String uid;
  private Supplier<String> bearer = () -> "";
  private Transport transport = Transport.UDP;
  private @Nullable String type;
  private boolean tls;
  private SessionConfig session = SessionConfig.DEFAULTS;
  private ReconnectPolicy reconnect = ReconnectPolicy.DEFAULTS;
  private Duration connectTimeout = Duration.ofSeconds(10);
  private Duration callTimeout = Duration.ofSeconds(10);
  private int callsPendingMax = 1024;
  private @Nullable Executor callbacks;
  private @Nullable ClientLoop loop;

  ClientBuilder() {}

  /**
   * Where the entry is, such as {@code http://127.0.0.1:7000}; without a scheme it is http. Of
   * several nodes with an entry name more than one: when one does not answer, or cannot help, the
   * client asks the next. It begins with the first, later with the one that answered last.
   */
  public ClientBuilder http(String... bases) {
    this.http = Arrays.stream(bases).map(ClientBuilder::base).toList();
    return this;
  }

  private static String base(String given) {
    String withScheme = given.contains("://") ? given : "http://" + given;
    if (URI.create(withScheme).getHost() == null) {
      throw new IllegalArgumentException("http: " + given + " names no host");
    }
    return withScheme.endsWith("/") ? withScheme.substring(0, withScheme.length() - 1) : withScheme;
  }

  /** Who connects: 1 to 128 bytes of UTF-8. */
  public ClientBuilder uid(String name) {
    int bytes = name.getBytes(StandardCharsets.UTF_8).length;
    if (bytes < 1 || bytes > UID_MAX_BYTES) {
      throw new IllegalArgumentException("uid takes " + bytes + " bytes, not 1.." + UID_MAX_BYTES);
    }
    this.uid = name;
    return this;
  }

  /** The login token for the node's authenticator. Default none. */
  public ClientBuilder bearer(String token) {
    return bearer(() -> token);
  }

  /** Asked for a login token at every login, on a virtual thread, so it may block. */
  public ClientBuilder bearer(Supplier<String> token) {
    this.bearer = Objects.requireNonNull(token, "bearer");
    return this;
  }

  /** Default UDP. */
  public ClientBuilder transport(Transport over) {
    this.transport = Objects.requireNonNull(over, "transport");
    return this;
  }

  /** The server type to be connected to. Default the transport's name. */
  public ClientBuilder type(String serverType) {
    this.type = Objects.requireNonNull(serverType, "type");
    return this;
  }

  /** TCP and WS inside TLS, for listeners that have a certificate. Default false. */
  public ClientBuilder tls(boolean wrapped) {
    this.tls = wrapped;
    return this;
  }

  /** This side's limits and timers; those the server decides come with its ACCEPT. */
  public ClientBuilder session(SessionConfig config) {
    this.session = Objects.requireNonNull(config, "session");
    return this;
  }

  /** What to do when a session is lost for good. */
  public ClientBuilder reconnect(ReconnectPolicy policy) {
    this.reconnect = Objects.requireNonNull(policy, "reconnect");
    return this;
  }

  /**
   * How long entry call, socket and handshake may take, each. Default 10 s. Where there are several
   * entries, one that takes no connection within 2 s is passed over.
   */
  public ClientBuilder connectTimeout(Duration timeout) {
    this.connectTimeout = positive("connectTimeout", timeout);
    return this;
  }

  /** How long a call waits for its answer, a resume included. Default 10 s. */
  public ClientBuilder callTimeout(Duration timeout) {
    this.callTimeout = positive("callTimeout", timeout);
    return this;
  }

  /** Calls that may wait for their answers at a time; more fail at once. Default 1024. */
  public ClientBuilder callsPendingMax(int count) {
    Bounds.positive("callsPendingMax", count);
    this.callsPendingMax = count;
    return this;
  }

  /**
   * Where callbacks run. Handlers and events run one at a time and in order; completions of futures
   * run beside them, so that a handler may wait for a call if the executor has a thread to spare.
   * Default: on the loop, where nothing may block.
   */
  public ClientBuilder callbacks(Executor executor) {
    this.callbacks = Objects.requireNonNull(executor, "callbacks");
    return this;
  }

  /** The loop to live on. Default {@link ClientLoop#shared}. */
  public ClientBuilder loop(ClientLoop sharedLoop) {
    this.loop = Objects.requireNonNull(sharedLoop, "loop");
    return this;
  }

  /**
   * A client that has not connected yet, so that handlers can be registered first.
   *
   * @throws IllegalStateException if http or uid is missing
   */
  public Client build() {
    if (http.isEmpty() || uid == null) {
      throw new IllegalStateException("a client needs " + (http.isEmpty() ? "http" : "uid"));
    }
    return new Client(
        new ClientConfig(
            new EntryAddresses(http),
            uid,
            bearer,
            transport,
            type == null ? transport.name() : type,
            tls,
            session,
            reconnect,
            connectTimeout,
            callTimeout,
            callsPendingMax,
            callbacks,
            loop == null ? ClientLoop.shared() : loop));
  }

  /** {@link #build} and {@link Client#connect()}. */
  public CompletableFuture<Client> connect() {
    return build().connect();
  }

  private static Duration positive(String name, Duration value) {
    if (value.isNegative() || value.isZero()) {
      throw new IllegalArgumentException(name + " " + value + " is not positive");
    }
    return value;
  }
}

package dev.skein.server.config;

import dev.skein.protocol.session.SessionConfig;
import dev.skein.protocol.session.SessionConfig.Overflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Every setting of a node. A key ends with its unit; a port of -1 means there is no listener. */
public final class Settings {
  private static final List<Setting<?>> DECLARED = new ArrayList<>();
  private static final SessionConfig SESSION = SessionConfig.DEFAULTS;

  // The node itself.
  public static final Setting<String> SERVER_TYPE =
      text("server.type", "", "free name clients ask for; empty: each listener's role");
  public static final Setting<String> SERVER_MASTER_KEY =
      text(
          "server.masterKey",
          "",
          "base64 of 32 bytes or more that seal connect tickets, the same on all nodes; empty: one"
              + " derived from mesh.secret, or without a mesh a random one for this process");
  public static final Setting<Integer> SERVER_SHARDS_COUNT =
      integer("server.shardsCount", 0, 0, 256, "event loops; 0: one per processor");
  public static final Setting<Integer> SERVER_SHUTDOWN_TIMEOUT_MILLIS =
      integer(
          "server.shutdownTimeoutMillis",
          10_000,
          0,
          3_600_000,
          "how long a stopping node waits for its users to leave");
  public static final Setting<Integer> SERVER_TICKET_TTL_MILLIS =
      integer("server.ticketTtlMillis", 30_000, 1_000, 600_000, "life of a connect ticket");
  public static final Setting<DuplicateLogin> SERVER_DUPLICATE_LOGIN =
      choice(
          "server.duplicateLogin",
          DuplicateLogin.REPLACE,
          "a second login of a uid that is connected anywhere in the cluster ends the first"
              + " session or is refused");
  public static final Setting<Integer> SERVER_DRAIN_MOVES_MAX_COUNT =
      integer(
          "server.drainMovesMaxCount",
          64,
          1,
          65_536,
          "users a draining node moves to other nodes at a time");

  // Listeners.
  public static final Setting<Integer> HTTP_PORT = port("http");
  public static final Setting<String> HTTP_HOST = host("http");
  public static final Setting<String> HTTP_ADVERTISED_HOST = advertisedHost("http");
  public static final Setting<Integer> HTTP_ADVERTISED_PORT = advertisedPort("http");
  public static final Setting<Integer> UDP_PORT = port("udp");
  public static final Setting<String> UDP_HOST = host("udp");
  public static final Setting<String> UDP_ADVERTISED_HOST = advertisedHost("udp");
  public static final Setting<Integer> UDP_ADVERTISED_PORT = advertisedPort("udp");
  public static final Setting<Integer> UDP_SOCKET_BUFFER_BYTES =
      integer(
          "udp.socketBufferBytes",
          4_194_304,
          65_536,
          1_073_741_824,
          "kernel buffer of each shard's socket, each way; the kernel may grant less");
  public static final Setting<Integer> TCP_PORT = port("tcp");
  public static final Setting<String> TCP_HOST = host("tcp");
  public static final Setting<String> TCP_ADVERTISED_HOST = advertisedHost("tcp");
  public static final Setting<Integer> TCP_ADVERTISED_PORT = advertisedPort("tcp");
  public static final Setting<Integer> WS_PORT = port("ws");
  public static final Setting<String> WS_HOST = host("ws");
  public static final Setting<String> WS_ADVERTISED_HOST = advertisedHost("ws");
  public static final Setting<Integer> WS_ADVERTISED_PORT = advertisedPort("ws");
  public static final Setting<String> STREAM_TLS_CERTIFICATE_FILE =
      text(
          "stream.tlsCertificateFile",
          "",
          "PEM chain for TCP and WS; empty: no TLS (sessions are encrypted either way)");
  public static final Setting<String> STREAM_TLS_KEY_FILE =
      text("stream.tlsKeyFile", "", "PEM private key of that certificate");

  // HTTP entry.
  public static final Setting<Integer> HTTP_BODY_MAX_BYTES =
      integer("http.bodyMaxBytes", 65_536, 0, 16_777_216, "largest request body");
  public static final Setting<Integer> HTTP_CONNECTIONS_MAX_COUNT =
      integer("http.connectionsMaxCount", 4_096, 1, 1_000_000, "open HTTP connections");
  public static final Setting<List<String>> HTTP_CORS_ORIGINS =
      texts("http.corsOrigins", "origins browsers may call from; * for all; empty: none");
  public static final Setting<Integer> HTTP_LOGINS_PER_ADDRESS_PER_SECOND =
      integer(
          "http.loginsPerAddressPerSecond",
          1_000,
          0,
          1_000_000,
          "endpoint calls from one address, in bursts of as many; beyond: 429; 0: no limit");

  public static final Setting<String> HTTP_TLS_CERTIFICATE_FILE =
      text(
          "http.tlsCertificateFile",
          "",
          "PEM chain for HTTPS; empty: no TLS, for loopback or behind a proxy that has it");
  public static final Setting<String> HTTP_TLS_KEY_FILE =
      text("http.tlsKeyFile", "", "PEM private key (PKCS #8) of that certificate");

  public static final Setting<String> HTTP_ADMIN_TOKEN =
      text(
          "http.adminToken",
          "",
          "bearer token for the calls under /cluster; empty: those are refused, but for calls from"
              + " loopback while auth.mode is dev");

  // What operators and their machines ask, of nodes of any role.
  public static final Setting<Integer> ADMIN_PORT =
      integer(
          "admin.port",
          -1,
          -1,
          65_535,
          "port for health, metrics and /cluster, the last two then only there; 0: any free, -1: the"
              + " HTTP port has them");
  public static final Setting<String> ADMIN_HOST =
      text("admin.host", "127.0.0.1", "address to listen on for operators; never a public one");

  // Authentication.
  public static final Setting<AuthMode> AUTH_MODE =
      choice("auth.mode", AuthMode.DEV, "dev accepts any uid; jwt asks for a signed token");
  public static final Setting<List<String>> AUTH_JWT_ALGORITHMS =
      texts("auth.jwtAlgorithms", "accepted signature algorithms, such as HS256, RS256, ES256");
  public static final Setting<String> AUTH_JWT_SECRET =
      text("auth.jwtSecret", "", "base64 of the HMAC secret, at least 32 bytes");
  public static final Setting<String> AUTH_JWT_KEY_FILE =
      text("auth.jwtKeyFile", "", "PEM public key or JWK set, relative to the configuration file");
  public static final Setting<String> AUTH_JWT_ISSUER =
      text("auth.jwtIssuer", "", "the only accepted issuer; empty: any");
  public static final Setting<String> AUTH_JWT_AUDIENCE =
      text("auth.jwtAudience", "", "the audience a token must name; required");
  public static final Setting<String> AUTH_JWT_UID_CLAIM =
      text("auth.jwtUidClaim", "sub", "the claim that must equal the uid in the path");
  public static final Setting<Integer> AUTH_JWT_CLOCK_SKEW_MILLIS =
      integer("auth.jwtClockSkewMillis", 30_000, 0, 600_000, "tolerance in expiry and not-before");

  // Sessions; the names are those of SessionConfig.
  public static final Setting<Integer> SESSION_IDLE_TIMEOUT_MILLIS =
      integer(
          "session.idleTimeoutMillis",
          SESSION.idleTimeoutMillis(),
          100,
          3_600_000,
          "silence after which a session is detached");
  public static final Setting<Integer> SESSION_RESUME_TTL_MILLIS =
      integer(
          "session.resumeTtlMillis",
          SESSION.resumeTtlMillis(),
          0,
          3_600_000,
          "how long a detached session can be resumed");
  public static final Setting<Integer> SESSION_MESSAGE_MAX_BYTES =
      integer(
          "session.maxMessageBytes",
          SESSION.maxMessageBytes(),
          1_200,
          65_536,
          "largest message in either direction");
  public static final Setting<Integer> SESSION_RECEIVE_WINDOW_BYTES =
      integer(
          "session.receiveWindowBytes",
          SESSION.receiveWindowBytes(),
          1_200,
          16_777_216,
          "reliable bytes in flight, and the bound of reassembly; at least maxMessageBytes");
  public static final Setting<Integer> SESSION_MAX_ACK_DELAY_MILLIS =
      integer(
          "session.maxAckDelayMillis",
          SESSION.maxAckDelayMillis(),
          0,
          1_000,
          "how long an ack of unreliable data may wait for company");
  public static final Setting<Integer> SESSION_CHANNELS_COUNT =
      integer(
          "session.channels",
          SESSION.channels(),
          1,
          256,
          "ordered and sequenced channels, each as many");
  public static final Setting<Integer> SESSION_PACK_WINDOW_MILLIS =
      integer(
          "session.packWindowMillis",
          SESSION.packWindowMillis(),
          0,
          1_000,
          "how long small messages wait for company in a datagram or record; 0: never");
  public static final Setting<Integer> SESSION_SEND_QUEUE_MAX_BYTES =
      integer(
          "session.sendQueueMaxBytes",
          SESSION.sendQueueMaxBytes(),
          1_200,
          67_108_864,
          "unsent and unacknowledged bytes held for one user; at least maxMessageBytes");
  public static final Setting<Integer> SESSION_UNRELIABLE_TTL_MILLIS =
      integer(
          "session.unreliableTtlMillis",
          SESSION.unreliableTtlMillis(),
          1,
          60_000,
          "how long an unreliable message may wait before it is dropped");
  public static final Setting<Overflow> SESSION_RELIABLE_OVERFLOW =
      choice(
          "session.reliableOverflow",
          SESSION.reliableOverflow(),
          "slow consumer: what a full queue does with a reliable message");
  public static final Setting<Overflow> SESSION_UNRELIABLE_OVERFLOW =
      choice(
          "session.unreliableOverflow",
          SESSION.unreliableOverflow(),
          "slow consumer: what a full queue does with an unreliable message");

  // Limits of the node and of each user.
  public static final Setting<Integer> LIMITS_CONNECTIONS_MAX =
      integer("limits.connectionsMax", 65_536, 1, 16_777_215, "sessions, detached ones included");
  public static final Setting<Integer> LIMITS_CONNECTIONS_PER_ADDRESS_MAX =
      integer("limits.connectionsPerAddressMax", 16_384, 1, 16_777_215, "sessions of one address");
  public static final Setting<Integer> LIMITS_HANDSHAKES_PER_SECOND =
      integer("limits.handshakesPerSecond", 2_000, 1, 1_000_000, "new sessions a second");
  public static final Setting<Integer> LIMITS_HELLOS_PER_SECOND =
      integer("limits.hellosPerSecond", 20_000, 1, 10_000_000, "cookies a second and shard");
  public static final Setting<Integer> LIMITS_MESSAGES_PER_SECOND =
      integer("limits.messagesPerSecond", 1_000, 1, 10_000_000, "messages a second of one user");
  public static final Setting<Integer> LIMITS_BYTES_PER_SECOND =
      integer(
          "limits.bytesPerSecond",
          2_097_152,
          1_200,
          1_000_000_000,
          "message bytes a second of one user");
  public static final Setting<Integer> LIMITS_PENDING_STREAMS_MAX =
      integer("limits.pendingStreamsMax", 1_024, 1, 1_000_000, "TCP and WS handshakes under way");
  public static final Setting<Integer> LIMITS_STREAM_HANDSHAKE_TIMEOUT_MILLIS =
      integer("limits.streamHandshakeTimeoutMillis", 5_000, 100, 60_000, "how long each may take");
  public static final Setting<Integer> LIMITS_SEND_QUEUES_MAX_MEBIBYTES =
      integer(
          "limits.sendQueuesMaxMebibytes",
          0,
          0,
          1_048_576,
          "what all users' send queues may hold together; 0: a quarter of the heap. Beyond,"
              + " unreliable messages are dropped and a user who holds more than an even share is"
              + " disconnected by the next reliable one");
  public static final Setting<Integer> LIMITS_COMMAND_QUEUE_MAX_COUNT =
      integer(
          "limits.commandQueueMaxCount",
          64,
          1,
          65_536,
          "commands of one user that wait for the one being handled; beyond: BAD 1005");
  public static final Setting<Integer> LIMITS_COMMAND_TIMEOUT_MILLIS =
      integer(
          "limits.commandTimeoutMillis",
          10_000,
          1,
          3_600_000,
          "how long a handler may take; then ERR 1006, and the user's next command");
  public static final Setting<Integer> LIMITS_COMMANDS_RUNNING_MAX_COUNT =
      integer(
          "limits.commandsRunningMaxCount",
          20_000,
          1,
          10_000_000,
          "blocking handlers running on the node, also those given up; beyond: ERR 1005");
  public static final Setting<Integer> LIMITS_USER_DATA_MAX_KEYS =
      integer("limits.userDataMaxKeys", 64, 1, 65_536, "values kept with one user");

  // The mesh of the nodes; without mesh.port a node is alone.
  public static final Setting<Integer> MESH_PORT =
      integer(
          "mesh.port",
          -1,
          -1,
          65_335,
          "port for the other nodes, 100 above it one by which they notice each other's end, and 200"
              + " above it one for what they say; 0: any free, -1: the node is alone");
  public static final Setting<String> MESH_HOST =
      text(
          "mesh.host",
          "127.0.0.1",
          "address to listen on for the other nodes, which they must reach; off loopback only with"
              + " mesh.secret");
  public static final Setting<String> MESH_NODE_NAME =
      text("mesh.nodeName", "", "name of the node, unique in the cluster; empty: host:port");
  public static final Setting<String> MESH_CLUSTER_NAME =
      text("mesh.clusterName", "skein", "nodes of another name are another cluster");
  public static final Setting<String> MESH_SECRET =
      text(
          "mesh.secret",
          "",
          "at least 16 characters, the same on all nodes: authenticates them and encrypts what they"
              + " say");
  public static final Setting<List<String>> MESH_SEEDS =
      texts("mesh.seeds", "host:port of some nodes of the cluster, this one may be among them");
  public static final Setting<String> MESH_DNS_NAME =
      text(
          "mesh.dnsName",
          "",
          "a name whose addresses are the nodes, such as a headless service; all use mesh.port");
  public static final Setting<String> MESH_JDBC_URL =
      text(
          "mesh.jdbcUrl", "", "a database in which the nodes find each other; its driver is yours");
  public static final Setting<String> MESH_JDBC_USER =
      text("mesh.jdbcUser", "", "user of that database");
  public static final Setting<String> MESH_JDBC_PASSWORD =
      text("mesh.jdbcPassword", "", "password of that user");
  public static final Setting<Integer> MESH_NODES_MIN_COUNT =
      integer(
          "mesh.nodesMinCount",
          1,
          1,
          10_000,
          "nodes, this one included, that must have been in sight before this one is ready");
  public static final Setting<Integer> MESH_NAME_PATIENCE_MILLIS =
      integer(
          "mesh.namePatienceMillis",
          8_000,
          0,
          600_000,
          "how long a node whose name another one has keeps trying, as that one may just have died");
  public static final Setting<Integer> MESH_REQUEST_TIMEOUT_MILLIS =
      integer(
          "mesh.requestTimeoutMillis",
          10_000,
          1,
          600_000,
          "how long another node may take to answer");
  public static final Setting<Integer> MESH_REQUESTS_OUTSTANDING_MAX_COUNT =
      integer(
          "mesh.requestsOutstandingMaxCount",
          65_536,
          1,
          10_000_000,
          "requests to other nodes that wait for an answer; beyond, they fail");
  public static final Setting<Integer> MESH_HANDLERS_RUNNING_MAX_COUNT =
      integer(
          "mesh.handlersRunningMaxCount",
          10_000,
          1,
          10_000_000,
          "mesh commands and RPCs handled at a time; beyond, they fail");
  public static final Setting<Integer> MESH_MESSAGE_MAX_BYTES =
      integer(
          "mesh.messageMaxBytes", 4_194_304, 1_024, 67_108_864, "largest message between nodes");
  public static final Setting<Integer> MESH_SEND_QUEUE_MAX_BYTES =
      integer(
          "mesh.sendQueueMaxBytes",
          16_777_216,
          65_536,
          1_073_741_824,
          "bytes that wait for one other node; beyond, messages to it are refused");
  public static final Setting<Integer> MESH_FAN_OUT_DEGREE_COUNT =
      integer(
          "mesh.fanOutDegreeCount",
          8,
          2,
          1_000,
          "copies a node sends of a message for many; the receivers pass it on");
  public static final Setting<Integer> MESH_UPDATE_INTERVAL_MILLIS =
      integer(
          "mesh.updateIntervalMillis",
          250,
          10,
          10_000,
          "how often a node tells the others how many users it has");
  public static final Setting<Integer> MESH_SHARED_DATA_MAX_KEYS =
      integer("mesh.sharedDataMaxKeys", 10, 1, 10_000, "keys of the data all nodes share");
  public static final Setting<Integer> MESH_USER_LEASE_MILLIS =
      integer(
          "mesh.userLeaseMillis",
          3_600_000,
          3_000,
          86_400_000,
          "after which the cluster forgets a user whose node does not vouch for it");

  // Logging, carried out by the command line.
  public static final Setting<String> LOG_LEVEL =
      text("log.level", "INFO", "level of all loggers: TRACE, DEBUG, INFO, WARN, ERROR or OFF");
  public static final Setting<LogFormat> LOG_FORMAT =
      choice("log.format", LogFormat.TEXT, "how a log line looks");

  /** What a second login of a connected uid does. */
  public enum DuplicateLogin {
    /** Ends the first session, which is told REPLACED. */
    REPLACE,
    /** Is refused. */
    REFUSE
  }

  /** Who checks logins. */
  public enum AuthMode {
    DEV,
    JWT
  }

  /** How a log line looks. */
  public enum LogFormat {
    TEXT,
    JSON
  }

  private static final List<Setting<?>> ALL = List.copyOf(DECLARED);

  private Settings() {}

  /** Every setting, in the order of the documentation. */
  public static List<Setting<?>> all() {
    return ALL;
  }

  /** The setting with this dotted key. */
  public static Optional<Setting<?>> named(String key) {
    for (Setting<?> setting : ALL) {
      if (setting.key().equals(key)) {
        return Optional.of(setting);
      }
    }
    return Optional.empty();
  }

  private static Setting<Integer> port(String role) {
    return integer(role + ".port", -1, -1, 65_535, "port to listen on; 0: any free, -1: none");
  }

  private static Setting<String> host(String role) {
    return text(role + ".host", "127.0.0.1", "address to listen on");
  }

  private static Setting<String> advertisedHost(String role) {
    return text(role + ".advertisedHost", "", "host told to clients; empty: the listener's");
  }

  private static Setting<Integer> advertisedPort(String role) {
    return integer(
        role + ".advertisedPort", 0, 0, 65_535, "port told to clients; 0: the listener's");
  }

  private static Setting<Integer> integer(
      String key, int defaultValue, int from, int to, String description) {
    return declared(Setting.integer(key, defaultValue, from, to, description));
  }

  private static Setting<String> text(String key, String defaultValue, String description) {
    return declared(Setting.text(key, defaultValue, description));
  }

  private static Setting<List<String>> texts(String key, String description) {
    return declared(Setting.texts(key, description));
  }

  private static <E extends Enum<E>> Setting<E> choice(
      String key, E defaultValue, String description) {
    return declared(Setting.choice(key, defaultValue, description));
  }

  private static <T> Setting<T> declared(Setting<T> setting) {
    DECLARED.add(setting);
    return setting;
  }
}

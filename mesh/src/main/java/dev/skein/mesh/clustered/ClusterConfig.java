package dev.skein.mesh.clustered;

import dev.skein.protocol.Bounds;
import java.util.Optional;
import java.util.Set;

/**
 * How a node takes part in a cluster. Immutable; {@link #builder()} has the defaults.
 *
 * @param cluster the cluster's name; nodes of other names are not seen
 * @param name this node's name, unique in the cluster and its mesh address; empty: the {@code
 *     host:port} it is bound to
 * @param types what this node is, against {@link dev.skein.mesh.StoreOptions#nodeTypes}
 * @param bindHost the address to listen on; anything but loopback needs a secret
 * @param port the first port to try; 0: any free one. Failure detection listens on another one,
 *     which is {@value #DETECTION_PORT_OFFSET} higher, and the other nodes' frames come to a third,
 *     {@value #TRUNK_PORT_OFFSET} higher
 * @param portRangeCount how many ports to try beyond the first
 * @param discovery how the others are found
 * @param secret what all nodes know; authenticates and encrypts all traffic between them
 * @param queueMaxBytes what may wait for one node; more is refused
 * @param frameMaxBytes the largest frame
 * @param joinTimeoutMillis how long an attempt to join may take
 * @param seedPatienceMillis how long a seed waits for each seed before it, until it forms a cluster
 *     alone
 * @param namePatienceMillis how long a node whose name another one has keeps trying: the other may
 *     have died a moment ago
 * @param storeTimeoutMillis after which a call of a store fails
 * @param storeMaxPendingCount calls of stores under way from this node; more are refused
 */
public record ClusterConfig(
    String cluster,
    String name,
    Set<String> types,
    String bindHost,
    int port,
    int portRangeCount,
    Discovery discovery,
    Optional<String> secret,
    int queueMaxBytes,
    int frameMaxBytes,
    int joinTimeoutMillis,
    int seedPatienceMillis,
    int namePatienceMillis,
    int storeTimeoutMillis,
    int storeMaxPendingCount) {
  /** What is spoken between nodes; nodes with different ones do not join each other. */
  public static final int PROTOCOL_VERSION = 2;

  public static final String DEFAULT_CLUSTER = "skein";
  public static final int DEFAULT_PORT = 7_800;
  public static final int DETECTION_PORT_OFFSET = 100;
  public static final int TRUNK_PORT_OFFSET = 200;
  public static final int DEFAULT_QUEUE_MAX_BYTES = 8 << 20;
  public static final int DEFAULT_FRAME_MAX_BYTES = 4 << 20;
  public static final int DEFAULT_JOIN_TIMEOUT_MILLIS = 2_000;
  public static final int DEFAULT_SEED_PATIENCE_MILLIS = 3_000;
  public static final int DEFAULT_NAME_PATIENCE_MILLIS = 8_000;
  public static final int DEFAULT_STORE_TIMEOUT_MILLIS = 10_000;
  public static final int DEFAULT_STORE_MAX_PENDING_COUNT = 20_000;

  /** Secrets shorter than this are refused. */
  public static final int SECRET_MIN_CHARS = 16;

  public ClusterConfig {
    types = Set.copyOf(types);
    requireText("cluster", cluster);
    requireText("bindHost", bindHost);
    Bounds.within("port", port, 0, 65_535 - TRUNK_PORT_OFFSET);
    Bounds.within("portRangeCount", portRangeCount, 0, DETECTION_PORT_OFFSET - 1);
    Bounds.within("queueMaxBytes", queueMaxBytes, 1 << 16, 1 << 30);
    Bounds.within("frameMaxBytes", frameMaxBytes, 1 << 10, queueMaxBytes);
    Bounds.within("joinTimeoutMillis", joinTimeoutMillis, 100, 60_000);
    Bounds.within("seedPatienceMillis", seedPatienceMillis, 0, 600_000);
    Bounds.within("namePatienceMillis", namePatienceMillis, 0, 600_000);
    Bounds.within("storeTimeoutMillis", storeTimeoutMillis, 100, 600_000);
    Bounds.within("storeMaxPendingCount", storeMaxPendingCount, 1, 1 << 24);
    if (secret.isPresent() && secret.get().length() < SECRET_MIN_CHARS) {
      throw new IllegalArgumentException(
          "the cluster secret is shorter than " + SECRET_MIN_CHARS + " characters");
    }
  }

  private static void requireText(String setting, String value) {
    if (value.isBlank()) {
      throw new IllegalArgumentException(setting + " is empty");
    }
  }

  /** The defaults: loopback, no secret, in one process until {@link Builder#discovery} is set. */
  public static Builder builder() {
    return new Builder();
  }

  /** All but the secret. */
  @Override
  public String toString() {
    return "ClusterConfig["
        + cluster
        + ", "
        + name
        + ", "
        + bindHost
        + ":"
        + port
        + ", "
        + discovery
        + (secret.isPresent() ? ", with a secret]" : ", without a secret]");
  }

  /** Collects settings. One thread. */
  public static final class Builder {
    private String cluster = DEFAULT_CLUSTER;
    private String name = "";
    private Set<String> types = Set.of();
    private String bindHost = "127.0.0.1";
    private int port = DEFAULT_PORT;
    private int portRangeCount;
    private Discovery discovery = new Discovery.InProcess();
    private Optional<String> secret = Optional.empty();
    private int queueMaxBytes = DEFAULT_QUEUE_MAX_BYTES;
    private int frameMaxBytes = DEFAULT_FRAME_MAX_BYTES;
    private int joinTimeoutMillis = DEFAULT_JOIN_TIMEOUT_MILLIS;
    private int seedPatienceMillis = DEFAULT_SEED_PATIENCE_MILLIS;
    private int namePatienceMillis = DEFAULT_NAME_PATIENCE_MILLIS;
    private int storeTimeoutMillis = DEFAULT_STORE_TIMEOUT_MILLIS;
    private int storeMaxPendingCount = DEFAULT_STORE_MAX_PENDING_COUNT;

    private Builder() {}

    public Builder cluster(String value) {
      cluster = value;
      return this;
    }

    public Builder name(String value) {
      name = value;
      return this;
    }

    public Builder types(Set<String> value) {
      types = value;
      return this;
    }

    public Builder bindHost(String value) {
      bindHost = value;
      return this;
    }

    public Builder port(int value) {
      port = value;
      return this;
    }

    public Builder portRangeCount(int value) {
      portRangeCount = value;
      return this;
    }

    public Builder discovery(Discovery value) {
      discovery = value;
      return this;
    }

    public Builder secret(Optional<String> value) {
      secret = value;
      return this;
    }

    public Builder queueMaxBytes(int value) {
      queueMaxBytes = value;
      return this;
    }

    public Builder frameMaxBytes(int value) {
      frameMaxBytes = value;
      return this;
    }

    public Builder joinTimeoutMillis(int value) {
      joinTimeoutMillis = value;
      return this;
    }

    public Builder seedPatienceMillis(int value) {
      seedPatienceMillis = value;
      return this;
    }

    public Builder namePatienceMillis(int value) {
      namePatienceMillis = value;
      return this;
    }

    public Builder storeTimeoutMillis(int value) {
      storeTimeoutMillis = value;
      return this;
    }

    public Builder storeMaxPendingCount(int value) {
      storeMaxPendingCount = value;
      return this;
    }

    /**
     * @throws IllegalArgumentException that names a setting out of its range
     */
    public ClusterConfig build() {
      return new ClusterConfig(
          cluster,
          name,
          types,
          bindHost,
          port,
          portRangeCount,
          discovery,
          secret,
          queueMaxBytes,
          frameMaxBytes,
          joinTimeoutMillis,
          seedPatienceMillis,
          namePatienceMillis,
          storeTimeoutMillis,
          storeMaxPendingCount);
    }
  }
}

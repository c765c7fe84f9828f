package dev.skein.server;

import dev.skein.protocol.crypto.Hkdf;
import dev.skein.server.config.ConfigException;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Settings;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HexFormat;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What seals the connect tickets of a cluster. The bytes must not be changed.
 *
 * @param bytes at least {@value #MIN_BYTES}
 */
@SuppressWarnings("ArrayRecordComponent")
record MasterKey(byte[] bytes) {
  private static final Logger LOG = LoggerFactory.getLogger("dev.skein.server");
  private static final int MIN_BYTES = 32;
  private static final int PRINT_BYTES = 8;

  /**
   * The key of a node.
   *
   * @param clustered true if other nodes must come to the same key
   * @param dev true if anybody may log in as anybody, so that a key all can guess does no harm
   * @throws ConfigException if it is too short, or missing in a cluster without a secret
   */
  static MasterKey of(NodeConfig config, boolean clustered, boolean dev, RandomGenerator random) {
    String text = config.get(Settings.SERVER_MASTER_KEY);
    String secret = config.get(Settings.MESH_SECRET);
    if (!text.isEmpty()) {
      return new MasterKey(decoded(config, text));
    }
    if (!clustered) {
      byte[] key = new byte[MIN_BYTES];
      random.nextBytes(key);
      return new MasterKey(key);
    }
    if (!secret.isEmpty()) {
      return derived(secret);
    }
    if (!dev) {
      throw new ConfigException(
          config.origin(),
          Settings.SERVER_MASTER_KEY.key(),
          "",
          "the same key on all nodes of the cluster, or a mesh.secret to derive it from");
    }
    LOG.warn("Tickets are sealed with a key anybody can derive. Not for production.");
    return derived(config.get(Settings.MESH_CLUSTER_NAME));
  }

  /** Tells keys apart, and nothing else of them. */
  String print() {
    return HexFormat.of().formatHex(Hkdf.expand(bytes, "skein key print", PRINT_BYTES));
  }

  @Override
  public String toString() {
    return "MasterKey";
  }

  private static MasterKey derived(String secret) {
    byte[] salt = "skein master key".getBytes(StandardCharsets.US_ASCII);
    byte[] extracted = Hkdf.extract(salt, secret.getBytes(StandardCharsets.UTF_8));
    return new MasterKey(Hkdf.expand(extracted, "tickets", MIN_BYTES));
  }

  private static byte[] decoded(NodeConfig config, String text) {
    try {
      byte[] key = Base64.getDecoder().decode(text);
      if (key.length >= MIN_BYTES) {
        return key;
      }
    } catch (IllegalArgumentException e) {
      LOG.debug("server.masterKey is not base64", e);
    }
    throw new ConfigException(
        config.origin(),
        Settings.SERVER_MASTER_KEY.key(),
        "(secret)",
        "base64 of at least " + MIN_BYTES + " bytes");
  }
}

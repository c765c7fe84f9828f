package dev.skein.server;

import dev.skein.mesh.LocalEngine;
import dev.skein.mesh.MeshNode;
import dev.skein.mesh.MeshRuntime;
import dev.skein.mesh.MeshSettings;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeState;
import dev.skein.mesh.engine.Engine;
import dev.skein.server.config.ConfigException;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Setting;
import dev.skein.server.config.Settings;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Makes a node's mesh as its configuration says. */
final class MeshStart {
  /** What a frame may hold beside a message: the addresses it is to be passed on to. */
  private static final int FRAME_OVERHEAD_BYTES = 65_536;

  private static final int SECRET_MIN_CHARS = 16;

  private MeshStart() {}

  /** True if other nodes are to be found. */
  static boolean isClustered(NodeConfig config) {
    if (config.get(Settings.MESH_PORT) >= 0) {
      return true;
    }
    firstSet(config)
        .ifPresent(setting -> {
          throw wrong(config, Settings.MESH_PORT, "-1", "a port, as " + setting.key() + " is set");
        });
    return false;
  }

  /**
   * A mesh that has not joined yet.
   *
   * @param engine in place of what the settings say
   * @throws ConfigException for settings that contradict each other
   */
  static MeshNode open(
      NodeConfig config, Optional<Engine> engine, long nodeId, List<Role> roles, String version) {
    String type = config.get(Settings.SERVER_TYPE);
    NodeInfo self =
        new NodeInfo(
            LocalEngine.ADDRESS, nodeId, type, NodeState.ONLINE, Map.of(), 0, version, Map.of());
    MeshSettings settings = settings(config);
    if (engine.isPresent()) {
      return new MeshNode(engine.get(), self, settings, MeshRuntime.ofJdk());
    }
    if (!isClustered(config)) {
      return MeshNode.local(self, settings);
    }
    check(config);
    List<String> types = type.isEmpty() ? roles.stream().map(Role::name).toList() : List.of(type);
    // A class of its own, so that a node that is alone loads nothing of the engine.
    return new MeshNode(
        EngineStart.open(config, types, frameMaxBytes(config)),
        self,
        settings,
        MeshRuntime.ofJdk());
  }

  private static MeshSettings settings(NodeConfig config) {
    return new MeshSettings(
        config.get(Settings.MESH_REQUEST_TIMEOUT_MILLIS),
        config.get(Settings.MESH_REQUESTS_OUTSTANDING_MAX_COUNT),
        config.get(Settings.MESH_HANDLERS_RUNNING_MAX_COUNT),
        config.get(Settings.MESH_MESSAGE_MAX_BYTES),
        config.get(Settings.MESH_FAN_OUT_DEGREE_COUNT),
        config.get(Settings.MESH_UPDATE_INTERVAL_MILLIS),
        config.get(Settings.MESH_SHARED_DATA_MAX_KEYS));
  }

  private static void check(NodeConfig config) {
    String host = config.get(Settings.MESH_HOST);
    InetSocketAddress address = new InetSocketAddress(host, 0);
    if (address.isUnresolved() || address.getAddress().isAnyLocalAddress()) {
      throw wrong(
          config, Settings.MESH_HOST, host, "an address of this machine that other nodes reach");
    }
    String secret = config.get(Settings.MESH_SECRET);
    if (secret.isEmpty() ? !address.getAddress().isLoopbackAddress() : isShort(secret)) {
      throw wrong(
          config,
          Settings.MESH_SECRET,
          secret.isEmpty() ? "" : "(secret)",
          "at least " + SECRET_MIN_CHARS + " characters, unless mesh.host is loopback");
    }
    List<Setting<?>> ways = ways(config).toList();
    if (ways.size() > 1) {
      throw wrong(
          config,
          ways.get(1),
          String.valueOf((Object) config.get(ways.get(1))),
          "one way to find other nodes, and " + ways.getFirst().key() + " is set");
    }
    if (ways.isEmpty() && config.get(Settings.MESH_PORT) == 0) {
      throw wrong(
          config, Settings.MESH_PORT, "0", "a port others can find, or mesh.seeds to find them");
    }
    if (frameMaxBytes(config) > config.get(Settings.MESH_SEND_QUEUE_MAX_BYTES)) {
      throw wrong(
          config,
          Settings.MESH_SEND_QUEUE_MAX_BYTES,
          String.valueOf(config.get(Settings.MESH_SEND_QUEUE_MAX_BYTES)),
          "at least mesh.messageMaxBytes and " + FRAME_OVERHEAD_BYTES);
    }
  }

  private static boolean isShort(String secret) {
    return secret.length() < SECRET_MIN_CHARS;
  }

  private static int frameMaxBytes(NodeConfig config) {
    return config.get(Settings.MESH_MESSAGE_MAX_BYTES) + FRAME_OVERHEAD_BYTES;
  }

  private static Optional<Setting<?>> firstSet(NodeConfig config) {
    return ways(config).findFirst();
  }

  /** The ways to find other nodes that are configured. */
  private static Stream<Setting<?>> ways(NodeConfig config) {
    return Stream.<Setting<?>>of(
            Settings.MESH_SEEDS, Settings.MESH_DNS_NAME, Settings.MESH_JDBC_URL)
        .filter(setting -> !config.get(setting).equals(setting.defaultValue()));
  }

  static ConfigException wrong(
      NodeConfig config, Setting<?> setting, String value, String expected) {
    return new ConfigException(config.origin(), setting.key(), value, expected);
  }
}

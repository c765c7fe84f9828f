package dev.skein.server;

import dev.skein.mesh.clustered.ClusterConfig;
import dev.skein.mesh.clustered.ClusteredEngine;
import dev.skein.mesh.clustered.Discovery;
import dev.skein.mesh.engine.Engine;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Settings;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The only class of the server that knows the clustered engine: loaded for a cluster only. */
final class EngineStart {
  private EngineStart() {}

  /**
   * The engine of a node that is not alone.
   *
   * @throws dev.skein.server.config.ConfigException for an address that is none
   */
  static Engine open(NodeConfig config, List<String> types, int frameMaxBytes) {
    String secret = config.get(Settings.MESH_SECRET);
    return ClusteredEngine.open(
        ClusterConfig.builder()
            .cluster(config.get(Settings.MESH_CLUSTER_NAME))
            .name(config.get(Settings.MESH_NODE_NAME))
            .types(Set.copyOf(types))
            .bindHost(config.get(Settings.MESH_HOST))
            .port(config.get(Settings.MESH_PORT))
            .discovery(discovery(config))
            .secret(secret.isEmpty() ? Optional.empty() : Optional.of(secret))
            .queueMaxBytes(config.get(Settings.MESH_SEND_QUEUE_MAX_BYTES))
            .frameMaxBytes(frameMaxBytes)
            .storeTimeoutMillis(config.get(Settings.MESH_REQUEST_TIMEOUT_MILLIS))
            .build());
  }

  private static Discovery discovery(NodeConfig config) {
    String dns = config.get(Settings.MESH_DNS_NAME);
    if (!dns.isEmpty()) {
      return new Discovery.Dns(dns);
    }
    String url = config.get(Settings.MESH_JDBC_URL);
    if (!url.isEmpty()) {
      return jdbc(config, url);
    }
    List<String> seeds = config.get(Settings.MESH_SEEDS);
    try {
      return new Discovery.Seeds(seeds.isEmpty() ? List.of(itself(config)) : seeds);
    } catch (IllegalArgumentException e) {
      throw MeshStart.wrong(
          config, Settings.MESH_SEEDS, String.join(",", seeds), "host:port of each seed");
    }
  }

  private static Discovery jdbc(NodeConfig config, String url) {
    try {
      return new Discovery.Jdbc(
          url, config.get(Settings.MESH_JDBC_USER), config.get(Settings.MESH_JDBC_PASSWORD));
    } catch (IllegalArgumentException e) {
      throw MeshStart.wrong(config, Settings.MESH_JDBC_URL, url, "a URL that starts with jdbc:");
    }
  }

  /** Nobody to look for: a node that waits to be found. */
  private static String itself(NodeConfig config) {
    String host = config.get(Settings.MESH_HOST);
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + config.get(Settings.MESH_PORT);
  }
}

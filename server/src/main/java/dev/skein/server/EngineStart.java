package dev.skein.server;

import dev.skein.mesh.clustered.ClusterConfig;
import dev.skein.mesh.clustered.ClusteredEngine;
import dev.skein.mesh.clustered.Discovery;
import dev.skein.mesh.engine.Engine;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Settings;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The only class of the server that knows the clustered engine: loaded for a cluster only. */
final class EngineStart {
  private EngineStart() {}

  /**
   * The engine of a node that is not alone.
   *
   * @throws dev.skein.server.config.ConfigException for an address that is none, or a port in use
   */
  static Engine open(NodeConfig config, List<String> types, int frameMaxBytes) {
    String secret = config.get(Settings.MESH_SECRET);
    ClusterConfig cluster =
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
            .namePatienceMillis(config.get(Settings.MESH_NAME_PATIENCE_MILLIS))
            .storeTimeoutMillis(config.get(Settings.MESH_REQUEST_TIMEOUT_MILLIS))
            .build();
    requireFree(config, 0);
    if (cluster.port() > 0) {
      requireFree(config, cluster.port());
      requireFree(config, cluster.port() + ClusterConfig.DETECTION_PORT_OFFSET);
    }
    return ClusteredEngine.open(cluster);
  }

  /** Before the start, so that a port in use is told as that of any other listener is. */
  private static void requireFree(NodeConfig config, int port) {
    String host = config.get(Settings.MESH_HOST);
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(InetAddress.getByName(host), port));
    } catch (IOException e) {
      throw port == 0
          ? MeshStart.wrong(config, Settings.MESH_HOST, host, "an address of this machine")
          : MeshStart.wrong(
              config,
              Settings.MESH_PORT,
              String.valueOf(config.get(Settings.MESH_PORT)),
              "a port this process may open and no other has; the port "
                  + ClusterConfig.DETECTION_PORT_OFFSET
                  + " higher too");
    }
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

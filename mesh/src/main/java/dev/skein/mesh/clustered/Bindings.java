package dev.skein.mesh.clustered;

import dev.skein.mesh.clustered.Stack.Binding;
import dev.skein.mesh.engine.EngineException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;

/** Decides where a node listens and what it is called. */
final class Bindings {
  private static final AtomicInteger NAMELESS = new AtomicInteger();

  private Bindings() {}

  /**
   * @throws EngineException if there is no such address or no port free, or if it is not loopback
   *     and there is no secret
   */
  static Binding of(ClusterConfig config, int protocolVersion) {
    if (config.discovery() instanceof Discovery.InProcess) {
      String name = config.name().isEmpty() ? "node-" + NAMELESS.incrementAndGet() : config.name();
      return new Binding(
          name, InetAddress.getLoopbackAddress(), 0, Optional.empty(), protocolVersion);
    }
    InetAddress host = host(config);
    int port = freePort(host, config);
    String name =
        config.name().isEmpty()
            ? new HostPort(host.getHostAddress(), port).toString()
            : config.name();
    return new Binding(
        name,
        host,
        port,
        config.secret().map(secret -> ClusterSecret.tls(config.cluster(), secret)),
        protocolVersion);
  }

  /**
   * @throws EngineException as above; for a check before the start
   */
  static InetAddress host(ClusterConfig config) {
    try {
      InetAddress host = InetAddress.getByName(config.bindHost());
      if (config.secret().isEmpty() && !host.isLoopbackAddress()) {
        throw new EngineException(
            "a mesh without a secret listens on loopback only, not on "
                + config.bindHost()
                + "; set mesh.secret to the same text on all nodes");
      }
      return host.isAnyLocalAddress() ? outward() : host;
    } catch (UnknownHostException e) {
      throw new EngineException("no address for the mesh's host " + config.bindHost(), e);
    }
  }

  /** The others need an address to reach this node at, so all interfaces become one. */
  private static InetAddress outward() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> address instanceof Inet4Address && !address.isLoopbackAddress())
          .findFirst()
          .orElseThrow(() -> new EngineException("this machine has no IPv4 address but loopback"));
    } catch (SocketException e) {
      throw new EngineException("cannot list the network interfaces", e);
    }
  }

  private static int freePort(InetAddress host, ClusterConfig config) {
    if (config.port() == 0) {
      return MeshPorts.free(host, 1).getFirst();
    }
    for (int port = config.port(); port <= config.port() + config.portRangeCount(); port++) {
      if (MeshPorts.isFree(host, port)) {
        return port;
      }
    }
    throw new EngineException(
        "no free mesh port on "
            + config.bindHost()
            + " from "
            + config.port()
            + " to "
            + (config.port() + config.portRangeCount())
            + "; each also needs the port "
            + ClusterConfig.DETECTION_PORT_OFFSET
            + " higher");
  }
}

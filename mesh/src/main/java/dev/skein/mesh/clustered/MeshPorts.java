package dev.skein.mesh.clustered;

import dev.skein.mesh.engine.EngineException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.IntStream;

/**
 * Free ports for nodes that are not told which to take. A node needs two: the mesh's own, and the
 * one that lies {@value ClusterConfig#DETECTION_PORT_OFFSET} higher. Any thread.
 */
public final class MeshPorts {
  /**
   * Below the ports that systems give to connections, which would take one now and then between the
   * look at it and the start of its node.
   */
  private static final int FIRST = 20_000;

  private static final int LAST = 32_000;
  private static final int ATTEMPTS_MAX_COUNT = 200;

  private MeshPorts() {}

  /**
   * Ports for nodes that only this machine reaches, at most {@value
   * ClusterConfig#DETECTION_PORT_OFFSET}. Nothing holds them until their nodes start.
   *
   * @throws EngineException if there are none
   */
  public static List<Integer> free(int nodesCount) {
    return free(InetAddress.getLoopbackAddress(), nodesCount);
  }

  static List<Integer> free(InetAddress host, int nodesCount) {
    for (int attempt = 0; attempt < ATTEMPTS_MAX_COUNT; attempt++) {
      int first = ThreadLocalRandom.current().nextInt(FIRST, LAST);
      List<Integer> ports = IntStream.range(first, first + nodesCount).boxed().toList();
      if (ports.stream().allMatch(port -> isFree(host, port))) {
        return ports;
      }
    }
    throw new EngineException(
        "no " + nodesCount + " free mesh ports on " + host.getHostAddress() + " found");
  }

  /** Whether a node may take the port, and the one that belongs to it. */
  static boolean isFree(InetAddress host, int port) {
    return canListen(host, port) && canListen(host, port + ClusterConfig.DETECTION_PORT_OFFSET);
  }

  private static boolean canListen(InetAddress host, int port) {
    try (ServerSocket socket = new ServerSocket()) {
      socket.setReuseAddress(true);
      socket.bind(new InetSocketAddress(host, port));
      return true;
    } catch (IOException taken) {
      return false;
    }
  }
}

package dev.skein.bench;

import dev.skein.client.Transport;
import dev.skein.mesh.clustered.MeshPorts;
import dev.skein.protocol.session.SessionConfig;
import dev.skein.room.RemoteJoin;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Meshed servers, each a process of its own; users are spread over them. One thread. */
final class ServerCluster implements AutoCloseable {
  private final List<ServerProcess> servers = new ArrayList<>();

  /** Starts so many nodes, or one that is alone, and waits until all see each other. */
  static ServerCluster start(int nodes, Transport transport) throws IOException {
    return start(nodes, transport, Pinning.of("all"), RemoteJoin.RELAY);
  }

  /**
   * The same with all of them on the server's processors.
   *
   * @param remoteJoin what happens when a user joins a room of another node
   */
  static ServerCluster start(int nodes, Transport transport, Pinning pinning, RemoteJoin remoteJoin)
      throws IOException {
    ServerCluster cluster = new ServerCluster();
    List<Integer> ports = MeshPorts.free(nodes);
    for (int port : ports) {
      List<String> mesh =
          List.of(
              Integer.toString(nodes == 1 ? 0 : port),
              ports.getFirst().toString(),
              Integer.toString(nodes),
              remoteJoin.name());
      int window = SessionConfig.DEFAULTS.packWindowMillis();
      cluster.servers.add(ServerProcess.begin(transport, window, pinning, mesh));
    }
    for (ServerProcess server : cluster.servers) {
      server.awaitEntry();
    }
    return cluster;
  }

  /** The HTTP role of one of them, which knows them all. */
  String entry() {
    return servers.getFirst().entry();
  }

  /** Processor time all of them have used. */
  long cpuNanos() {
    return servers.stream().mapToLong(ServerProcess::cpuNanos).sum();
  }

  /** Blocks until the compilers of all of them have little to do. */
  void awaitCompiled() throws IOException, InterruptedException {
    Compilers.awaitQuiet(() -> {
      long millis = 0;
      for (ServerProcess server : servers) {
        millis += server.compiledMillis();
      }
      return millis;
    });
  }

  @Override
  public void close() throws IOException {
    for (ServerProcess server : servers) {
      server.close();
    }
  }
}

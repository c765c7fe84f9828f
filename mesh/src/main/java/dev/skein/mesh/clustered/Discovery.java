package dev.skein.mesh.clustered;

import java.util.List;

/** How a node finds the first of the others. */
public sealed interface Discovery {

  /**
   * Fixed addresses. The first of them may form a cluster alone; the others do so only after they
   * waited for those before them ({@link ClusterConfig#seedPatienceMillis}), and a node that is
   * none of them never does.
   *
   * @param addresses {@code host:port} each, in the same order on every node
   */
  record Seeds(List<String> addresses) implements Discovery {
    public Seeds {
      addresses = List.copyOf(addresses);
      if (addresses.isEmpty()) {
        throw new IllegalArgumentException("no seeds");
      }
      addresses.forEach(HostPort::of);
    }
  }

  /**
   * A name that resolves to the addresses of all nodes, such as a headless service of Kubernetes.
   * It is asked again and again. All nodes listen on the same port, each on an address of its own;
   * in the order of their addresses they are seeds.
   */
  record Dns(String name) implements Discovery {
    public Dns {
      if (name.isBlank()) {
        throw new IllegalArgumentException("no DNS name");
      }
    }
  }

  /**
   * A table in a database, which the nodes make if it is not there. The JDBC driver has to be on
   * the class path.
   */
  record Jdbc(String url, String user, String password) implements Discovery {
    public Jdbc {
      if (!url.startsWith("jdbc:")) {
        throw new IllegalArgumentException("'" + url + "' does not start with jdbc:");
      }
    }

    @Override
    public String toString() {
      return "Jdbc[" + url + "]";
    }
  }

  /** The nodes of one process, without sockets; for tests. */
  record InProcess() implements Discovery {}
}

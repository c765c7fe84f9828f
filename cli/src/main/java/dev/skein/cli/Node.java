package dev.skein.cli;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.NodeInfo;
import dev.skein.mesh.NodeListener;
import dev.skein.server.Role;
import dev.skein.server.Server;
import dev.skein.server.ServerBuilder;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.StringJoiner;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** A node that runs in the foreground until the process is told to end. */
final class Node {
  /** What the line begins with that says that a node serves. */
  static final String READY = "READY ";

  private static final Duration READY_LOOK = Duration.ofMillis(10);

  private Node() {}

  /**
   * Starts it, says READY on stdout with the address of every port when it is ready ({@link
   * Server#isReady}), and waits. SIGTERM and Ctrl-C stop the node and end the process with exit
   * code 0.
   *
   * @return the exit code, should the node end by itself
   */
  static int run(ServerBuilder builder) throws InterruptedException {
    Server server = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop"));
    while (!server.isReady()) {
      if (server.await(READY_LOOK)) {
        return 0; // drained before it was ever ready
      }
    }
    System.out.println(readyLine(server.addresses(), server.adminAddress()));
    System.out.flush();
    server.await();
    return 0;
  }

  /** Waits until a mesh sees so many nodes; false if it does not within the limit. */
  static boolean awaitNodes(Mesh mesh, int wanted, Duration limit) throws InterruptedException {
    CountDownLatch complete = new CountDownLatch(1);
    Runnable check =
        () -> {
          if (mesh.nodes().size() >= wanted) {
            complete.countDown();
          }
        };
    mesh.onNodes(
        new NodeListener() {
          @Override
          public void onJoin(NodeInfo node) {
            check.run();
          }
        });
    check.run();
    return complete.await(limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** {@code READY {"http":"127.0.0.1:7000",…}}. */
  static String readyLine(
      Map<Role, InetSocketAddress> addresses, Optional<InetSocketAddress> admin) {
    StringJoiner json = new StringJoiner(",", READY + "{", "}");
    for (Role role : Role.values()) {
      InetSocketAddress address = addresses.get(role);
      if (address != null) {
        json.add(field(role.name().toLowerCase(Locale.ROOT), address));
      }
    }
    admin.ifPresent(address -> json.add(field("admin", address)));
    return json.toString();
  }

  private static String field(String name, InetSocketAddress address) {
    return "\"" + name + "\":\"" + text(address) + "\"";
  }

  /** HOST:PORT, with the numbers of the host. */
  static String text(InetSocketAddress address) {
    String host = address.getAddress().getHostAddress();
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + address.getPort();
  }

  /**
   * A JVM that ends by a signal would report the signal's number; for a node it is the good end.
   */
  private static void stop(Server server) {
    server.stop();
    System.err.flush();
    Runtime.getRuntime().halt(0);
  }
}

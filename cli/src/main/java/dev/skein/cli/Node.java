package dev.skein.cli;

import dev.skein.server.Role;
import dev.skein.server.Server;
import dev.skein.server.ServerBuilder;
import java.net.InetSocketAddress;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;

/** A node that runs in the foreground until the process is told to end. */
final class Node {
  private Node() {}

  /**
   * Starts it, says READY on stdout with the address of every port, and waits. SIGTERM and Ctrl-C
   * stop the node and end the process with exit code 0.
   *
   * @return the exit code, should the node end by itself
   */
  static int run(ServerBuilder builder) throws InterruptedException {
    Server server = builder.start();
    Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(server), "stop"));
    System.out.println(readyLine(server.addresses()));
    System.out.flush();
    server.await();
    return 0;
  }

  /** {@code READY {"http":"127.0.0.1:7000",…}}. */
  static String readyLine(Map<Role, InetSocketAddress> addresses) {
    StringJoiner json = new StringJoiner(",", "READY {", "}");
    for (Role role : Role.values()) {
      InetSocketAddress address = addresses.get(role);
      if (address != null) {
        json.add("\"" + role.name().toLowerCase(Locale.ROOT) + "\":\"" + text(address) + "\"");
      }
    }
    return json.toString();
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

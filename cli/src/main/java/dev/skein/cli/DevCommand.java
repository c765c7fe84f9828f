package dev.skein.cli;

import dev.skein.server.Role;
import dev.skein.server.Server;
import dev.skein.server.ServerBuilder;
import dev.skein.server.config.NodeConfig;
import java.util.concurrent.Callable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Nodes for the desk: every listener in one process, or several meshed processes. */
@Command(
    name = "dev",
    description = {
      "Runs a node with every listener and module on 127.0.0.1, for development.",
      "Says READY with its addresses on stdout when it can serve; Ctrl-C ends it.",
      "With --nodes N, runs N meshed nodes as processes: the first serves HTTP, each other one",
      "UDP, TCP and WebSocket on ports counted up from those below. READY comes when all see each",
      "other, with arrays of addresses and the process of each node. A node that dies is reported",
      "and not started again, so that you can see what happens when nodes die."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "Ports unless said otherwise: HTTP 7000, UDP 7100, TCP 7200, WebSocket 7300.",
      "SKEIN_… variables of the environment set everything else.",
      "Exit codes: 0 ended by a signal, 1 every node has died, 2 a node could not start."
    })
final class DevCommand implements Callable<Integer> {
  @ArgGroup(exclusive = false, heading = "Ports:%n")
  private ListenOptions ports = new ListenOptions();

  @Option(
      names = "--nodes",
      defaultValue = "1",
      description = "How many nodes, 1 to " + DevCluster.NODES_MAX_COUNT + "; ${DEFAULT-VALUE}.")
  private int nodes;

  @Override
  public Integer call() throws Exception {
    NodeConfig config = NodeConfig.fromEnvironment(System.getenv());
    Logs.configure(config);
    if (nodes != 1) {
      return DevCluster.of(nodes, config, role -> port(role, config)).run();
    }
    ServerBuilder builder = Server.builder(config);
    for (Role role : Role.values()) {
      builder.set(ListenOptions.setting(role), port(role, config));
    }
    KnownModules.all().forEach(builder::with);
    return Node.run(builder);
  }

  /** The option, else the environment, else the default of {@code dev}. */
  private int port(Role role, NodeConfig config) {
    return ports
        .port(role)
        .orElseGet(() -> {
          int configured = config.get(ListenOptions.setting(role));
          return configured < 0 ? devPort(role) : configured;
        });
  }

  private static int devPort(Role role) {
    return switch (role) {
      case HTTP -> 7000;
      case UDP -> 7100;
      case TCP -> 7200;
      case WS -> 7300;
    };
  }
}

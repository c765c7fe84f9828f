package dev.skein.cli;

import dev.skein.server.Module;
import dev.skein.server.Role;
import dev.skein.server.Server;
import dev.skein.server.ServerBuilder;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Settings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A node as a file, the environment and options configure it. */
@Command(
    name = "server",
    description = {
      "Runs a node as a YAML file configures it; SKEIN_… variables override the file, and the",
      "options below override both.",
      "Says READY with its addresses on stdout when it can serve; SIGTERM drains and ends it."
    },
    mixinStandardHelpOptions = true,
    footer = {
      "Exit codes: 0 ended by a signal, 1 and one line if the cluster does not let it in, 2 and one",
      "line for an unknown key, a wrong type or a port in use."
    })
final class ServerCommand implements Callable<Integer> {
  private static final String ALL_MODULES = "all";

  @Option(names = "--config", paramLabel = "FILE", description = "The YAML file.")
  private @Nullable Path config;

  @Option(
      names = "--join",
      paramLabel = "HOST:PORT",
      split = ",",
      description = "Mesh addresses of nodes of the cluster to join; several with commas.")
  private List<String> seeds = List.of();

  @Option(
      names = "--mesh-port",
      description = {
        "Port for the other nodes; 0: any free one, which --join means unless a port is given."
      })
  private @Nullable Integer meshPort;

  @Option(names = "--name", description = "The node's name, unique in its cluster.")
  private @Nullable String name;

  @Option(names = "--type", description = "The type clients ask for.")
  private @Nullable String type;

  @Option(
      names = "--modules",
      paramLabel = "NAME",
      split = ",",
      description = "Modules beside those the file switches on; all: every one.")
  private List<String> modules = List.of();

  @ArgGroup(exclusive = false, heading = "Ports:%n")
  private ListenOptions ports = new ListenOptions();

  @Option(names = "--until-stdin-ends", hidden = true, description = "End with the parent.")
  private boolean untilStdinEnds;

  @Override
  public Integer call() throws InterruptedException {
    NodeConfig node =
        withOptions(
            config == null ? NodeConfig.fromEnvironment(System.getenv()) : NodeConfig.load(config));
    Logs.configure(node);
    ServerBuilder builder = Server.builder(node);
    modules(node).forEach(builder::with);
    if (untilStdinEnds) {
      Thread.ofPlatform().name("stdin").daemon().start(ServerCommand::awaitEndOfStdin);
    }
    return Node.run(builder);
  }

  private NodeConfig withOptions(NodeConfig base) {
    NodeConfig node = base;
    for (Role role : Role.values()) {
      if (ports.port(role).isPresent()) {
        node = node.with(ListenOptions.setting(role), ports.port(role).get());
      }
    }
    if (type != null) {
      node = node.with(Settings.SERVER_TYPE, type);
    }
    if (name != null) {
      node = node.with(Settings.MESH_NODE_NAME, name);
    }
    if (meshPort != null) {
      node = node.with(Settings.MESH_PORT, meshPort);
    }
    return seeds.isEmpty() ? node : joining(node.with(Settings.MESH_SEEDS, seeds));
  }

  private static NodeConfig joining(NodeConfig node) {
    return node.get(Settings.MESH_PORT) < 0 ? node.with(Settings.MESH_PORT, 0) : node;
  }

  private List<Module> modules(NodeConfig node) {
    if (modules.contains(ALL_MODULES)) {
      return KnownModules.all();
    }
    TreeSet<String> names = new TreeSet<>(node.modules());
    names.addAll(modules);
    return names.stream().map(KnownModules::named).toList();
  }

  /** A parent that dies, however suddenly, takes its nodes along. */
  private static void awaitEndOfStdin() {
    try {
      while (System.in.read() >= 0) {
        // What is typed at a node means nothing.
      }
    } catch (IOException e) {
      System.err.println("stdin broke: " + e.getMessage());
    }
    System.exit(0);
  }
}

package dev.skein.cli;

import dev.skein.server.Server;
import dev.skein.server.ServerBuilder;
import dev.skein.server.config.NodeConfig;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A node as a file configures it. */
@Command(
    name = "server",
    description = {
      "Runs a node as a YAML file configures it; SKEIN_… variables override the file.",
      "Says READY with its addresses on stdout when it can serve; SIGTERM ends it."
    },
    mixinStandardHelpOptions = true,
    footer = "Exit code 2 and one line for an unknown key, a wrong type or a port in use.")
final class ServerCommand implements Callable<Integer> {
  @Option(names = "--config", required = true, paramLabel = "FILE", description = "The YAML file.")
  private Path config = Path.of("");

  @Override
  public Integer call() throws InterruptedException {
    NodeConfig node = NodeConfig.load(config);
    Logs.configure(node);
    ServerBuilder builder = Server.builder(node);
    node.modules().stream().map(KnownModules::named).forEach(builder::with);
    return Node.run(builder);
  }
}

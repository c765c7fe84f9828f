package dev.skein.cli;

import dev.skein.server.Port;
import dev.skein.server.Server;
import dev.skein.server.ServerBuilder;
import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Setting;
import dev.skein.server.config.Settings;
import java.util.concurrent.Callable;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A node for the desk: every listener in one process, on this machine only. */
@Command(
    name = "dev",
    description = {
      "Runs a node with every listener and module on 127.0.0.1, for development.",
      "Says READY with its addresses on stdout when it can serve; Ctrl-C ends it."
    },
    mixinStandardHelpOptions = true,
    footer = "SKEIN_… variables of the environment set everything else.")
final class DevCommand implements Callable<Integer> {
  @Option(names = "--http-port", description = "Default 7000; 0: any free one, here and below.")
  private @Nullable Integer httpPort;

  @Option(names = "--udp-port", description = "Default 7100.")
  private @Nullable Integer udpPort;

  @Option(names = "--tcp-port", description = "Default 7200.")
  private @Nullable Integer tcpPort;

  @Option(names = "--ws-port", description = "Default 7300.")
  private @Nullable Integer wsPort;

  @Override
  public Integer call() throws InterruptedException {
    NodeConfig config = NodeConfig.fromEnvironment(System.getenv());
    Logs.configure(config);
    ServerBuilder builder = Server.builder(config);
    listen(builder, config, Settings.HTTP_PORT, httpPort, 7000, Port::http);
    listen(builder, config, Settings.UDP_PORT, udpPort, 7100, Port::udp);
    listen(builder, config, Settings.TCP_PORT, tcpPort, 7200, Port::tcp);
    listen(builder, config, Settings.WS_PORT, wsPort, 7300, Port::websocket);
    KnownModules.all().forEach(builder::with);
    return Node.run(builder);
  }

  /** The option, else the environment, else the default of {@code dev}. */
  private static void listen(
      ServerBuilder builder,
      NodeConfig config,
      Setting<Integer> setting,
      @Nullable Integer option,
      int devPort,
      IntFunction<Port> port) {
    if (option != null) {
      builder.listen(port.apply(option));
    } else if (config.get(setting).equals(setting.defaultValue())) {
      builder.listen(port.apply(devPort));
    }
  }
}

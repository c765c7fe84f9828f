package dev.skein.cli;

import ch.qos.logback.classic.Level;
import dev.skein.cli.bot.BotPlan;
import dev.skein.cli.bot.Crowd;
import dev.skein.cli.bot.Gathering;
import dev.skein.client.Transport;
import dev.skein.mesh.clustered.MeshPorts;
import dev.skein.server.Port;
import dev.skein.server.Role;
import dev.skein.server.Server;
import dev.skein.server.ServerBuilder;
import dev.skein.server.config.Settings;
import dev.skein.server.config.Settings.LogFormat;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Does once what nodes and bots do at their start. The launcher has the JVM record which classes
 * that takes, and later starts find them made.
 */
@Command(name = "rehearse", hidden = true, description = "Goes through a start, for the launcher.")
final class RehearseCommand implements Callable<Integer> {
  private static final Duration MESH_LIMIT = Duration.ofSeconds(20);
  private static final Duration STRAGGLERS_LIMIT = Duration.ofSeconds(2);

  @Override
  public Integer call() throws Exception {
    Logs.configure(LogFormat.TEXT, Level.INFO);
    List<Integer> meshPorts = MeshPorts.free(2);
    List<String> seeds = meshPorts.stream().map(port -> "127.0.0.1:" + port).toList();
    try (Server first = node(meshPorts.getFirst(), seeds).start();
        Server second = node(meshPorts.getLast(), seeds).start()) {
      Node.awaitNodes(second.mesh(), 2, MESH_LIMIT);
      Crowd crowd = Gathering.of(plan(Node.text(first.address(Role.HTTP).orElseThrow()))).gather();
      try (crowd) {
        crowd.speak();
        crowd.awaitStragglers(STRAGGLERS_LIMIT);
      }
    }
    return 0;
  }

  private static ServerBuilder node(int meshPort, List<String> seeds) {
    ServerBuilder builder =
        Server.builder()
            .listen(Port.http(0), Port.udp(0), Port.tcp(0), Port.websocket(0))
            .set(Settings.ADMIN_PORT, 0)
            .set(Settings.MESH_PORT, meshPort)
            .set(Settings.MESH_SEEDS, seeds);
    KnownModules.all().forEach(builder::with);
    return builder;
  }

  private static BotPlan plan(String entry) {
    return new BotPlan(
        BotPlan.Scene.ECHO,
        "http://" + entry,
        List.of(Transport.UDP, Transport.TCP, Transport.WS),
        3,
        3,
        10,
        64,
        1,
        true);
  }
}

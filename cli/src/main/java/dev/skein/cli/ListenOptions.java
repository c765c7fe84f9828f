package dev.skein.cli;

import dev.skein.server.Role;
import dev.skein.server.config.Setting;
import dev.skein.server.config.Settings;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The ports of a node as options give them; they win over the environment and the file. */
final class ListenOptions {
  @Option(names = "--http-port", description = "HTTP; 0: any free one, here and below.")
  private @Nullable Integer httpPort;

  @Option(names = "--udp-port", description = "UDP.")
  private @Nullable Integer udpPort;

  @Option(names = "--tcp-port", description = "TCP.")
  private @Nullable Integer tcpPort;

  @Option(names = "--ws-port", description = "WebSocket.")
  private @Nullable Integer wsPort;

  /** The port of this role, if its option was given. */
  Optional<Integer> port(Role role) {
    return Optional.ofNullable(
        switch (role) {
          case HTTP -> httpPort;
          case UDP -> udpPort;
          case TCP -> tcpPort;
          case WS -> wsPort;
        });
  }

  /** The setting behind each option. */
  static Setting<Integer> setting(Role role) {
    return switch (role) {
      case HTTP -> Settings.HTTP_PORT;
      case UDP -> Settings.UDP_PORT;
      case TCP -> Settings.TCP_PORT;
      case WS -> Settings.WS_PORT;
    };
  }
}

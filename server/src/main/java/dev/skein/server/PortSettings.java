package dev.skein.server;

import dev.skein.server.config.NodeConfig;
import dev.skein.server.config.Setting;
import dev.skein.server.config.Settings;
import java.util.Optional;
import java.util.OptionalInt;

/** The settings of one role's port. */
record PortSettings(
    Role role,
    Setting<Integer> port,
    Setting<String> host,
    Setting<String> advertisedHost,
    Setting<Integer> advertisedPort) {

  static PortSettings of(Role role) {
    return switch (role) {
      case HTTP ->
          new PortSettings(
              role,
              Settings.HTTP_PORT,
              Settings.HTTP_HOST,
              Settings.HTTP_ADVERTISED_HOST,
              Settings.HTTP_ADVERTISED_PORT);
      case UDP ->
          new PortSettings(
              role,
              Settings.UDP_PORT,
              Settings.UDP_HOST,
              Settings.UDP_ADVERTISED_HOST,
              Settings.UDP_ADVERTISED_PORT);
      case TCP ->
          new PortSettings(
              role,
              Settings.TCP_PORT,
              Settings.TCP_HOST,
              Settings.TCP_ADVERTISED_HOST,
              Settings.TCP_ADVERTISED_PORT);
      case WS ->
          new PortSettings(
              role,
              Settings.WS_PORT,
              Settings.WS_HOST,
              Settings.WS_ADVERTISED_HOST,
              Settings.WS_ADVERTISED_PORT);
    };
  }

  /** The configuration with this port open. */
  NodeConfig open(NodeConfig config, Port value) {
    return config
        .with(port, value.port())
        .with(host, value.host())
        .with(advertisedHost, value.advertisedHost().orElse(""))
        .with(advertisedPort, value.advertisedPort().orElse(0));
  }

  /** The port the configuration opens for this role, if it does. */
  Optional<Port> read(NodeConfig config) {
    if (config.get(port) < 0) {
      return Optional.empty();
    }
    String publicHost = config.get(advertisedHost);
    int publicPort = config.get(advertisedPort);
    return Optional.of(
        new Port(
            role,
            config.get(port),
            config.get(host),
            publicHost.isEmpty() ? Optional.empty() : Optional.of(publicHost),
            publicPort == 0 ? OptionalInt.empty() : OptionalInt.of(publicPort)));
  }
}

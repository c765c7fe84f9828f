package dev.skein.server;

import dev.skein.protocol.Bounds;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * A port a node opens; YAML's sections {@code http}, {@code udp}, {@code tcp} and {@code ws}. One a
 * role.
 *
 * @param role what is spoken there
 * @param port 0 for any free one
 * @param host the address to listen on, default 127.0.0.1
 * @param advertisedHost what clients are told instead of {@code host}, such as a load balancer's
 * @param advertisedPort what clients are told instead of the port
 */
public record Port(
    Role role, int port, String host, Optional<String> advertisedHost, OptionalInt advertisedPort) {

  private static final String LOOPBACK = "127.0.0.1";

  public Port {
    Bounds.within("port", port, 0, 65_535);
  }

  /** The entry: endpoint calls, health, metrics and the game's own routes. */
  public static Port http(int port) {
    return of(Role.HTTP, port);
  }

  public static Port udp(int port) {
    return of(Role.UDP, port);
  }

  public static Port tcp(int port) {
    return of(Role.TCP, port);
  }

  public static Port websocket(int port) {
    return of(Role.WS, port);
  }

  /** The same on another local address; 0.0.0.0 for all. */
  public Port on(String localHost) {
    return new Port(role, port, localHost, advertisedHost, advertisedPort);
  }

  /** The same, but clients are told this host. */
  public Port advertisedAs(String publicHost) {
    return new Port(role, port, host, Optional.of(publicHost), advertisedPort);
  }

  /** The same, but clients are told this host and port. */
  public Port advertisedAs(String publicHost, int publicPort) {
    return new Port(role, port, host, Optional.of(publicHost), OptionalInt.of(publicPort));
  }

  private static Port of(Role role, int port) {
    return new Port(role, port, LOOPBACK, Optional.empty(), OptionalInt.empty());
  }
}

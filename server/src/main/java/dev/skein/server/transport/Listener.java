package dev.skein.server.transport;

import dev.skein.server.Role;
import java.net.InetSocketAddress;

/**
 * A socket to open.
 *
 * @param role UDP, TCP or WS
 * @param address where to bind; port 0 takes any free one
 */
public record Listener(Role role, InetSocketAddress address) {

  public Listener {
    if (role == Role.HTTP) {
      throw new IllegalArgumentException("role HTTP is not a transport");
    }
    if (address.isUnresolved()) {
      throw new IllegalArgumentException("address " + address + " is not resolved");
    }
  }
}

package dev.skein.mesh.clustered;

import java.net.InetSocketAddress;

/** {@code host:port}; an IPv6 address stands in brackets. Not resolved until asked. */
record HostPort(String host, int port) {
  private static final int MAX_PORT = 65_535;

  /**
   * @throws IllegalArgumentException that names the text
   */
  static HostPort of(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon).strip();
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.contains(":")) {
      host = "";
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1).strip());
      if (!host.isEmpty() && port > 0 && port <= MAX_PORT) {
        return new HostPort(host, port);
      }
    } catch (NumberFormatException e) {
      throw notOne(text);
    }
    throw notOne(text);
  }

  private static IllegalArgumentException notOne(String text) {
    return new IllegalArgumentException("'" + text + "' is not host:port");
  }

  /** Asks the resolver now; the result may be unresolved. */
  InetSocketAddress resolve() {
    return new InetSocketAddress(host, port);
  }

  @Override
  public String toString() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}

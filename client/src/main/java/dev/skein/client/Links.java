package dev.skein.client;

/** Chooses the link for a transport. */
final class Links {
  private Links() {}

  static Link create(Endpoint endpoint, ClientConfig config, Link.Events events) {
    return switch (config.transport()) {
      case UDP -> new DatagramLink(endpoint, config, events);
      case TCP -> new StreamLink(endpoint, config, LengthFraming::new, events);
      case WS -> {
        String host = endpoint.address().getHostString() + ":" + endpoint.address().getPort();
        yield new StreamLink(
            endpoint, config, () -> new WebSocketFraming(host, config.loop().random()), events);
      }
    };
  }
}

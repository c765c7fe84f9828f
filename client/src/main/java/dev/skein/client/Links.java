package dev.skein.client;

import dev.skein.protocol.session.SessionState;
import java.util.Optional;
import java.util.function.Supplier;

/** Chooses the link for a transport. */
final class Links {
  private Links() {}

  /**
   * A link that is not open yet.
   *
   * @param carried the session it goes on with, asked for when the handshake is done; empty for a
   *     new one
   */
  static Link create(
      Endpoint endpoint,
      ClientConfig config,
      Supplier<Optional<SessionState>> carried,
      Link.Events events) {
    return switch (config.transport()) {
      case UDP -> new DatagramLink(endpoint, config, carried, events);
      case TCP -> new StreamLink(endpoint, config, LengthFraming::new, carried, events);
      case WS -> {
        String host = endpoint.address().getHostString() + ":" + endpoint.address().getPort();
        yield new StreamLink(
            endpoint,
            config,
            () -> new WebSocketFraming(host, config.loop().random()),
            carried,
            events);
      }
    };
  }
}

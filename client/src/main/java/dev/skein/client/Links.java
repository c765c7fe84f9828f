package dev.skein.client;

/** Chooses the link for a transport. */
final class Links {
  private Links() {}

  static Link create(Endpoint endpoint, ClientConfig config, Link.Events events) {
    throw new UnsupportedOperationException(config.transport() + " is not there yet");
  }
}

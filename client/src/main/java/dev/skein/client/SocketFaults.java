package dev.skein.client;

import java.util.function.Consumer;

/**
 * Breaks a client's connection on purpose, so that a game's tests can see what a player on a train
 * sees. Any thread; it takes effect in the next turn of the client's loop.
 */
public final class SocketFaults {
  private final Client client;

  private SocketFaults(Client client) {
    this.client = client;
  }

  public static SocketFaults of(Client client) {
    return new SocketFaults(client);
  }

  /**
   * Closes the socket and goes on with a new one at once, from another port: the session resumes.
   */
  public void replaceSocket() {
    onLink(Link::replaceSocket);
  }

  /** Takes the network away: nothing is sent or received until {@link #unblock}. */
  public void block() {
    onLink(link -> link.block(true));
  }

  /** Gives the network back; the client resumes if the server still knows its session. */
  public void unblock() {
    onLink(link -> link.block(false));
  }

  private void onLink(Consumer<Link> fault) {
    client.loop().inLoop(() -> client.connection().link().ifPresent(fault));
  }
}

package dev.skein.cli.bot;

import dev.skein.client.Client;
import dev.skein.protocol.Channel;
import java.time.Duration;

/** Speaks to the server and hears its own echo. */
final class EchoBot extends ClientBot {
  private static final int VER = 0;
  private static final int ECHO = 1;
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final Listener listener;

  EchoBot(Client client, boolean reliable, Listener listener) {
    super(client, reliable ? Channel.ordered(0) : Channel.UNRELIABLE);
    this.listener = listener;
  }

  @Override
  public int audience() {
    return 1;
  }

  @Override
  public void say(byte[] payload) {
    client()
        .call(VER, ECHO, payload, channel(), TIMEOUT)
        .thenAccept(echo -> listener.hear(echo, 0, echo.length, System.nanoTime()));
  }
}

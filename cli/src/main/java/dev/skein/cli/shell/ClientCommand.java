package dev.skein.cli.shell;

import dev.skein.cli.Addresses;
import dev.skein.client.Client;
import dev.skein.client.ClientException;
import dev.skein.client.Transport;
import java.io.IOException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** A player at the keyboard. */
@Command(
    name = "client",
    description = "Connects as one user; every built-in command can be typed. help lists them.",
    mixinStandardHelpOptions = true)
public final class ClientCommand implements Callable<Integer> {
  @Option(
      names = "--http",
      paramLabel = "HOST:PORT",
      defaultValue = "127.0.0.1:7000",
      description = "The node's HTTP role; ${DEFAULT-VALUE} unless given.")
  private String http = "";

  @Option(names = "--uid", required = true, paramLabel = "NAME", description = "Who connects.")
  private String uid = "";

  @Option(
      names = "--transport",
      paramLabel = "udp|tcp|ws",
      defaultValue = "udp",
      description = "What to connect over; ${DEFAULT-VALUE}.")
  private Transport transport = Transport.UDP;

  @Option(names = "--token", defaultValue = "", description = "The login token, if one is asked.")
  private String token = "";

  ClientCommand() {}

  @Override
  public Integer call() throws IOException {
    Client client =
        Client.builder()
            .http(Addresses.http(http).toString())
            .uid(uid)
            .transport(transport)
            .bearer(token)
            .build();
    try (client) {
      Shell.run(client);
      return 0;
    } catch (CompletionException e) {
      if (e.getCause() instanceof ClientException refused) {
        throw refused;
      }
      throw e;
    }
  }
}

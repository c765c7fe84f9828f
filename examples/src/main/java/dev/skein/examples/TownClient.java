package dev.skein.examples;

import dev.skein.client.Client;
import dev.skein.client.Transport;
import dev.skein.client.group.Group;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Walks to the town square, waits for the bell, greets everybody and hears the greeting. */
public final class TownClient {
  private TownClient() {}

  static String visit(String http, String uid) {
    try (Client client = Client.connect(http, uid, Transport.UDP).join()) {
      CompletableFuture<String> bell = new CompletableFuture<>();
      CompletableFuture<String> heard = new CompletableFuture<>();
      // Listeners that are set in onEntered miss nothing of what the group says.
      client
          .groups()
          .onEntered(square -> {
            square.onAnnounce(said -> bell.complete(text(said)));
            square.onBroadcast((from, said) -> heard.complete(from + " says " + text(said)));
          });
      Group square = client.groups().join("square").join();
      String rang = bell.join();
      // Completes when every node with somebody in the square has it.
      square.broadcastConfirmed("hello".getBytes(StandardCharsets.UTF_8)).join();
      return text(square.welcome()) + "; " + rang + "; " + heard.join();
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  public static void main(String[] args) {
    System.out.println(visit("http://127.0.0.1:7000", args.length > 0 ? args[0] : "alice"));
  }
}

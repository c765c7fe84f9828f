package dev.skein.examples;

import dev.skein.client.Client;
import dev.skein.client.Transport;
import dev.skein.client.room.Room;
import dev.skein.examples.HelloServer.Greeted;
import dev.skein.examples.HelloServer.Greeting;
import java.util.concurrent.CompletableFuture;

/** A player: greets the server, meets others in a room, and hears its own broadcast come back. */
public final class HelloClient {
  private HelloClient() {}

  static String play(String http, String uid) {
    try (Client client = Client.connect(http, uid, Transport.UDP).join()) {
      Greeted greeted = client.call(2, 10, new Greeting(uid), Greeted.class).join();
      Room lobby = client.rooms().joinOrCreate("lobby").join();
      CompletableFuture<String> heard = new CompletableFuture<>();
      lobby.onBroadcast(
          (from, payload) -> heard.complete(from.uid() + " says " + new String(payload)));
      lobby.broadcast(greeted.text().getBytes());
      return heard.join();
    }
  }

  public static void main(String[] args) {
    System.out.println(play("http://127.0.0.1:7000", "alice"));
  }
}

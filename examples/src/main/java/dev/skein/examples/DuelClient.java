package dev.skein.examples;

import dev.skein.client.Client;
import dev.skein.client.Transport;
import dev.skein.client.room.Room;
import dev.skein.client.room.Rooms;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.Combine;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/** A duellist: joins a duel, waits for GO, shoots, and tells who was first. */
public final class DuelClient {
  private DuelClient() {}

  static String play(String http, String uid) {
    try (Client client = Client.connect(http, uid, Transport.UDP).join()) {
      CompletableFuture<Room> go = new CompletableFuture<>();
      CompletableFuture<String> winner = new CompletableFuture<>();
      Rooms rooms = client.rooms();
      // Listeners that are set in onEntered miss nothing of what the room says.
      rooms.onEntered(room -> {
        room.onAnnounce(said -> go.complete(room));
        room.onBroadcast((from, shot) -> winner.complete(from.uid()));
      });
      rooms.joinOrCreate("duel").join();
      Room duel = go.join();
      duel.putObject(uid, Value.of(1), Combine.SUM, Duration.ZERO, true);
      duel.broadcast("bang".getBytes(StandardCharsets.UTF_8));
      // All members hear broadcasts in the same order, so both name the same winner.
      return winner.join();
    }
  }

  public static void main(String[] args) {
    System.out.println(play("http://127.0.0.1:7000", args.length > 0 ? args[0] : "doc") + " won");
  }
}

package dev.skein.examples;

import dev.skein.dive.Dive;
import dev.skein.dive.Storage;
import dev.skein.dive.StorageOptions;
import dev.skein.protocol.dive.DiveOperation;
import dev.skein.protocol.payload.Value;
import dev.skein.server.CommandException;
import dev.skein.server.Port;
import dev.skein.server.Server;
import java.time.Duration;
import java.util.List;

/** Scores that all nodes share. Clients may look, and only the server counts. */
public final class HighScores {
  private static final int READ_ONLY = 9005;

  private final Storage scores;

  HighScores(Dive dive) {
    this.scores = dive.open("scores");
  }

  static Dive module() {
    return Dive.module()
        .storage(StorageOptions.named("scores").toBuilder().exposed(true).build())
        .hooks((user, storage, key, operation) -> {
          if (!(operation instanceof DiveOperation.Get)
              && !(operation instanceof DiveOperation.Range)) {
            throw CommandException.bad(READ_ONLY, "scores are the server's");
          }
        });
  }

  static Server start(int httpPort, int udpPort, Dive dive) {
    return Server.builder().listen(Port.http(httpPort), Port.udp(udpPort)).with(dive).start();
  }

  /** Adds to a player's score and keeps the game among the latest ten minutes' games. */
  long won(String uid, long points) {
    scores.pushFirst("latest", Value.of(uid));
    scores.expire("latest", Duration.ofMinutes(10));
    return scores.increment(uid, points).toCompletableFuture().join();
  }

  /** Who won lately, the last one first. */
  List<Value> latest() {
    return scores.range("latest", 0, 10).toCompletableFuture().join();
  }

  public static void main(String[] args) throws InterruptedException {
    start(7000, 7100, module()).await();
  }
}

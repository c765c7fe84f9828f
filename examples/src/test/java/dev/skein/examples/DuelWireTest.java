package dev.skein.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.client.Client;
import dev.skein.client.CommandFailed;
import dev.skein.client.Transport;
import dev.skein.client.room.Rooms;
import dev.skein.server.Role;
import dev.skein.server.Server;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DuelWireTest {
  private Server server;
  private String http;

  @BeforeEach
  void start() {
    server = DuelServer.start(0, 0, Duration.ofMillis(20));
    http = "http://127.0.0.1:" + server.address(Role.HTTP).orElseThrow().getPort();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  void bothDuellistsNameTheSameWinner() {
    List<CompletableFuture<String>> winners =
        List.of("doc", "wyatt").stream()
            .map(uid -> CompletableFuture.supplyAsync(() -> DuelClient.play(http, uid)))
            .toList();
    assertThat(winners.get(0).join()).isEqualTo(winners.get(1).join()).isIn("doc", "wyatt");
  }

  @Test
  void theRulesOfTheDuelHold() {
    try (Client cheater = Client.connect(http, "cheater", Transport.UDP).join();
        Client rude = Client.connect(http, "rude", Transport.UDP).join()) {
      assertThatThrownBy(() -> Rooms.of(cheater).joinOrCreate("duel").join())
          .cause()
          .isInstanceOfSatisfying(
              CommandFailed.class, failed -> assertThat(failed.code()).isEqualTo(2100));
      var duel = Rooms.of(rude).joinOrCreate("duel").join();
      assertThat(new String(duel.welcome())).startsWith("Welcome");
      assertThatThrownBy(() -> duel.chat("noob!").join()).hasMessageContaining("2005");
      duel.chat("good luck").join();
    }
  }
}

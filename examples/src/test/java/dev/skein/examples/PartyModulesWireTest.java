package dev.skein.examples;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.client.Client;
import dev.skein.client.Transport;
import dev.skein.dive.Dive;
import dev.skein.protocol.payload.Value;
import dev.skein.server.Role;
import dev.skein.server.Server;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The examples of Session, Dive and Notifier, over real sockets. */
@Timeout(60)
class PartyModulesWireTest {

  private static String http(Server server) {
    return "http://127.0.0.1:" + server.address(Role.HTTP).orElseThrow().getPort();
  }

  @Test
  void theFriendIsLedWhereTheLeaderGoes() {
    try (Server server = PartyGame.start(0, 0);
        Client friend = Client.connect(http(server), "friend", Transport.UDP).join()) {
      CompletableFuture<String> where =
          CompletableFuture.supplyAsync(() -> PartyGame.follow(friend));
      CompletableFuture<Void> leading =
          CompletableFuture.runAsync(
              () -> PartyGame.lead(http(server), "leader", "friend", "to the caves"));
      assertThat(where.join()).isEqualTo("to the caves");
      friend.sessions().ofType("party").orElseThrow().leave().join();
      leading.join();
    }
  }

  @Test
  void clientsSeeTheScoresTheServerCounts() {
    Dive dive = HighScores.module();
    try (Server server = HighScores.start(0, 0, dive);
        Client ann = Client.connect(http(server), "ann", Transport.UDP).join()) {
      HighScores scores = new HighScores(dive);
      scores.won("ann", 3);
      assertThat(scores.won("ann", 4)).isEqualTo(7);
      assertThat(scores.latest()).containsExactly(Value.of("ann"), Value.of("ann"));
      assertThat(ann.storage("scores").get("ann").join()).contains(Value.of(7));
      assertThatThrownBy(() -> ann.storage("scores").increment("ann", 1).join())
          .hasMessageContaining("9005");
      assertThatThrownBy(() -> ann.storage("secrets").get("ann").join())
          .hasMessageContaining("9001");
    }
  }

  @Test
  void everyoneGetsTheNewsOnceAlsoWhoComesLater() throws Exception {
    NewsServer news = new NewsServer();
    try (Server server = news.start(0, 0, Duration.ofMillis(200))) {
      news.publish("hello");
      assertThat(heardBy(server, "early")).isEqualTo("hello");
      assertThat(heardBy(server, "late")).isEqualTo("hello");
    }
  }

  private static String heardBy(Server server, String uid) {
    CompletableFuture<String> heard = new CompletableFuture<>();
    try (Client client =
        Client.builder().http(http(server)).uid(uid).transport(Transport.UDP).build()) {
      client.onPush(
          NewsServer.VER, NewsServer.NEWS, payload -> heard.complete(new String(payload, UTF_8)));
      client.connect().join();
      return heard.join();
    }
  }
}

package dev.skein.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.skein.client.Client;
import dev.skein.client.Transport;
import dev.skein.client.room.Room;
import dev.skein.server.Role;
import dev.skein.server.Server;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A third party wrote a client from the protocol document: it plays with the Java client. */
class NodeClientProcessTest {
  private static final Path SCRIPT = Path.of("node-client", "play.mjs");
  private static final int LIMIT_SECONDS = 30;

  @Test
  void aClientWrittenFromTheDocumentMeetsTheJavaClientInARoom() throws Exception {
    assumeThat(nodeIsInstalled()).as("Node.js is installed").isTrue();
    try (Server server = HelloServer.start(0, 0);
        Client alice = Client.connect(http(server), "alice", Transport.UDP).join()) {
      Queue<String> heard = new ConcurrentLinkedQueue<>();
      Room room = alice.rooms().joinOrCreate("chess").join();
      room.onBroadcast((from, payload) -> heard.add(from.uid() + ": " + text(payload)));
      room.onJoined(
          (member, message) -> room.broadcast("hello from alice".getBytes(StandardCharsets.UTF_8)));

      Process bob = play(server, "bob", "chess", 2);
      String printed = text(bob.getInputStream().readAllBytes());

      assertThat(bob.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)).as(printed).isTrue();
      assertThat(bob.exitValue()).as(printed).isZero();
      assertThat(printed)
          .contains("{\"from\":\"alice\",\"text\":\"hello from alice\"}")
          .contains("{\"from\":\"bob\",\"text\":\"hello from bob\"}");
      assertThat(heard).contains("bob: hello from bob", "alice: hello from alice");
    }
  }

  private static Process play(Server server, String uid, String type, int players)
      throws IOException {
    return new ProcessBuilder(
            "node",
            SCRIPT.toString(),
            http(server).substring("http://".length()),
            uid,
            type,
            Integer.toString(players))
        .redirectErrorStream(true)
        .start();
  }

  private static boolean nodeIsInstalled() throws InterruptedException {
    try {
      return new ProcessBuilder("node", "--version").start().waitFor() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private static String http(Server server) {
    return "http://127.0.0.1:" + server.address(Role.HTTP).orElseThrow().getPort();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}

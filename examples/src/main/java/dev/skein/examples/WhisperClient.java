package dev.skein.examples;

import dev.skein.client.Client;
import dev.skein.client.Transport;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;

/** Two players whisper: one says something, the other answers with what it understood. */
public final class WhisperClient {
  private WhisperClient() {}

  static String whisper(String http, String uid, String to, String words) {
    try (Client one = Client.connect(http, uid, Transport.UDP).join();
        Client other = Client.connect(http, to, Transport.UDP).join()) {
      CompletableFuture<String> answer = new CompletableFuture<>();
      one.directMessages().onMessage((from, said) -> answer.complete(from + ": " + text(said)));
      other
          .directMessages()
          .onMessage(
              (from, said) -> other.directMessages().send(from, bytes("you said " + text(said))));
      // Completes when the other's node has given it to the other's session.
      one.directMessages().send(to, bytes(words)).join();
      return answer.join();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  public static void main(String[] args) {
    System.out.println(whisper("http://127.0.0.1:7000", "alice", "bob", "my password is-secret"));
  }
}

package dev.skein.cli.shell;

import dev.skein.client.Client;
import java.util.List;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;

/** Direct messages, to and from. */
final class DmPhrases {
  private final Client client;

  DmPhrases(Client client, Consumer<String> show) {
    this.client = client;
    client
        .directMessages()
        .onMessage((uid, data) -> show.accept(uid + " to you" + EventLines.text(data)));
    client
        .directMessages()
        .onPeerGone(
            (uid, lost) -> show.accept(uid + (lost ? " is gone" : " ended the conversation")));
  }

  List<Phrase> all() {
    return List.of(
        new Phrase("dm", "UID TEXT", "to one user, wherever it is", this::send),
        new Phrase("dm-end", "UID", "ends the conversation; the other is told", this::end));
  }

  private CompletionStage<String> send(Words words) {
    words.at(2);
    return client.directMessages().send(words.at(1), words.bytes(2)).thenApply(done -> "delivered");
  }

  private CompletionStage<String> end(Words words) {
    return client.directMessages().end(words.at(1)).thenApply(done -> "done");
  }
}

package dev.skein.cli.shell;

import dev.skein.client.Client;
import dev.skein.client.ClientStats;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** What every server answers, and a game's own commands by their numbers. */
final class CorePhrases {
  private static final int CORE_VER = 0;
  private static final int ECHO = 1;
  private static final double NANOS_PER_MILLI = 1e6;

  private final Client client;

  CorePhrases(Client client) {
    this.client = client;
  }

  List<Phrase> all() {
    return List.of(
        new Phrase("echo", "TEXT", "the server answers with the same", this::echo),
        new Phrase("call", "VER CMD [TEXT]", "a command, and its answer", this::call),
        new Phrase("send", "VER CMD [TEXT]", "a command that wants no answer", this::send),
        new Phrase("status", "", "how the connection is", words -> status()));
  }

  private CompletionStage<String> echo(Words words) {
    return called(CORE_VER, ECHO, words.bytes(1));
  }

  private CompletionStage<String> call(Words words) {
    words.at(2);
    return called(words.number(1, 0), words.number(2, 0), words.bytes(3));
  }

  private CompletionStage<String> called(int ver, int cmd, byte[] payload) {
    long startNanos = System.nanoTime();
    return client
        .call(ver, cmd, payload)
        .thenApply(answer ->
            String.format(
                Locale.ROOT,
                "OK in %.2f ms: %s",
                (System.nanoTime() - startNanos) / NANOS_PER_MILLI,
                new String(answer, StandardCharsets.UTF_8)));
  }

  private CompletionStage<String> send(Words words) {
    words.at(2);
    client.send(words.number(1, 0), words.number(2, 0), words.bytes(3));
    return CompletableFuture.completedFuture("sent");
  }

  private CompletionStage<String> status() {
    ClientStats stats = client.stats();
    return CompletableFuture.completedFuture(
        String.format(
            Locale.ROOT,
            "%s over %s as %s, session %s, round trip %.2f ms, %d resumes, %,d B in, %,d B out",
            client.state(),
            client.transport(),
            client.uid(),
            client.sid(),
            stats.session().smoothedRttNanos() / NANOS_PER_MILLI,
            stats.resumes(),
            stats.session().bytesReceived(),
            stats.session().bytesSent()));
  }
}

package dev.skein.cli.shell;

import dev.skein.client.Client;
import dev.skein.client.dive.Storage;
import dev.skein.protocol.dive.End;
import dev.skein.protocol.payload.Value;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;

/** Every Dive command of the protocol, for storages that the server exposes. */
final class DivePhrases {
  private final Client client;

  DivePhrases(Client client) {
    this.client = client;
  }

  List<Phrase> all() {
    return List.of(
        new Phrase("dive-get", "STORAGE KEY", "reads a value", this::get),
        new Phrase("dive-set", "STORAGE KEY SECONDS VALUE", "sets it; 0: for ever", this::set),
        new Phrase(
            "dive-init", "STORAGE KEY SECONDS VALUE", "sets it if it is not there", this::init),
        new Phrase("dive-delete", "STORAGE KEY", "removes it", this::delete),
        new Phrase("dive-expire", "STORAGE KEY SECONDS", "gives it another time", this::expire),
        new Phrase("dive-ttl", "STORAGE KEY", "how long it has to live", this::ttl),
        new Phrase("dive-add", "STORAGE KEY NUMBER", "adds to a whole number", this::add),
        new Phrase("dive-push", "STORAGE KEY first|last VALUE", "adds to a list", this::push),
        new Phrase("dive-pop", "STORAGE KEY first|last", "takes from a list", this::pop),
        new Phrase("dive-range", "STORAGE KEY [FROM] [TO]", "reads a list", this::range));
  }

  private Storage storage(Words words) {
    return client.storage(words.at(1));
  }

  private static Duration seconds(Words words) {
    words.at(3);
    return Duration.ofSeconds(words.number(3, 0));
  }

  private static String shown(Optional<Value> value) {
    return value.map(EventLines::value).orElse("nothing is there");
  }

  private CompletionStage<String> get(Words words) {
    return storage(words).get(words.at(2)).thenApply(DivePhrases::shown);
  }

  private CompletionStage<String> set(Words words) {
    return storage(words)
        .set(words.at(2), words.value(4), seconds(words))
        .thenApply(nothing -> "set");
  }

  private CompletionStage<String> init(Words words) {
    return storage(words)
        .setIfAbsent(words.at(2), words.value(4), seconds(words))
        .thenApply(set -> set ? "set" : "something is there");
  }

  private CompletionStage<String> delete(Words words) {
    return storage(words)
        .delete(words.at(2))
        .thenApply(deleted -> deleted ? "deleted" : "nothing is there");
  }

  private CompletionStage<String> expire(Words words) {
    return storage(words)
        .expire(words.at(2), seconds(words))
        .thenApply(there -> there ? "done" : "nothing is there");
  }

  private CompletionStage<String> ttl(Words words) {
    return storage(words)
        .ttl(words.at(2))
        .thenApply(ttl ->
            ttl.map(left -> left.isZero() ? "for ever" : left.toMillis() + " ms")
                .orElse("nothing is there"));
  }

  private CompletionStage<String> add(Words words) {
    words.at(3);
    return storage(words)
        .increment(words.at(2), words.number(3, 0))
        .thenApply(sum -> Long.toString(sum));
  }

  private CompletionStage<String> push(Words words) {
    return storage(words)
        .push(words.at(2), end(words), List.of(words.value(4)))
        .thenApply(size -> size + " values");
  }

  private CompletionStage<String> pop(Words words) {
    return storage(words).pop(words.at(2), end(words)).thenApply(DivePhrases::shown);
  }

  private CompletionStage<String> range(Words words) {
    return storage(words)
        .range(words.at(2), words.number(3, 0), words.number(4, 1_000))
        .thenApply(
            values -> values.stream().map(EventLines::value).collect(Collectors.joining(", ")));
  }

  private static End end(Words words) {
    return switch (words.at(3)) {
      case "first" -> End.FIRST;
      case "last" -> End.LAST;
      default -> throw new Words.Misuse("'" + words.at(3) + "' is neither first nor last");
    };
  }
}

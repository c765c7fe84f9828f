package dev.skein.cli.shell;

import dev.skein.client.Client;
import dev.skein.client.group.Group;
import dev.skein.protocol.group.GroupRequest.Terms;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/** Every group command of the protocol, and what groups say. */
final class GroupPhrases {
  private final Client client;
  private final Consumer<String> show;

  GroupPhrases(Client client, Consumer<String> show) {
    this.client = client;
    this.show = show;
    client.groups().onEntered(this::listen);
  }

  List<Phrase> all() {
    return List.of(
        new Phrase("g-create", "[TYPE]", "a new group, with you in it", this::create),
        new Phrase("g-join", "GROUP [MESSAGE]", "into a group, by id or name", this::join),
        new Phrase("g-random", "TYPE", "into any group of the type, or a new one", this::random),
        new Phrase("g-leave", "GROUP [MESSAGE]", "out of a group", this::leave),
        new Phrase("g-say", "GROUP TEXT", "to everyone in the group, you included", this::say),
        new Phrase("g-stat", "GROUP", "how many are in it, on how many nodes", this::stat),
        new Phrase("groups", "", "the groups you are in", words -> list()));
  }

  private void listen(Group group) {
    String name = "[" + group.id() + "] ";
    show.accept(name + "you are in (" + group.type() + ")" + EventLines.text(group.welcome()));
    group.onBroadcast((uid, data) -> show.accept(name + uid + " says" + EventLines.text(data)));
    group.onAnnounce(data -> show.accept(name + "the server says" + EventLines.text(data)));
    group.onJoined((uid, text) -> show.accept(name + uid + " came in" + EventLines.text(text)));
    group.onLeft(
        (uid, why, text) -> show.accept(name + uid + " is out, " + why + EventLines.text(text)));
    group.onExited(
        (why, text) -> show.accept(name + "you are out, " + why + EventLines.text(text)));
    group.onGap(() -> show.accept(name + "something may be missing here"));
    group.onUndelivered(code -> show.accept(name + "not everybody may have heard it: " + code));
  }

  private CompletionStage<String> create(Words words) {
    return client
        .groups()
        .create(Terms.of(words.at(1, "group")), new byte[0])
        .thenApply(group -> "made " + group.id());
  }

  private CompletionStage<String> join(Words words) {
    return client
        .groups()
        .join(words.at(1), words.bytes(2))
        .thenApply(group -> "joined " + group.id());
  }

  private CompletionStage<String> random(Words words) {
    return client.groups().joinOrCreate(words.at(1)).thenApply(group -> "joined " + group.id());
  }

  private CompletionStage<String> leave(Words words) {
    return group(words).leave(words.bytes(2)).thenApply(done -> "done");
  }

  private CompletionStage<String> say(Words words) {
    words.at(2);
    return group(words).broadcastConfirmed(words.bytes(2)).thenApply(done -> "");
  }

  private CompletionStage<String> stat(Words words) {
    return client
        .groups()
        .stat(words.at(1))
        .thenApply(stat ->
            stat.id()
                + " ("
                + stat.type()
                + "): "
                + stat.members()
                + " members on "
                + stat.nodes()
                + " nodes"
                + (stat.registered() ? ", registered" : ""));
  }

  private CompletionStage<String> list() {
    return CompletableFuture.completedFuture(
        client.groups().joined().stream()
            .map(group -> group.id() + " (" + group.type() + ")")
            .collect(Collectors.joining("\n")));
  }

  private Group group(Words words) {
    String id = words.at(1);
    return client.groups().group(id).orElseThrow(() -> new Words.Misuse("you are not in " + id));
  }
}

package dev.skein.server;

import dev.skein.mesh.Store;
import dev.skein.protocol.Channel;
import dev.skein.server.cluster.NodeQuestion;
import dev.skein.server.cluster.UserEntry;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/** The users of all nodes. Any thread may call, nothing blocks. */
final class ClusterDirectory implements UserDirectory {
  private final LocalDirectory here;
  private final Store store;
  private final Peers peers;
  private final Metrics.Counter forwarded;
  private final Metrics.Counter missed;
  private final Metrics.Counter failed;

  /**
   * @param here answers for the users of this node
   * @param store uid to {@link UserEntry}
   */
  ClusterDirectory(LocalDirectory here, Store store, Peers peers, Metrics metrics) {
    this.here = here;
    this.store = store;
    this.peers = peers;
    this.forwarded =
        metrics.counter("skein.directory.forwarded", "Calls for users passed on to other nodes");
    this.missed = metrics.counter("skein.directory.missed", "Calls for users who were not there");
    this.failed = metrics.counter("skein.directory.failed", "Calls for users that found no answer");
  }

  @Override
  public CompletionStage<Optional<Location>> locate(String uid) {
    Optional<Location> local = here.find(uid);
    return local.isPresent()
        ? CompletableFuture.completedFuture(local)
        : entry(uid).thenApply(found -> found.map(entry -> location(uid, entry)));
  }

  @Override
  public CompletionStage<Boolean> push(
      String uid, int ver, int cmd, byte[] payload, Channel channel) {
    here.checkPush(ver, cmd, payload);
    return atItsNode(
        uid,
        directory -> directory.push(uid, ver, cmd, payload, channel),
        NodeQuestion.Push.of(uid, ver, cmd, payload, channel));
  }

  @Override
  public CompletionStage<Boolean> disconnect(String uid, int code, String text) {
    return atItsNode(
        uid,
        directory -> directory.disconnect(uid, code, text),
        new NodeQuestion.Disconnect(uid, code, text));
  }

  @Override
  public CompletionStage<Boolean> move(String uid, String node) {
    return atItsNode(uid, directory -> directory.move(uid, node), new NodeQuestion.Move(uid, node));
  }

  private CompletionStage<Boolean> atItsNode(
      String uid, Function<UserDirectory, CompletionStage<Boolean>> call, NodeQuestion question) {
    return here.find(uid).isPresent() ? call.apply(here) : forward(uid, question);
  }

  /** A user may move while it is looked for, so a node that denies it is not the last word. */
  private CompletionStage<Boolean> forward(String uid, NodeQuestion question) {
    forwarded.increment();
    return entry(uid)
        .thenCompose(first ->
            ask(first, question)
                .thenCompose(done ->
                    done || first.isEmpty()
                        ? CompletableFuture.completedFuture(done)
                        : again(uid, first.get(), question)))
        .whenComplete((done, failure) -> {
          if (failure != null) {
            failed.increment();
          } else if (!done) {
            missed.increment();
          }
        });
  }

  private CompletionStage<Boolean> again(String uid, UserEntry first, NodeQuestion question) {
    return entry(uid)
        .thenCompose(second ->
            second.filter(first::isSameSession).isPresent()
                ? CompletableFuture.completedFuture(false)
                : ask(second, question));
  }

  private CompletionStage<Boolean> ask(Optional<UserEntry> entry, NodeQuestion question) {
    return entry
        .map(found -> peers.askWhether(found.node(), question))
        .orElseGet(() -> CompletableFuture.completedFuture(false));
  }

  /** What the store says; users of a node out of sight are not connected. */
  private CompletionStage<Optional<UserEntry>> entry(String uid) {
    return store.get(uid).thenApply(value -> value.map(UserEntry::decode).filter(peers::isInSight));
  }

  private static Location location(String uid, UserEntry entry) {
    return new Location(uid, entry.sid(), entry.node(), Role.valueOf(entry.role()));
  }
}

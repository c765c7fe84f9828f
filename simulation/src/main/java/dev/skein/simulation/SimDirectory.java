package dev.skein.simulation;

import dev.skein.mesh.MeshException;
import dev.skein.protocol.Channel;
import dev.skein.server.Shard;
import dev.skein.server.Traveller;
import dev.skein.server.UserDirectory;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The users of a simulated cluster, asked from one node. */
final class SimDirectory implements UserDirectory {
  private static final long TIMEOUT_NANOS = TimeUnit.SECONDS.toNanos(5);

  /** For two seconds a module may not be ready for a user's move. */
  private static final int READY_ATTEMPTS_MAX = 200;

  private static final long READY_PAUSE_MILLIS = 10;

  private final SimCluster cluster;
  private final SimNode node;

  SimDirectory(SimCluster cluster, SimNode node) {
    this.cluster = cluster;
    this.node = node;
  }

  @Override
  public CompletionStage<Optional<Location>> locate(String uid) {
    return after(answer ->
        answer.complete(
            cluster
                .client(uid)
                .map(client ->
                    new Location(
                        uid, client.sid(), client.node().address(), client.user().role()))));
  }

  @Override
  public CompletionStage<Boolean> push(
      String uid, int ver, int cmd, byte[] payload, Channel channel) {
    return atUser(uid, user -> user.push(ver, cmd, payload, channel));
  }

  @Override
  public CompletionStage<Boolean> disconnect(String uid, int code, String text) {
    return atUser(uid, user -> user.disconnect(code, text));
  }

  @Override
  public CompletionStage<Boolean> move(String uid, String address) {
    return after(answer -> {
      Optional<SimClient> client = cluster.client(uid);
      if (client.isEmpty()) {
        answer.complete(false);
        return;
      }
      SimUser user = client.get().current();
      user.node().runtime().run(() -> user.shard().execute(() -> depart(user, address, answer)));
    });
  }

  /** On the user's shard: when modules are ready everything is packed, and follows the client. */
  private void depart(SimUser user, String address, CompletableFuture<Boolean> answer) {
    depart(user, address, answer, READY_ATTEMPTS_MAX);
  }

  private void depart(
      SimUser user, String address, CompletableFuture<Boolean> answer, int attemptsLeft) {
    if (!user.isConnected() || attemptsLeft == 0) {
      answer.complete(false);
      return;
    }
    SimNode from = user.node();
    if (!from.travellers().stream().allMatch(traveller -> traveller.isReady(user))) {
      user.shard()
          .schedule(() -> depart(user, address, answer, attemptsLeft - 1), READY_PAUSE_MILLIS);
      return;
    }
    List<byte[]> packed = new ArrayList<>();
    for (Traveller traveller : from.travellers()) {
      packed.add(traveller.pack(user));
    }
    from.dismiss(user);
    Optional<SimNode> to =
        cluster
            .running(address)
            .filter(there -> cluster.net().reaches(from.address(), address))
            .filter(there -> there.mesh().self().acceptsUsers());
    cluster
        .clock()
        .after(
            cluster.net().delayNanos(),
            () -> arrive(user, to.orElse(from), packed, () -> answer.complete(to.isPresent())));
  }

  private void arrive(SimUser before, SimNode to, List<byte[]> packed, Runnable done) {
    to.runtime()
        .run(() -> {
          Shard shard = to.shards().get(before.shard().index() % to.shards().size());
          SimUser user = new SimUser(before.client(), to, shard);
          to.admit(user);
          shard.execute(() -> {
            for (int i = 0; i < packed.size(); i++) {
              if (packed.get(i).length > 0) {
                to.travellers().get(i).unpack(user, packed.get(i));
              }
            }
            done.run();
          });
        });
  }

  private CompletionStage<Boolean> atUser(String uid, Consumer<SimUser> call) {
    return after(answer -> {
      Optional<SimClient> client = cluster.client(uid);
      if (client.isEmpty()) {
        answer.complete(false);
      } else if (cluster.net().reaches(node.address(), client.get().node().address())) {
        SimUser user = client.get().current();
        call.accept(user);
        answer.complete(true);
      } else {
        fail(answer, client.get().node().address() + " is out of reach");
      }
    });
  }

  /** Asks the cluster, which answers after a moment, or not to a node that is cut off. */
  private <T> CompletionStage<T> after(Consumer<CompletableFuture<T>> question) {
    CompletableFuture<T> answer = new CompletableFuture<>();
    Supplier<Boolean> cutOff = () -> !cluster.net().isWithMajority(node.address());
    node.runtime()
        .runAfter(
            cluster.net().delayNanos(),
            () -> {
              if (cutOff.get()) {
                fail(answer, "this node is cut off with the smaller part of the cluster");
              } else {
                question.accept(answer);
              }
            });
    return answer;
  }

  private void fail(CompletableFuture<?> answer, String why) {
    node.runtime()
        .runAfter(
            TIMEOUT_NANOS,
            () -> answer.completeExceptionally(new MeshException.NetworkFailed(why)));
  }
}

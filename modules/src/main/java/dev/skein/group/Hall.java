package dev.skein.group;

import dev.skein.protocol.Channel;
import dev.skein.protocol.group.GroupEvent;
import dev.skein.server.Shard;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/**
 * A group's members on this node, shard by shard, and the branch that they hear through. The branch
 * is confined to the group's desk; each bench to its shard.
 */
final class Hall implements Branch.Audience {
  private final Desk desk;
  private final Entrance entrance;
  private final List<Bench> benches = new ArrayList<>();
  private final Branch branch;

  Hall(long group, Desk desk, Entrance entrance, List<Shard> shards, LongSupplier numbers) {
    this.desk = desk;
    this.entrance = entrance;
    shards.forEach(shard -> benches.add(new Bench(shard)));
    this.branch = new Branch(group, desk, this, new Publications(numbers));
  }

  long group() {
    return branch.group();
  }

  Branch branch() {
    return branch;
  }

  Desk desk() {
    return desk;
  }

  Bench bench(Shard shard) {
    return benches.get(shard.index());
  }

  /** The members on this node. Any thread. */
  List<User> users() {
    List<User> users = new ArrayList<>();
    benches.forEach(bench -> users.addAll(bench.users()));
    return users;
  }

  boolean isEmpty() {
    return benches.stream().allMatch(Bench::isEmpty);
  }

  /** Says something to the group. Any thread. */
  CompletableFuture<Void> publish(Utterance said, int channel) {
    CompletableFuture<Void> done = new CompletableFuture<>();
    desk.post(() ->
        branch
            .publish(said, channel)
            .whenComplete((nothing, failure) -> desk.finish(done, null, failure)));
    return done;
  }

  @Override
  public void hear(Entry entry) {
    Utterance said = entry.said();
    String except = said.kind() == Utterance.Kind.JOINED ? said.uid() : "";
    toAll(GroupPush.of(group(), said), channel(), except, branch.place());
  }

  @Override
  public void hearLoose(Mail.Loose loose) {
    Channel channel =
        loose.channel() == Mail.UNRELIABLY
            ? Channel.UNRELIABLE
            : Channel.sequenced(loose.channel());
    toAll(GroupPush.of(group(), loose.said()), channel, "", Place.NOW);
  }

  @Override
  public void gap() {
    entrance.countGap();
    toAll(GroupPush.of(new GroupEvent.Gap(group())), channel(), "", Place.NOW);
  }

  @Override
  public void closed(byte[] message) {
    branch
        .charter()
        .ifPresent(
            charter -> benches.forEach(bench -> entrance.evict(this, bench, charter, message)));
  }

  Channel channel() {
    return Channel.ordered(branch.charter().map(of -> of.options().channel()).orElse(0));
  }

  private void toAll(byte[] message, Channel channel, String except, Place at) {
    for (Bench bench : benches) {
      if (bench.isExpecting()) {
        bench.deliver(message, channel, except, at);
      }
    }
  }
}

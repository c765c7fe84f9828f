package dev.skein.client.group;

import dev.skein.client.Client;
import dev.skein.client.Listeners;
import dev.skein.client.Subscription;
import dev.skein.protocol.Channel;
import dev.skein.protocol.group.GroupCmd;
import dev.skein.protocol.group.GroupEvent;
import dev.skein.protocol.group.GroupRequest;
import dev.skein.protocol.group.GroupStat;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.room.LeaveReason;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A group this client is in. Any thread may call. Listeners run where the client's callbacks run,
 * one at a time, in the order of the server's news; the array they get is theirs. Futures fail with
 * {@link dev.skein.client.CommandFailed}, whose code is one of {@link
 * dev.skein.protocol.group.GroupCode}. All reliable messages of a group arrive in one order, the
 * same for all its members, unless {@link #onGap} says that something is missing.
 */
public final class Group {
  private static final Duration CALL_TIMEOUT = Duration.ofSeconds(15);

  private final Client client;
  private final GroupEvent.Entered entry;
  private final Channel channel;
  private final Listeners<BiConsumer<String, byte[]>> broadcast = new Listeners<>();
  private final Listeners<Consumer<byte[]>> announce = new Listeners<>();
  private final Listeners<BiConsumer<String, byte[]>> came = new Listeners<>();
  private final Listeners<LeftListener> left = new Listeners<>();
  private final Listeners<BiConsumer<LeaveReason, byte[]>> exited = new Listeners<>();
  private final Listeners<Runnable> gap = new Listeners<>();
  private final Listeners<IntConsumer> undelivered = new Listeners<>();
  private volatile boolean joined = true;

  Group(Client client, GroupEvent.Entered entry) {
    this.client = client;
    this.entry = entry;
    this.channel = Channel.ordered(entry.channel());
  }

  /** Hears who is out, why, and the message that came with the news. */
  @FunctionalInterface
  public interface LeftListener {
    void onLeft(String uid, LeaveReason reason, byte[] message);
  }

  /** The group's id, the same for everybody. */
  public String id() {
    return entry.groupId();
  }

  public String type() {
    return entry.type();
  }

  /** What the server's join hook said to this client; empty if nothing. */
  public byte[] welcome() {
    return entry.welcome();
  }

  /** False once this client is out of the group. */
  public boolean isJoined() {
    return joined;
  }

  /** The numbers of the whole group. */
  public CompletableFuture<GroupStat> stat() {
    return client.groups().stat(id());
  }

  /** Leaves; tells nobody. */
  public CompletableFuture<Void> leave() {
    return leave(new byte[0]);
  }

  /** Leaves; the others get the message with the news, if it is not empty. */
  public CompletableFuture<Void> leave(byte[] message) {
    return Groups.call(client, new GroupRequest.Leave(entry.group(), message))
        .thenApply(payload -> null);
  }

  /**
   * Sends to all members, this client included, reliably and in order. Does not wait; what fails is
   * told to {@link #onUndelivered}, or to {@link Client#onError} if the server refuses it at once.
   */
  public void broadcast(byte[] data) {
    broadcast(data, channel);
  }

  /** The same; it reaches the others as reliably as this channel's kind says. */
  public void broadcast(byte[] data, Channel over) {
    client.send(GroupCmd.VER, GroupCmd.BROADCAST, addressed(data), over);
  }

  /**
   * The same as {@link #broadcast(byte[])}; completes when every node with members has it. The
   * server handles this client's next command only then.
   */
  public CompletableFuture<Void> broadcastConfirmed(byte[] data) {
    return client
        .call(GroupCmd.VER, GroupCmd.BROADCAST, addressed(data), channel, CALL_TIMEOUT)
        .thenApply(payload -> null);
  }

  private byte[] addressed(byte[] data) {
    return new PayloadWriter().varint(entry.group()).raw(data).toBytes();
  }

  // Events

  /** Broadcasts by uid, this client's own included. */
  public Subscription onBroadcast(BiConsumer<String, byte[]> listener) {
    return broadcast.add(listener);
  }

  /** What the server says. */
  public Subscription onAnnounce(Consumer<byte[]> listener) {
    return announce.add(listener);
  }

  /** Somebody else, by uid, came in with a message. Who has none comes in silently. */
  public Subscription onJoined(BiConsumer<String, byte[]> listener) {
    return came.add(listener);
  }

  /** Somebody else is out and left a message. */
  public Subscription onLeft(LeftListener listener) {
    return left.add(listener);
  }

  /** This client is out; the last event of the group. */
  public Subscription onExited(BiConsumer<LeaveReason, byte[]> listener) {
    return exited.add(listener);
  }

  /**
   * This client's node had lost the others for a while: messages may be missing, and what comes has
   * no order in common with what came before.
   */
  public Subscription onGap(Runnable listener) {
    return gap.add(listener);
  }

  /** A broadcast of this client may not have reached everybody; gets the code of the failure. */
  public Subscription onUndelivered(IntConsumer listener) {
    return undelivered.add(listener);
  }

  void on(GroupEvent event) {
    switch (event) {
      case GroupEvent.Said said ->
          broadcast.tell(listener -> listener.accept(said.uid(), said.data()));
      case GroupEvent.Announced announced ->
          announce.tell(listener -> listener.accept(announced.data()));
      case GroupEvent.Joined news ->
          came.tell(listener -> listener.accept(news.uid(), news.message()));
      case GroupEvent.Left news ->
          left.tell(listener -> listener.onLeft(news.uid(), news.reason(), news.message()));
      case GroupEvent.Exited news -> exit(news.reason(), news.message());
      case GroupEvent.Gap news -> gap.tell(Runnable::run);
      case GroupEvent.Undelivered news ->
          undelivered.tell(listener -> listener.accept(news.code()));
      case GroupEvent.Entered again ->
          throw new IllegalArgumentException("entered twice: " + again);
    }
  }

  void exit(LeaveReason reason, byte[] message) {
    joined = false;
    exited.tell(listener -> listener.accept(reason, message));
  }

  @Override
  public String toString() {
    return "Group " + id();
  }
}

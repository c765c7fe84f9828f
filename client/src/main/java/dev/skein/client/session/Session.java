package dev.skein.client.session;

import dev.skein.client.Client;
import dev.skein.client.Subscription;
import dev.skein.protocol.Channel;
import dev.skein.protocol.party.PartyCmd;
import dev.skein.protocol.party.PartyReply;
import dev.skein.protocol.party.PartyRequest;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.LeaveReason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.IntConsumer;

/**
 * A session (party) this client is in, wherever the other members are connected. Any thread may
 * call; reads give what the server has told so far. Listeners run where the client's callbacks run,
 * one at a time, in the order of the server's news, which is the same for all members. Futures fail
 * with {@link dev.skein.client.CommandFailed}, whose code is one of {@link
 * dev.skein.protocol.party.PartyCode}.
 */
public final class Session {
  private final Client client;
  private final SessionMirror mirror;

  Session(Client client, SessionMirror mirror) {
    this.client = client;
    this.mirror = mirror;
  }

  /** Hears who is out, why, and the message that came with the news. */
  @FunctionalInterface
  public interface LeftListener {
    void onLeft(String uid, LeaveReason reason, byte[] message);
  }

  SessionMirror mirror() {
    return mirror;
  }

  // What is

  /** The same for everybody. */
  public String id() {
    return mirror.id();
  }

  public String type() {
    return mirror.type();
  }

  public int maxMembers() {
    return mirror.maxMembers();
  }

  /** All members' uids, this client's included, in the order of joining. */
  public List<String> members() {
    return mirror.members();
  }

  /** The owner's uid. */
  public String owner() {
    return mirror.ownerUid();
  }

  /** True if this client owns the session. */
  public boolean isOwner() {
    return owner().equals(client.uid());
  }

  /** False once this client is out of the session. */
  public boolean isJoined() {
    return mirror.isPresent();
  }

  /** What the server's join hook said to this client; empty if nothing. */
  public byte[] welcome() {
    return mirror.welcome();
  }

  public Optional<Value> property(String key) {
    return Optional.ofNullable(mirror.values().get(key));
  }

  /** A copy of the properties. */
  public Map<String, Value> properties() {
    return Map.copyOf(mirror.values());
  }

  // Members

  /**
   * Asks others in.
   *
   * @return those of them who are not connected; they are invited all the same
   */
  public CompletableFuture<List<String>> invite(List<String> uids, byte[] message) {
    return call(new PartyRequest.Invite(type(), uids, message))
        .thenApply(payload -> Sessions.decoded(PartyReply.Unreached.decode(payload)).uids());
  }

  /** Leaves. */
  public CompletableFuture<Void> leave() {
    return leave(new byte[0]);
  }

  /** Leaves; the others get the message with the news. */
  public CompletableFuture<Void> leave(byte[] message) {
    return done(new PartyRequest.Leave(type(), message));
  }

  /** Removes a member; only the owner may. */
  public CompletableFuture<Void> kick(String uid, byte[] message) {
    return done(new PartyRequest.Kick(type(), uid, message));
  }

  /** Makes another member the owner; only the owner may. */
  public CompletableFuture<Void> changeOwner(String uid) {
    return done(new PartyRequest.ChangeOwner(type(), uid));
  }

  // Talk

  /** Sends to all members, this client included, reliably and in one order. */
  public void broadcast(byte[] data) {
    broadcast(data, Channel.ordered(0));
  }

  /** The same; over an unreliable or sequenced channel it may be lost and has no order. */
  public void broadcast(byte[] data, Channel channel) {
    client.send(
        PartyCmd.VER,
        PartyCmd.BROADCAST,
        new PartyRequest.Broadcast(type(), data).encode(),
        channel);
  }

  /** Sends to all members, reliably and in one order; done when the session has taken it. */
  public CompletableFuture<Void> broadcastConfirmed(byte[] data) {
    return done(new PartyRequest.Broadcast(type(), data));
  }

  /** Sends to some members, reliably and in the same order. */
  public CompletableFuture<Void> message(List<String> uids, byte[] data) {
    return done(new PartyRequest.Message(type(), uids, data));
  }

  // Properties

  /** Sets one property. */
  public CompletableFuture<Void> setProperty(String key, Value value) {
    return changeProperties(Map.of(key, Optional.of(value)));
  }

  /** Removes one property. */
  public CompletableFuture<Void> removeProperty(String key) {
    return changeProperties(Map.of(key, Optional.empty()));
  }

  /** Sets and removes (an empty value) properties, all of them or none. */
  public CompletableFuture<Void> changeProperties(Map<String, Optional<Value>> changes) {
    return done(new PartyRequest.ChangeProperties(type(), changes));
  }

  /** Sets a property if it still is as expected (empty: not there); false if it was not. */
  public CompletableFuture<Boolean> replaceProperty(
      String key, Optional<Value> expected, Value value) {
    return call(new PartyRequest.ReplaceProperty(type(), key, expected, value))
        .thenApply(payload -> Sessions.decoded(PartyReply.Replaced.decode(payload)).replaced());
  }

  /** Adds to a number, one that is not there counts as zero; gives the sum. */
  public CompletableFuture<Value> incrementProperty(String key, Value delta) {
    return call(new PartyRequest.IncrementProperty(type(), key, delta))
        .thenApply(payload -> Sessions.decoded(PartyReply.Now.decode(payload)).value());
  }

  // Events

  /** A member (also this client) says something to all. */
  public Subscription onBroadcast(BiConsumer<String, byte[]> listener) {
    return mirror.broadcast.add(listener);
  }

  /** A member says something to this client and maybe others. */
  public Subscription onMessage(BiConsumer<String, byte[]> listener) {
    return mirror.message.add(listener);
  }

  /** The server says something to all. */
  public Subscription onAnnounce(Consumer<byte[]> listener) {
    return mirror.announce.add(listener);
  }

  /** Somebody came in. */
  public Subscription onJoined(BiConsumer<String, byte[]> listener) {
    return mirror.joined.add(listener);
  }

  /** Somebody is out. */
  public Subscription onLeft(LeftListener listener) {
    return mirror.left.add(listener);
  }

  /** This client is out. */
  public Subscription onExited(BiConsumer<LeaveReason, byte[]> listener) {
    return mirror.exited.add(listener);
  }

  /** Another member owns the session. */
  public Subscription onOwner(Consumer<String> listener) {
    return mirror.owner.add(listener);
  }

  /** Somebody who was invited does not come. */
  public Subscription onDeclined(BiConsumer<String, byte[]> listener) {
    return mirror.declined.add(listener);
  }

  /** Properties changed; an empty value: removed. */
  public Subscription onProperties(Consumer<Map<String, Optional<Value>>> listener) {
    return mirror.properties.add(listener);
  }

  /** So much news was lost, because this client's node was cut off for too long. */
  public Subscription onMissed(IntConsumer listener) {
    return mirror.missed.add(listener);
  }

  private CompletableFuture<byte[]> call(PartyRequest request) {
    return Sessions.call(client, request, Channel.ordered(0));
  }

  private CompletableFuture<Void> done(PartyRequest request) {
    return call(request).thenAccept(nothing -> {});
  }

  @Override
  public String toString() {
    return type() + " " + id();
  }
}

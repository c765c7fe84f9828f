package dev.skein.client.room;

import dev.skein.client.Client;
import dev.skein.client.Subscription;
import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.ChatLine;
import dev.skein.protocol.room.Combine;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomCmd;
import dev.skein.protocol.room.RoomReply;
import dev.skein.protocol.room.RoomRequest;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * A room this client is in. Any thread may call; reads give what the server has told so far.
 * Listeners run where the client's callbacks run, one at a time, in the order of the server's news;
 * the array they get is theirs. Futures fail with {@link dev.skein.client.CommandFailed}, whose
 * code is one of {@link dev.skein.protocol.room.RoomCode}. All reliable messages of a room arrive
 * in one order, the same for all its members.
 *
 * <p>A room with backups keeps the place of a client whose node is lost. The client is then {@link
 * #isAway away} until its next session is back in the room, by itself: what it knows of the room
 * stays, and after {@link #onReturned} it hears everything reliable that it missed, in order and
 * once. Calls made while it is away fail with {@link dev.skein.client.NotConnected}, what it says
 * is dropped; calls not answered before may or may not have been done. If it comes too late, it is
 * out with DISCONNECTED.
 */
public final class Room {
  private static final byte[] TO_ALL = {};

  private final Client client;
  private final RoomMirror mirror;

  Room(Client client, RoomMirror mirror) {
    this.client = client;
    this.mirror = mirror;
  }

  /** Hears who is out, why, and the message that came with the news. */
  @FunctionalInterface
  public interface LeftListener {
    void onLeft(Member member, LeaveReason reason, byte[] message);
  }

  // What is

  /** The room's id, the same for everybody. */
  public String id() {
    return mirror.roomId();
  }

  public String type() {
    return mirror.type();
  }

  public int maxMembers() {
    return mirror.maxMembers();
  }

  /** This client's own place in the room. */
  public Member self() {
    return new Member(mirror.selfNumber(), client.uid());
  }

  /** All members, this client included. */
  public List<Member> members() {
    return mirror.members();
  }

  /** The member with this uid. */
  public Optional<Member> member(String uid) {
    return members().stream().filter(member -> member.uid().equals(uid)).findFirst();
  }

  public Optional<Member> owner() {
    return mirror.owner();
  }

  /** True if this client owns the room. */
  public boolean isOwner() {
    return owner().filter(member -> member.number() == mirror.selfNumber()).isPresent();
  }

  /** False once this client is out of the room; true also while it is away. */
  public boolean isJoined() {
    return mirror.isJoined();
  }

  /** True between the loss of a session and the return of the next one into this room. */
  public boolean isAway() {
    return mirror.isAway();
  }

  /** What the server's join hook said to this client; empty if nothing. */
  public byte[] welcome() {
    return mirror.welcome();
  }

  /** A property, as long as the room synchronises them (else see {@link #fetchProperties}). */
  public Optional<Value> property(String key) {
    return mirror.property(key);
  }

  /** A copy of the properties, as far as the room synchronises them. */
  public Map<String, Value> properties() {
    return mirror.properties();
  }

  /** A shared object. */
  public Optional<Value> object(String key) {
    return mirror.object(key);
  }

  /** A copy of the shared objects. */
  public Map<String, Value> objects() {
    return mirror.objects();
  }

  // Members

  /** Leaves. */
  public CompletableFuture<Void> leave() {
    return leave(new byte[0]);
  }

  /** Leaves; the others get the message with the news. */
  public CompletableFuture<Void> leave(byte[] message) {
    return done(number -> new RoomRequest.Leave(number, message));
  }

  /** Removes a member; only the owner may. */
  public CompletableFuture<Void> kick(Member member, byte[] message) {
    return done(number -> new RoomRequest.Kick(number, member.number(), message));
  }

  /** Makes another member the owner; only the owner may. */
  public CompletableFuture<Void> changeOwner(Member member) {
    return done(number -> new RoomRequest.ChangeOwner(number, member.number()));
  }

  /**
   * Keeps places for users, for all of them or none.
   *
   * @param ttl how long; zero is the room's default
   */
  public CompletableFuture<Void> reserve(Collection<String> uids, Duration ttl) {
    return done(number -> new RoomRequest.Reserve(number, ttl.toMillis(), List.copyOf(uids)));
  }

  /** Gives reserved places back. */
  public CompletableFuture<Void> cancelReservations(Collection<String> uids) {
    return done(number -> new RoomRequest.CancelReservation(number, List.copyOf(uids)));
  }

  /** Shows the room to finds and random joins, or hides it; only the owner may. */
  public CompletableFuture<Void> register(boolean registered) {
    return done(number -> new RoomRequest.Register(number, registered));
  }

  // Talk

  /** Sends to all members, this client included, reliably and in order. */
  public void broadcast(byte[] data) {
    broadcast(data, mirror.channel());
  }

  /** The same; it reaches the others as reliably as this channel's kind says. */
  public void broadcast(byte[] data, Channel channel) {
    say(RoomCmd.BROADCAST, TO_ALL, data, channel);
  }

  /** Sends to all other members, reliably and in order. */
  public void relay(byte[] data) {
    relay(data, mirror.channel());
  }

  /** The same; it reaches the others as reliably as this channel's kind says. */
  public void relay(byte[] data, Channel channel) {
    say(RoomCmd.RELAY, TO_ALL, data, channel);
  }

  /** Sends to some members, reliably and in order. */
  public void message(Collection<Member> to, byte[] data) {
    message(to, data, mirror.channel());
  }

  /** The same; it reaches them as reliably as this channel's kind says. */
  public void message(Collection<Member> to, byte[] data, Channel channel) {
    PayloadWriter members = new PayloadWriter().varint(to.size());
    for (Member member : to) {
      members.varint(member.number());
    }
    say(RoomCmd.MESSAGE, members.toBytes(), data, channel);
  }

  /** Says something in the chat; everybody hears it through {@link #onChat}. */
  public CompletableFuture<Void> chat(String text) {
    return done(number -> new RoomRequest.Chat(number, text));
  }

  /** The newest lines of the chat, oldest first. */
  public CompletableFuture<List<ChatLine>> chatHistory(int maxCount) {
    return call(number -> new RoomRequest.ChatHistory(number, maxCount), RoomReply.History::decode)
        .thenApply(RoomReply.History::lines);
  }

  // Shared state

  public CompletableFuture<Void> setProperty(String key, Value value) {
    return setProperties(Map.of(key, value));
  }

  /** Sets all of these or none. */
  public CompletableFuture<Void> setProperties(Map<String, Value> values) {
    return done(number -> new RoomRequest.SetProperties(number, values));
  }

  /**
   * Sets a property if it still is as expected; empty: not there.
   *
   * @return whether it was set, and what it is now
   */
  public CompletableFuture<RoomReply.Replaced> replaceProperty(
      String key, Optional<Value> expected, Value value) {
    return call(
        number -> new RoomRequest.ReplaceProperty(number, key, expected, value),
        RoomReply.Replaced::decode);
  }

  /** Adds to a number; one that is not there counts as zero. Gives the sum. */
  public CompletableFuture<Value> incrementProperty(String key, Value delta) {
    return call(
            number -> new RoomRequest.IncrementProperty(number, key, delta), RoomReply.Now::decode)
        .thenApply(RoomReply.Now::value);
  }

  public CompletableFuture<Void> removeProperties(Collection<String> keys) {
    return done(number -> new RoomRequest.RemoveProperties(number, List.copyOf(keys)));
  }

  /** Asks the server for properties: those of these keys, all of them if there are none. */
  public CompletableFuture<Map<String, Value>> fetchProperties(Collection<String> keys) {
    return call(
            number -> new RoomRequest.GetProperties(number, List.copyOf(keys)),
            RoomReply.Properties::decode)
        .thenApply(RoomReply.Properties::values);
  }

  /** Writes a shared object that stays until somebody removes it. */
  public CompletableFuture<Value> putObject(String key, Value value) {
    return putObject(key, value, Combine.LAST, Duration.ZERO, false);
  }

  /**
   * Writes a shared object.
   *
   * @param combine how the value meets the former one
   * @param ttl how long it stays unless written again; zero is for ever
   * @param linked whether it goes when this client leaves
   * @return the value after combining
   */
  public CompletableFuture<Value> putObject(
      String key, Value value, Combine combine, Duration ttl, boolean linked) {
    return call(
            number ->
                new RoomRequest.PutObject(number, key, combine, linked, ttl.toMillis(), value),
            RoomReply.Now::decode)
        .thenApply(RoomReply.Now::value);
  }

  public CompletableFuture<Void> removeObject(String key) {
    return done(number -> new RoomRequest.RemoveObject(number, key));
  }

  // Events

  /** Broadcasts, this client's own included. */
  public Subscription onBroadcast(BiConsumer<Member, byte[]> listener) {
    return mirror.listeners().broadcast.add(listener);
  }

  /** Relays of others. */
  public Subscription onRelay(BiConsumer<Member, byte[]> listener) {
    return mirror.listeners().relay.add(listener);
  }

  /** Messages to this client. */
  public Subscription onMessage(BiConsumer<Member, byte[]> listener) {
    return mirror.listeners().message.add(listener);
  }

  /** What the server says. */
  public Subscription onAnnounce(Consumer<byte[]> listener) {
    return mirror.listeners().announce.add(listener);
  }

  /** Somebody else came in, with a message. */
  public Subscription onJoined(BiConsumer<Member, byte[]> listener) {
    return mirror.listeners().joined.add(listener);
  }

  /** Somebody else is out. */
  public Subscription onLeft(LeftListener listener) {
    return mirror.listeners().left.add(listener);
  }

  /** This client is out; the last event of the room. */
  public Subscription onExited(BiConsumer<LeaveReason, byte[]> listener) {
    return mirror.listeners().exited.add(listener);
  }

  /** The session is lost, but this client's place in the room is kept. */
  public Subscription onAway(Runnable listener) {
    return mirror.listeners().away.add(listener);
  }

  /** This client is in its place again; what it missed comes next. */
  public Subscription onReturned(Runnable listener) {
    return mirror.listeners().returned.add(listener);
  }

  /** The room has another owner. */
  public Subscription onOwnerChanged(Consumer<Member> listener) {
    return mirror.listeners().owner.add(listener);
  }

  /** Somebody, this client included, said something in the chat. */
  public Subscription onChat(Consumer<ChatLine> listener) {
    return mirror.listeners().chat.add(listener);
  }

  /** Properties changed; an empty value: removed. */
  public Subscription onProperties(Consumer<Map<String, Optional<Value>>> listener) {
    return mirror.listeners().properties.add(listener);
  }

  /** Shared objects changed; an empty value: removed. */
  public Subscription onObjects(Consumer<Map<String, Optional<Value>>> listener) {
    return mirror.listeners().objects.add(listener);
  }

  @Override
  public String toString() {
    return "Room " + id();
  }

  private void say(int cmd, byte[] to, byte[] data, Channel channel) {
    RoomMirror.Place place = mirror.place();
    byte[] payload = new PayloadWriter().varint(place.number()).raw(to).raw(data).toBytes();
    client.sendWithin(place.sid(), RoomCmd.VER, cmd, payload, channel);
  }

  private CompletableFuture<Void> done(LongFunction<RoomRequest> request) {
    return asked(request).thenApply(payload -> null);
  }

  private <R> CompletableFuture<R> call(
      LongFunction<RoomRequest> request, Function<byte[], Optional<R>> decoder) {
    return asked(request).thenApply(payload -> Rooms.decoded(decoder.apply(payload)));
  }

  /** The room's number is good for one session only, and so is the command. */
  private CompletableFuture<byte[]> asked(LongFunction<RoomRequest> request) {
    RoomMirror.Place place = mirror.place();
    return Rooms.call(client, place.sid(), request.apply(place.number()), mirror.channel());
  }
}

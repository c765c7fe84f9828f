package dev.skein.room;

import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.ChatLine;
import dev.skein.protocol.room.Combine;
import dev.skein.protocol.room.RoomEvent.Address;
import dev.skein.protocol.room.RoomStat;
import dev.skein.server.Shard;
import dev.skein.server.User;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A room as the server's code sees it. Any thread may call. Reads give what the room's shard has
 * done so far; everything that changes or sends is handed to the shard and happens there in the
 * order one thread asked for it, after what is under way. The stages complete on the room's shard
 * and fail with {@link dev.skein.server.CommandException}, whose code is one of {@link
 * dev.skein.protocol.room.RoomCode}: thrown out of a command handler it answers the client.
 */
public final class Room {
  private final LiveRoom live;

  Room(LiveRoom live) {
    this.live = live;
  }

  /** 24 hex digits, of which nobody can guess 16; the same wherever the room lives. */
  public String id() {
    return live.id();
  }

  public String type() {
    return live.options().type();
  }

  public RoomOptions options() {
    return live.options();
  }

  /** Where the room lives, its hooks and ticks run. */
  public Shard shard() {
    return live.shard();
  }

  /** In the order of joining. */
  public List<Member> members() {
    return live.state().roster().members();
  }

  /** The member with this uid. */
  public Optional<Member> member(String uid) {
    return members().stream().filter(member -> member.uid().equals(uid)).findFirst();
  }

  /** The member that may kick, register the room and choose the next owner. */
  public Optional<Member> owner() {
    return live.state().roster().owner();
  }

  public boolean isFull() {
    return live.freePlaces() <= 0;
  }

  public boolean isClosed() {
    return live.isClosed();
  }

  /**
   * The mesh addresses of the nodes that could go on with the room if this one was lost now: as
   * many as its options say, or fewer while there are not so many nodes or one has just been lost.
   */
  public Set<String> backups() {
    return live.backed().map(backed -> backed.ledger().succession().ready()).orElse(Set.of());
  }

  public RoomStat stat() {
    return new RoomStat(
        id(),
        type(),
        members().size(),
        live.state().roster().reserved(),
        options().maxMembers(),
        live.isRegistered(),
        live.createdAtMillis());
  }

  // Members

  /** Lets out a member; the others get the message with the news. */
  public CompletionStage<Void> leave(User user, byte[] message) {
    return onMember(user.uid(), member -> live.door().leave(member, message));
  }

  /** Removes a member. */
  public CompletionStage<Void> kick(String uid, byte[] message) {
    return onMember(uid, member -> live.door().kick(null, member, message));
  }

  /** Makes a member the owner. */
  public CompletionStage<Void> changeOwner(String uid) {
    return onMember(uid, member -> live.door().own(null, member));
  }

  /**
   * Keeps a place for each of these users, for all of them or for none.
   *
   * @param ttl how long; zero is the room's {@code reservationTtlMillis}
   */
  public CompletionStage<Void> reserve(Collection<String> uids, Duration ttl) {
    List<String> wanted = List.copyOf(uids);
    return run(() -> live.door().reserve(wanted, ttl.toMillis()));
  }

  /** Gives reserved places back; users without one are skipped. */
  public CompletionStage<Void> cancelReservations(Collection<String> uids) {
    List<String> wanted = List.copyOf(uids);
    return run(() -> live.door().cancelReservations(wanted));
  }

  /** Shows the room to finds and random joins by type, or hides it. */
  public CompletionStage<Void> register(boolean registered) {
    return run(() -> live.register(registered));
  }

  // Talk

  /** From the server to all members, reliably. */
  public CompletionStage<Void> announce(byte[] data) {
    return announce(data, Channel.ordered(0));
  }

  /** From the server to all members, reliably or not as the channel's kind says. */
  public CompletionStage<Void> announce(byte[] data, Channel channel) {
    return run(() ->
        live.state().say(Address.ANNOUNCE, null, data, 0, data.length, channel, live.nowMillis()));
  }

  /** From the server to some members; uids that are not in the room are skipped. */
  public CompletionStage<Void> announce(Collection<String> uids, byte[] data, Channel channel) {
    List<String> to = List.copyOf(uids);
    return run(() -> live.state().tell(null, present(to), data, 0, data.length, channel));
  }

  /** In the name of a member to all members, itself included. */
  public CompletionStage<Void> broadcast(User from, byte[] data, Channel channel) {
    return say(Address.BROADCAST, from, data, channel);
  }

  /** In the name of a member to all the others. */
  public CompletionStage<Void> relay(User from, byte[] data, Channel channel) {
    return say(Address.RELAY, from, data, channel);
  }

  /** In the name of a member to some; uids that are not in the room are skipped. */
  public CompletionStage<Void> message(
      User from, Collection<String> uids, byte[] data, Channel channel) {
    List<String> to = List.copyOf(uids);
    return onMember(
        from.uid(),
        member -> live.state().tell(member, present(to), data, 0, data.length, channel));
  }

  /** Says something in the chat in the server's name. */
  public CompletionStage<ChatLine> chat(String text) {
    return live.call(() -> live.chat(null, text));
  }

  /** The newest lines of the chat, oldest first; at most so many, and at most 48 KiB of them. */
  public CompletionStage<List<ChatLine>> chatHistory(int maxCount) {
    return live.call(() -> live.state().chatHistory(maxCount));
  }

  // Properties

  public Optional<Value> property(String key) {
    return live.state().properties().get(key);
  }

  /** A copy. */
  public Map<String, Value> properties() {
    return live.state().properties().all();
  }

  public CompletionStage<Void> set(String key, Value value) {
    return set(Map.of(key, value));
  }

  /** Sets all of these or, if one breaks a limit, none. */
  public CompletionStage<Void> set(Map<String, Value> values) {
    Map<String, Value> wanted = Map.copyOf(values);
    return run(() -> live.changed(live.state().set(wanted)));
  }

  /**
   * Changes a property in one step, whatever other threads do; the function runs on the room's
   * shard. Empty stands for "not there", in and out.
   *
   * @return the value afterwards
   */
  public CompletionStage<Optional<Value>> update(
      String key, Function<Optional<Value>, Optional<Value>> change) {
    return live.call(() -> {
      live.changed(live.state().update(key, change));
      return property(key);
    });
  }

  /** Adds to a number; one that is not there counts as zero. Gives the sum. */
  public CompletionStage<Value> increment(String key, Value delta) {
    return live.call(() -> {
      live.changed(live.state().increment(key, delta));
      return property(key).orElse(delta);
    });
  }

  /** Removes properties; keys that are not there are skipped. */
  public CompletionStage<Void> remove(Collection<String> keys) {
    List<String> wanted = List.copyOf(keys);
    return run(() -> live.changed(live.state().remove(wanted)));
  }

  // Objects

  public Optional<Value> object(String key) {
    return live.state().objects().get(key);
  }

  /** A copy. */
  public Map<String, Value> objects() {
    return live.state().objects().all();
  }

  /**
   * Writes a shared object, which all members mirror.
   *
   * @param ttl how long it stays unless written again; zero is for ever
   * @return the value after combining it with the former one
   */
  public CompletionStage<Value> putObject(String key, Value value, Combine combine, Duration ttl) {
    return live.call(
        () -> live.state().put(key, value, combine, ttl.toMillis(), null, live.nowMillis()));
  }

  /** The same, linked to a member: the object goes when the member goes. */
  public CompletionStage<Value> putObject(
      String key, Value value, Combine combine, Duration ttl, User link) {
    return live.call(() -> {
      Member member = present(link.uid());
      return live.state().put(key, value, combine, ttl.toMillis(), member, live.nowMillis());
    });
  }

  /** Removes a shared object. */
  public CompletionStage<Void> removeObject(String key) {
    return run(() -> live.state().removeObject(key, live.nowMillis()));
  }

  // Life

  /**
   * Calls the function on the room's shard again and again until it is cancelled or the room is
   * closed. A call that comes too late is left out, not made up for.
   *
   * @throws IllegalArgumentException if the interval is shorter than a millisecond
   * @throws IllegalStateException if the room has {@code ticksMaxCount} ticks
   */
  public Tick every(Duration interval, Consumer<Room> call) {
    return live.ticks().add(interval.toMillis(), () -> live.post(() -> call.accept(this)));
  }

  /** Adds hooks of this room only, after those of the module and the type. */
  public void listen(RoomHooks hooks) {
    live.hooks().add(hooks);
  }

  /**
   * Moves the room to another node; its members notice nothing, wherever they are connected. The id
   * stays, and so does everything the room is but its ticks and hooks: {@link RoomHooks#arrived} is
   * called there. This object is of no use afterwards; {@link Rooms#at} still finds the room.
   * Operations meanwhile wait.
   *
   * @param node the mesh address of the node; this one: nothing happens
   * @return fails with UNREACHABLE if there is no such node and with NO_NEW_ROOMS if it does not
   *     take the room: it stays then. It may be lost only if the other node is lost in the middle
   */
  public CompletionStage<Void> moveTo(String node) {
    return live.moveTo(node);
  }

  /** Ends the room: all members are out, with the reason CLOSED and this message. */
  public CompletionStage<Void> close(byte[] message) {
    return run(() -> live.close(message));
  }

  @Override
  public String toString() {
    return "Room " + id();
  }

  private CompletionStage<Void> say(Address address, User from, byte[] data, Channel channel) {
    return onMember(
        from.uid(),
        member ->
            live.state().say(address, member, data, 0, data.length, channel, live.nowMillis()));
  }

  private CompletionStage<Void> onMember(String uid, Consumer<Member> operation) {
    return run(() -> operation.accept(present(uid)));
  }

  private Member present(String uid) {
    return live.state().roster().member(uid).orElseThrow(Refusal::notAMember);
  }

  private List<Member> present(List<String> uids) {
    List<Member> present = new ArrayList<>();
    for (String uid : uids) {
      live.state().roster().member(uid).ifPresent(present::add);
    }
    return present;
  }

  private CompletionStage<Void> run(Runnable operation) {
    Supplier<Void> nothing =
        () -> {
          operation.run();
          return null;
        };
    return live.call(nothing);
  }
}

package dev.skein.room;

import dev.skein.module.Malformed;
import dev.skein.protocol.Channel;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.ChatLine;
import dev.skein.protocol.room.Combine;
import dev.skein.protocol.room.RoomCmd;
import dev.skein.protocol.room.RoomEvent.Address;
import dev.skein.protocol.room.RoomReply;
import dev.skein.protocol.room.RoomRequest;
import dev.skein.protocol.room.RoomStat;
import dev.skein.protocol.room.RoomWire;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;

/**
 * A room as the code of any node of the cluster sees it: it may live here or elsewhere, or not be
 * there at all. Any thread may call. Every call is done on the room's shard and gives a stage,
 * which fails with {@link dev.skein.server.CommandException}: NOT_FOUND if there is no such room,
 * UNREACHABLE (then the call may or may not have been done) if its node does not answer. {@link
 * Rooms#find(String)} has the rest for rooms of this node.
 */
public final class DistantRoom {
  private static final byte[] NOTHING = {};

  private final RoomNode node;
  private final String id;

  DistantRoom(RoomNode node, String id) {
    this.node = node;
    this.id = id;
  }

  /** The room's id. */
  public String id() {
    return id;
  }

  /** True if it lives on this node. */
  public boolean isHere() {
    return node.directory().find(id).isPresent();
  }

  public CompletionStage<RoomStat> stat() {
    return call(RoomCmd.STAT, NOTHING)
        .thenApply(answer -> decoded(answer, RoomReply.Stats::decode).rooms().getFirst());
  }

  /** The uids of its members, in the order of joining. */
  public CompletionStage<List<String>> members() {
    return call(RoomCmd.ROSTER, NOTHING)
        .thenApply(answer -> {
          PayloadReader in = new PayloadReader(answer);
          List<String> uids = new ArrayList<>();
          while (in.remaining() > 0) {
            uids.add(in.string(RoomWire.UID_MAX_BYTES));
          }
          return List.copyOf(uids);
        });
  }

  /** From the server to all members, reliably. */
  public CompletionStage<Void> announce(byte[] data) {
    return announce(data, Channel.ordered(0));
  }

  /** From the server to all members, reliably or not as the channel's kind says. */
  public CompletionStage<Void> announce(byte[] data, Channel channel) {
    return run(
        RoomCmd.ANNOUNCED,
        new PayloadWriter().u8(channel.kind().ordinal()).u8(channel.id()).raw(data));
  }

  /** Lets out a member; the others get the message with the news. */
  public CompletionStage<Void> leave(String uid, byte[] message) {
    return run(RoomCmd.LEAVE, new PayloadWriter().string(uid).raw(message));
  }

  /** Removes a member. */
  public CompletionStage<Void> kick(String uid, byte[] message) {
    return run(RoomCmd.KICK, new PayloadWriter().string(uid).raw(message));
  }

  /** Makes a member the owner. */
  public CompletionStage<Void> changeOwner(String uid) {
    return run(RoomCmd.CHANGE_OWNER, new PayloadWriter().string(uid));
  }

  /** Keeps places; see {@link Room#reserve}. */
  public CompletionStage<Void> reserve(Collection<String> uids, Duration ttl) {
    return run(new RoomRequest.Reserve(0, ttl.toMillis(), List.copyOf(uids)));
  }

  /** Gives reserved places back. */
  public CompletionStage<Void> cancelReservations(Collection<String> uids) {
    return run(new RoomRequest.CancelReservation(0, List.copyOf(uids)));
  }

  /** Shows the room to finds and random joins by type, or hides it. */
  public CompletionStage<Void> register(boolean registered) {
    return run(new RoomRequest.Register(0, registered));
  }

  /** Says something in the chat in the server's name. */
  public CompletionStage<Void> chat(String text) {
    return run(new RoomRequest.Chat(0, text));
  }

  /** The newest lines of the chat, oldest first. */
  public CompletionStage<List<ChatLine>> chatHistory(int maxCount) {
    return call(new RoomRequest.ChatHistory(0, maxCount))
        .thenApply(answer -> decoded(answer, RoomReply.History::decode).lines());
  }

  /** The properties with these keys; all if no key is given. */
  public CompletionStage<Map<String, Value>> properties(Collection<String> keys) {
    return call(new RoomRequest.GetProperties(0, List.copyOf(keys)))
        .thenApply(answer -> decoded(answer, RoomReply.Properties::decode).values());
  }

  /** Sets all of these or, if one breaks a limit, none. */
  public CompletionStage<Void> set(Map<String, Value> values) {
    return run(new RoomRequest.SetProperties(0, Map.copyOf(values)));
  }

  /**
   * Sets a property if it is as expected (empty: not there).
   *
   * @return whether it was
   */
  public CompletionStage<Boolean> replace(String key, Optional<Value> expected, Value value) {
    return call(new RoomRequest.ReplaceProperty(0, key, expected, value))
        .thenApply(answer -> decoded(answer, RoomReply.Replaced::decode).replaced());
  }

  /** Adds to a number; one that is not there counts as zero. Gives the sum. */
  public CompletionStage<Value> increment(String key, Value delta) {
    return call(new RoomRequest.IncrementProperty(0, key, delta))
        .thenApply(answer -> decoded(answer, RoomReply.Now::decode).value());
  }

  /** Removes properties; keys that are not there are skipped. */
  public CompletionStage<Void> remove(Collection<String> keys) {
    return run(new RoomRequest.RemoveProperties(0, List.copyOf(keys)));
  }

  /** Writes a shared object; see {@link Room#putObject}. */
  public CompletionStage<Value> putObject(String key, Value value, Combine combine, Duration ttl) {
    return call(new RoomRequest.PutObject(0, key, combine, false, ttl.toMillis(), value))
        .thenApply(answer -> decoded(answer, RoomReply.Now::decode).value());
  }

  /** Removes a shared object. */
  public CompletionStage<Void> removeObject(String key) {
    return run(new RoomRequest.RemoveObject(0, key));
  }

  /** Moves the room to another node; see {@link Room#moveTo}. */
  public CompletionStage<Void> moveTo(String address) {
    return node.homes()
        .at(
            id,
            here -> here.moveTo(address).thenApply(moved -> NOTHING),
            host -> node.ask(host, new RoomMail.Move(id, address)))
        .thenApply(nothing -> null);
  }

  /** Ends the room: all members are out, with the reason CLOSED and this message. */
  public CompletionStage<Void> close(byte[] message) {
    return run(RoomCmd.EXITED, new PayloadWriter().raw(message));
  }

  @Override
  public String toString() {
    return "Room " + id;
  }

  private CompletableFuture<Void> run(RoomRequest request) {
    return call(request).thenApply(nothing -> null);
  }

  private CompletableFuture<Void> run(int cmd, PayloadWriter payload) {
    return call(cmd, payload.toBytes()).thenApply(nothing -> null);
  }

  private CompletableFuture<byte[]> call(RoomRequest request) {
    return call(request.cmd(), request.encode());
  }

  private CompletableFuture<byte[]> call(int cmd, byte[] payload) {
    RoomMail.Call call = new RoomMail.Call(id, cmd, payload);
    return node.homes()
        .at(id, here -> here.call(() -> answer(here, call)), host -> node.ask(host, call));
  }

  private static <T> T decoded(byte[] answer, Function<byte[], Optional<T>> decoder) {
    return decoder.apply(answer).orElseThrow(Malformed::payload);
  }

  // Where the room lives, on its shard

  /** Does what the code of a node wants, as the server and not as a member. */
  static byte[] answer(LiveRoom room, RoomMail.Call call) {
    PayloadReader in = new PayloadReader(call.payload());
    return switch (call.cmd()) {
      case RoomCmd.STAT -> new RoomReply.Stats(List.of(room.face().stat())).encode();
      case RoomCmd.ROSTER -> {
        PayloadWriter uids = new PayloadWriter();
        room.state().roster().members().forEach(member -> uids.string(member.uid()));
        yield uids.toBytes();
      }
      case RoomCmd.ANNOUNCED -> {
        Channel over = Channel.of(in.u8() & 3, in.u8());
        byte[] data = in.rest();
        room.state().say(Address.ANNOUNCE, null, data, 0, data.length, over, room.nowMillis());
        yield NOTHING;
      }
      case RoomCmd.LEAVE -> done(() -> room.door().leave(member(room, in), in.rest()));
      case RoomCmd.KICK -> done(() -> room.door().kick(null, member(room, in), in.rest()));
      case RoomCmd.CHANGE_OWNER -> done(() -> room.door().own(null, member(room, in)));
      case RoomCmd.EXITED -> done(() -> room.close(in.rest()));
      default ->
          RoomRequest.decode(call.cmd(), call.payload())
              .map(request -> answer(room, request))
              .orElseThrow(Malformed::payload);
    };
  }

  private static byte[] answer(LiveRoom room, RoomRequest request) {
    RoomState state = room.state();
    return switch (request) {
      case RoomRequest.Reserve wanted ->
          done(() -> room.door().reserve(wanted.uids(), wanted.ttlMillis()));
      case RoomRequest.CancelReservation wanted ->
          done(() -> room.door().cancelReservations(wanted.uids()));
      case RoomRequest.Register wanted -> done(() -> room.register(wanted.registered()));
      case RoomRequest.Chat wanted -> done(() -> room.chat(null, wanted.text()));
      case RoomRequest.ChatHistory wanted ->
          new RoomReply.History(state.chatHistory(wanted.maxCount())).encode();
      case RoomRequest.GetProperties wanted ->
          new RoomReply.Properties(state.properties().some(wanted.keys())).encode();
      case RoomRequest.SetProperties wanted -> done(() -> room.changed(state.set(wanted.values())));
      case RoomRequest.ReplaceProperty wanted -> {
        Optional<Value> now = state.properties().get(wanted.key());
        boolean asExpected = now.equals(wanted.expected());
        if (asExpected) {
          room.changed(state.set(Map.of(wanted.key(), wanted.value())));
        }
        yield new RoomReply.Replaced(asExpected, state.properties().get(wanted.key())).encode();
      }
      case RoomRequest.IncrementProperty wanted -> {
        Value sum = state.properties().sum(wanted.key(), wanted.delta());
        room.changed(state.set(Map.of(wanted.key(), sum)));
        yield new RoomReply.Now(sum).encode();
      }
      case RoomRequest.RemoveProperties wanted ->
          done(() -> room.changed(state.remove(wanted.keys())));
      case RoomRequest.PutObject put ->
          new RoomReply.Now(
                  state.put(
                      put.key(),
                      put.value(),
                      put.combine(),
                      put.ttlMillis(),
                      null,
                      room.nowMillis()))
              .encode();
      case RoomRequest.RemoveObject wanted ->
          done(() -> state.removeObject(wanted.key(), room.nowMillis()));
      case RoomRequest.Create _,
          RoomRequest.Join _,
          RoomRequest.JoinRandom _,
          RoomRequest.Find _,
          RoomRequest.Stat _,
          RoomRequest.ListOwn _,
          RoomRequest.Return _,
          RoomRequest.Leave _,
          RoomRequest.ChangeOwner _,
          RoomRequest.Kick _ ->
          throw Malformed.payload();
    };
  }

  private static Member member(LiveRoom room, PayloadReader in) {
    return room.state()
        .roster()
        .member(in.string(RoomWire.UID_MAX_BYTES))
        .orElseThrow(Refusal::notAMember);
  }

  private static byte[] done(Runnable operation) {
    operation.run();
    return NOTHING;
  }
}

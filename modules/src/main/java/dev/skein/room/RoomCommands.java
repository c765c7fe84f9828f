package dev.skein.room;

import dev.skein.module.Answers;
import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import dev.skein.protocol.payload.PayloadReader;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.RoomCmd;
import dev.skein.protocol.room.RoomEvent.Address;
import dev.skein.protocol.room.RoomReply;
import dev.skein.protocol.room.RoomRequest;
import dev.skein.protocol.room.RoomWire;
import dev.skein.server.Command;
import dev.skein.server.ModuleContext;
import dev.skein.server.Responder;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** The built-in commands of clients (PROTOCOL §10.2.1). Runs on the user's shard. */
final class RoomCommands {
  private static final byte[] NOTHING = {};

  /** An answer to GET_PROPERTIES or FIND is not larger. */
  private static final int REPLY_MAX_BYTES = 48 * 1024;

  private final Rooms rooms;

  RoomCommands(Rooms rooms) {
    this.rooms = rooms;
  }

  void register(ModuleContext context, boolean exposed) {
    context.builtIn(
        RoomCmd.BROADCAST,
        exposed,
        (user, command, responder) -> say(Address.BROADCAST, user, command, responder));
    context.builtIn(
        RoomCmd.RELAY,
        exposed,
        (user, command, responder) -> say(Address.RELAY, user, command, responder));
    context.builtIn(RoomCmd.MESSAGE, exposed, this::message);
    for (int cmd = RoomCmd.CREATE; cmd <= RoomCmd.LIST; cmd++) {
      if (cmd != RoomCmd.BROADCAST && cmd != RoomCmd.RELAY && cmd != RoomCmd.MESSAGE) {
        context.builtIn(cmd, exposed, this::handle);
      }
    }
  }

  // The hot ones, parsed in place

  private void say(Address address, User user, Command command, Responder responder) {
    byte[] payload = command.payload();
    PayloadReader in = new PayloadReader(payload);
    long number = in.varint();
    if (!in.ok()) {
      responder.bad(Code.MALFORMED, "malformed payload");
      return;
    }
    Seats.Seat seat = rooms.seat(user, number);
    if (seat == null) {
      Answers.fail(responder, Refusal.notAMember());
      return;
    }
    seat.room().checkData(in.remaining());
    boolean wantsAnswer = command.requestId() != 0;
    seat.room()
        .say(
            address,
            seat.member(),
            payload,
            in.position(),
            command.channel(),
            wantsAnswer ? responder : null);
    if (!wantsAnswer) {
      responder.ok();
    }
  }

  private void message(User user, Command command, Responder responder) {
    byte[] payload = command.payload();
    PayloadReader in = new PayloadReader(payload);
    long number = in.varint();
    int count = in.varint(RoomWire.LIST_MAX_COUNT);
    long[] members = new long[Math.min(count, in.remaining())];
    for (int i = 0; i < members.length; i++) {
      members[i] = in.varint();
    }
    if (!in.ok() || members.length < count) {
      responder.bad(Code.MALFORMED, "malformed payload");
      return;
    }
    inRoom(
        user,
        number,
        responder,
        (room, from) -> {
          Channel over = command.channel();
          room.state()
              .tell(from, members(room, members), payload, in.position(), in.remaining(), over);
          return NOTHING;
        });
  }

  private static List<Member> members(LiveRoom room, long[] numbers) {
    List<Member> members = new ArrayList<>(numbers.length);
    for (long number : numbers) {
      members.add(member(room, number));
    }
    return members;
  }

  private static Member member(LiveRoom room, long number) {
    return room.state().roster().member(number).orElseThrow(Refusal::noSuchMember);
  }

  // The others

  private void handle(User user, Command command, Responder responder) {
    Optional<RoomRequest> request = RoomRequest.decode(command.cmd(), command.payload());
    if (request.isEmpty()) {
      responder.bad(Code.MALFORMED, "malformed payload");
      return;
    }
    switch (request.get()) {
      case RoomRequest.Create create -> create(user, create, responder);
      case RoomRequest.Join join -> join(user, join, responder);
      case RoomRequest.JoinRandom join -> joinRandom(user, join, responder);
      case RoomRequest.Find find -> responder.ok(find(find).encode());
      case RoomRequest.Stat stat -> responder.ok(stat(stat).encode());
      case RoomRequest.ListOwn own -> responder.ok(own(user).encode());
      case RoomRequest.InRoom asked ->
          inRoom(user, asked.room(), responder, (room, self) -> answer(room, self, asked).encode());
    }
  }

  private void create(User user, RoomRequest.Create create, Responder responder) {
    LiveRoom room = rooms.createFor(user, rooms.optionsFor(create.terms()));
    if (create.join()) {
      rooms
          .enterFirst(room, user, create.message())
          .whenComplete((member, failure) -> entered(responder, room, true, failure));
    } else {
      responder.ok(new RoomReply.Entry(0, true, room.id()).encode());
    }
  }

  private void join(User user, RoomRequest.Join join, Responder responder) {
    LiveRoom room = rooms.live(join.roomId()).orElseThrow(Refusal::notFound);
    rooms
        .enter(room, user, join.message(), false)
        .whenComplete((member, failure) -> entered(responder, room, false, failure));
  }

  private void joinRandom(User user, RoomRequest.JoinRandom join, Responder responder) {
    RoomOptions options = rooms.optionsFor(join.terms());
    Rooms.Lack lack =
        join.create()
            ? new Rooms.Lack(options.type(), () -> rooms.createFor(user, options))
            : Rooms.Lack.refuse(options.type());
    rooms
        .random(lack, user, join.message())
        .whenComplete((entry, failure) -> {
          if (failure != null) {
            Answers.fail(responder, failure);
          } else {
            entered(responder, entry.room(), entry.created(), null);
          }
        });
  }

  private static void entered(
      Responder responder, LiveRoom room, boolean created, @Nullable Throwable failure) {
    if (failure == null) {
      responder.ok(new RoomReply.Entry(room.number(), created, room.id()).encode());
    } else {
      Answers.fail(responder, failure);
    }
  }

  private RoomReply find(RoomRequest.Find find) {
    int count = Math.min(find.maxCount(), rooms.settings().findMaxCount());
    return new RoomReply.Stats(rooms.find(find.type(), count).stream().map(Room::stat).toList());
  }

  private RoomReply stat(RoomRequest.Stat stat) {
    Room room = rooms.find(stat.roomId()).orElseThrow(Refusal::notFound);
    return new RoomReply.Stats(List.of(room.stat()));
  }

  private RoomReply own(User user) {
    Map<Long, String> own = new LinkedHashMap<>();
    for (Seats.Seat seat : rooms.seats(user).all()) {
      own.put((long) seat.room().number(), seat.room().id());
    }
    return new RoomReply.Own(own);
  }

  /** What a member asks of its room, on the room's shard. */
  private static RoomReply answer(LiveRoom room, Member self, RoomRequest.InRoom asked) {
    return switch (asked) {
      case RoomRequest.Leave leave -> done(() -> room.leave(self, leave.message()));
      case RoomRequest.Reserve reserve ->
          done(() -> room.reserve(reserve.uids(), reserve.ttlMillis()));
      case RoomRequest.CancelReservation cancel ->
          done(() -> room.cancelReservations(cancel.uids()));
      case RoomRequest.ChangeOwner change ->
          done(() -> room.own(self, member(room, change.member())));
      case RoomRequest.Kick kick ->
          done(() -> room.kick(self, member(room, kick.member()), kick.message()));
      case RoomRequest.Register register -> register(room, self, register.registered());
      case RoomRequest.Chat chat -> done(() -> room.chat(self, chat.text()));
      case RoomRequest.ChatHistory history ->
          new RoomReply.History(room.state().chatHistory(history.maxCount()));
      case RoomRequest.GetProperties get -> properties(room, get.keys());
      case RoomRequest.SetProperties set -> set(room, self, set.values());
      case RoomRequest.ReplaceProperty replace -> replace(room, self, replace);
      case RoomRequest.IncrementProperty increment -> increment(room, self, increment);
      case RoomRequest.RemoveProperties remove -> remove(room, self, remove.keys());
      case RoomRequest.PutObject put -> put(room, self, put);
      case RoomRequest.RemoveObject remove ->
          done(() -> room.state().removeObject(remove.key(), room.nowMillis()));
    };
  }

  private static RoomReply done(Runnable operation) {
    operation.run();
    return new RoomReply.Done();
  }

  private static RoomReply register(LiveRoom room, Member self, boolean shown) {
    room.state().checkOwner(self);
    return done(() -> room.register(shown));
  }

  private static RoomReply properties(LiveRoom room, List<String> keys) {
    RoomReply reply = new RoomReply.Properties(room.state().properties().some(keys));
    if (reply.encode().length > REPLY_MAX_BYTES) {
      throw Refusal.tooLarge("the answer");
    }
    return reply;
  }

  private static RoomReply set(LiveRoom room, Member self, Map<String, Value> values) {
    Map<String, Optional<Value>> changes = new HashMap<>();
    values.forEach((key, value) -> changes.put(key, Optional.of(value)));
    room.checkPropertiesChange(self, changes);
    return done(() -> room.changed(room.state().set(values)));
  }

  private static RoomReply replace(
      LiveRoom room, Member self, RoomRequest.ReplaceProperty replace) {
    Optional<Value> now = room.state().properties().get(replace.key());
    if (!now.equals(replace.expected())) {
      return new RoomReply.Replaced(false, now);
    }
    set(room, self, Map.of(replace.key(), replace.value()));
    return new RoomReply.Replaced(true, Optional.of(replace.value()));
  }

  private static RoomReply increment(
      LiveRoom room, Member self, RoomRequest.IncrementProperty increment) {
    String key = increment.key();
    Value sum = room.state().properties().sum(key, increment.delta());
    set(room, self, Map.of(key, sum));
    return new RoomReply.Now(sum);
  }

  private static RoomReply remove(LiveRoom room, Member self, List<String> keys) {
    Map<String, Optional<Value>> changes = new HashMap<>();
    keys.forEach(key -> changes.put(key, Optional.empty()));
    room.checkPropertiesChange(self, changes);
    return done(() -> room.changed(room.state().remove(keys)));
  }

  private static RoomReply put(LiveRoom room, Member self, RoomRequest.PutObject put) {
    return new RoomReply.Now(
        room.state()
            .put(
                put.key(),
                put.value(),
                put.combine(),
                put.ttlMillis(),
                put.linked() ? self : null,
                room.nowMillis()));
  }

  /** Finds the user's seat, runs the operation in turn on the room's shard, and answers. */
  private void inRoom(
      User user, long number, Responder responder, BiFunction<LiveRoom, Member, byte[]> operation) {
    Seats.Seat seat = rooms.seat(user, number);
    if (seat == null) {
      throw Refusal.notAMember();
    }
    LiveRoom room = seat.room();
    room.call(
            () -> {
              room.checkPresent(seat.member());
              return operation.apply(room, seat.member());
            })
        .whenComplete((payload, failure) -> {
          if (failure == null) {
            responder.ok(payload);
          } else {
            Answers.fail(responder, failure);
          }
        });
  }
}

package dev.skein.room;

import dev.skein.module.Answers;
import dev.skein.module.Malformed;
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
import dev.skein.server.CommandException;
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
    for (int cmd = RoomCmd.CREATE; cmd <= RoomCmd.RETURN; cmd++) {
      if (cmd != RoomCmd.BROADCAST && cmd != RoomCmd.RELAY && cmd != RoomCmd.MESSAGE) {
        context.builtIn(cmd, exposed, this::handle);
      }
    }
  }

  // The hot ones, parsed in place

  private void say(Address address, User user, Command command, Responder responder) {
    PayloadReader in = new PayloadReader(command.payload());
    long number = in.varint();
    if (!in.ok()) {
      malformed(responder);
      return;
    }
    Seats.Seat seat = rooms.seat(user, number);
    if (seat == null) {
      Answers.fail(responder, Refusal.notAMember());
      return;
    }
    if (!(seat.venue() instanceof LiveRoom room)) {
      sayElsewhere(address, seat, in, user, command, responder);
      return;
    }
    say(address, room, seat.member(), in, command, responder);
  }

  private static void say(
      Address address,
      LiveRoom room,
      Member from,
      PayloadReader in,
      Command command,
      Responder responder) {
    room.checkData(in.remaining());
    boolean wantsAnswer = command.requestId() != 0;
    room.say(
        address,
        from,
        command.payload(),
        in.position(),
        command.channel(),
        wantsAnswer ? responder : null);
    if (!wantsAnswer) {
      responder.ok();
    }
  }

  /** The command of a member that says this. */
  static Command saying(Address address, byte[] payload, Channel over) {
    int cmd =
        switch (address) {
          case BROADCAST -> RoomCmd.BROADCAST;
          case RELAY -> RoomCmd.RELAY;
          case MESSAGE -> RoomCmd.MESSAGE;
          case ANNOUNCE -> throw new IllegalArgumentException("no member announces");
        };
    return new Command(RoomCmd.VER, cmd, 0, payload, over);
  }

  private void sayElsewhere(
      Address address,
      Seats.Seat seat,
      PayloadReader in,
      User user,
      Command command,
      Responder responder) {
    switch (seat.venue()) {
      case LiveRoom _ -> throw new IllegalStateException("the room is here");
      case Arrival arrival ->
          keep(arrival, responder, () -> say(address, user, command, responder));
      case Branch branch -> {
        branch.checkData(in.remaining());
        if (command.requestId() == 0) {
          branch.say(address, seat.member(), command, in.position());
          responder.ok();
        } else {
          branch.ask(seat.member(), command, responder);
        }
      }
    }
  }

  private void message(User user, Command command, Responder responder) {
    PayloadReader in = new PayloadReader(command.payload());
    long number = in.varint();
    if (!in.ok()) {
      malformed(responder);
      return;
    }
    inRoom(user, number, command, responder, (room, from) -> message(room, from, command));
  }

  private static byte[] message(LiveRoom room, Member from, Command command) {
    PayloadReader in = new PayloadReader(command.payload());
    in.varint();
    int count = in.varint(RoomWire.LIST_MAX_COUNT);
    long[] members = new long[Math.min(count, in.remaining())];
    for (int i = 0; i < members.length; i++) {
      members[i] = in.varint();
    }
    if (!in.ok() || members.length < count) {
      throw Malformed.payload();
    }
    room.state()
        .tell(
            from,
            members(room, members),
            command.payload(),
            in.position(),
            in.remaining(),
            command.channel());
    return NOTHING;
  }

  private static void malformed(Responder responder) {
    responder.bad(Code.MALFORMED, "malformed payload");
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
      malformed(responder);
      return;
    }
    switch (request.get()) {
      case RoomRequest.Create create -> create(user, create, responder);
      case RoomRequest.Join join ->
          rooms
              .entrance()
              .join(join.roomId(), user, join.message())
              .whenComplete((seat, failure) -> entered(responder, seat, false, failure));
      case RoomRequest.JoinRandom join -> joinRandom(user, join, responder);
      case RoomRequest.Find find -> find(find, responder);
      case RoomRequest.Stat stat ->
          Answers.when(
              rooms.at(stat.roomId()).stat(),
              responder,
              found -> new RoomReply.Stats(List.of(found)).encode());
      case RoomRequest.ListOwn own -> responder.ok(own(user).encode());
      case RoomRequest.Return back ->
          rooms
              .entrance()
              .comeBack(back, user)
              .whenComplete((seat, failure) -> entered(responder, seat, false, failure));
      case RoomRequest.InRoom asked ->
          inRoom(
              user,
              asked.room(),
              command,
              responder,
              (room, self) -> answer(room, self, asked).encode());
    }
  }

  private void create(User user, RoomRequest.Create create, Responder responder) {
    LiveRoom room = rooms.createFor(user, rooms.optionsFor(create.terms()));
    if (create.join()) {
      rooms
          .entrance()
          .enterFirst(room, user, create.message())
          .whenComplete((seat, failure) -> entered(responder, seat, true, failure));
    } else {
      responder.ok(new RoomReply.Entry(0, true, room.id()).encode());
    }
  }

  private void joinRandom(User user, RoomRequest.JoinRandom join, Responder responder) {
    RoomOptions options = rooms.optionsFor(join.terms());
    Entrance.Lack lack =
        join.create()
            ? new Entrance.Lack(
                options.type(),
                options.maxMembers(),
                Optional.of(id -> rooms.createFor(user, options, id)))
            : Entrance.Lack.refuse(options.type());
    rooms
        .entrance()
        .random(lack, user, join.message())
        .whenComplete((entry, failure) -> {
          if (entry == null) {
            Answers.fail(responder, Answers.cause(failure));
          } else {
            entered(responder, entry.seat(), entry.created(), null);
          }
        });
  }

  private static void entered(
      Responder responder,
      Seats.@Nullable Seat seat,
      boolean created,
      @Nullable Throwable failure) {
    if (seat != null) {
      String id = seat.venue().id();
      responder.ok(new RoomReply.Entry(seat.number(), created, id).encode());
    } else {
      Answers.fail(responder, Answers.cause(failure));
    }
  }

  private void find(RoomRequest.Find find, Responder responder) {
    int count = Math.min(find.maxCount(), rooms.settings().findMaxCount());
    Answers.when(
        rooms.findEverywhere(find.type(), count),
        responder,
        found -> new RoomReply.Stats(found).encode());
  }

  private RoomReply own(User user) {
    Map<Long, String> own = new LinkedHashMap<>();
    for (Seats.Seat seat : rooms.seatsOf(user)) {
      own.put((long) seat.number(), seat.venue().id());
    }
    return new RoomReply.Own(own);
  }

  /** What a member asks of its room, on the room's shard. */
  private static RoomReply answer(LiveRoom room, Member self, RoomRequest.InRoom asked) {
    return switch (asked) {
      case RoomRequest.Leave leave -> done(() -> room.door().leave(self, leave.message()));
      case RoomRequest.Reserve reserve ->
          done(() -> room.door().reserve(reserve.uids(), reserve.ttlMillis()));
      case RoomRequest.CancelReservation cancel ->
          done(() -> room.door().cancelReservations(cancel.uids()));
      case RoomRequest.ChangeOwner change ->
          done(() -> room.door().own(self, member(room, change.member())));
      case RoomRequest.Kick kick ->
          done(() -> room.door().kick(self, member(room, kick.member()), kick.message()));
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
      User user,
      long number,
      Command command,
      Responder responder,
      BiFunction<LiveRoom, Member, byte[]> operation) {
    Seats.Seat seat = rooms.seat(user, number);
    if (seat == null) {
      Answers.fail(responder, Refusal.notAMember());
      return;
    }
    switch (seat.venue()) {
      case LiveRoom room -> perform(room, seat.member(), command, responder, operation);
      case Branch branch -> branch.ask(seat.member(), command, responder);
      case Arrival arrival ->
          keep(arrival, responder, () -> inRoom(user, number, command, responder, operation));
    }
  }

  private static void perform(
      LiveRoom room,
      Member member,
      Command command,
      Responder responder,
      BiFunction<LiveRoom, Member, byte[]> operation) {
    room.call(
            () -> {
              room.door().checkPresent(member);
              return operation.apply(room, member);
            })
        .whenComplete((payload, failure) -> {
          if (failure == null) {
            responder.ok(payload);
          } else if (Refusal.movedTo(failure).isPresent()) {
            room.crossing().passOn(member, command, responder);
          } else {
            Answers.fail(responder, failure);
          }
        });
  }

  /** The user has just moved here: its commands wait until its room knows. */
  private static void keep(Arrival arrival, Responder responder, Runnable again) {
    boolean kept =
        arrival.keep(() -> {
          try {
            again.run();
          } catch (CommandException refused) {
            Answers.fail(responder, refused);
          }
        });
    if (!kept) {
      Answers.fail(responder, Refusal.unreachable());
    }
  }

  // Commands of members on other nodes, on the room's shard

  /** Does what a member of another node commands; its payload still names the room there. */
  void inRoom(LiveRoom room, Member member, Command command, Responder responder) {
    try {
      switch (command.cmd()) {
        case RoomCmd.BROADCAST -> heard(Address.BROADCAST, room, member, command, responder);
        case RoomCmd.RELAY -> heard(Address.RELAY, room, member, command, responder);
        case RoomCmd.MESSAGE -> responder.ok(message(room, member, command));
        default -> {
          Optional<RoomRequest> request = RoomRequest.decode(command.cmd(), command.payload());
          if (request.isPresent() && request.get() instanceof RoomRequest.InRoom asked) {
            responder.ok(answer(room, member, asked).encode());
          } else {
            malformed(responder);
          }
        }
      }
    } catch (CommandException refused) {
      Answers.fail(responder, refused);
    } catch (RuntimeException failed) {
      Answers.fail(responder, failed);
      throw failed;
    }
  }

  private static void heard(
      Address address, LiveRoom room, Member member, Command command, Responder responder) {
    PayloadReader in = new PayloadReader(command.payload());
    in.varint();
    if (!in.ok()) {
      malformed(responder);
      return;
    }
    room.checkData(in.remaining());
    room.sayNow(address, member, command.payload(), in.position(), command.channel(), responder);
  }

  /**
   * Does what was commanded by way of a branch that the room has taken the place of; on the shard
   * of both.
   */
  void again(LiveRoom room, Member known, Command command, Responder responder) {
    room.now(() -> {
      if (room.hasMoved()) {
        room.crossing().passOn(known, command, responder);
        return;
      }
      room.state()
          .roster()
          .member(known.number())
          .filter(member -> member.uid().equals(known.uid()))
          .ifPresentOrElse(
              member -> inRoom(room, member, command, responder),
              () -> Answers.fail(responder, Refusal.notAMember()));
    });
  }
}

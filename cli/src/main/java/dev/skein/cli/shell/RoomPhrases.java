package dev.skein.cli.shell;

import dev.skein.client.Client;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.Combine;
import dev.skein.protocol.room.RoomCmd;
import dev.skein.protocol.room.RoomReply;
import dev.skein.protocol.room.RoomRequest;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Every room command of the protocol, for the room the user is in. */
final class RoomPhrases {
  private static final int LISTED_ROOMS_MAX = 100;
  private static final int LISTED_LINES_MAX = 20;

  private final Client client;
  private final KnownRooms rooms;

  RoomPhrases(Client client, KnownRooms rooms) {
    this.client = client;
    this.rooms = rooms;
  }

  List<Phrase> all() {
    return List.of(
        new Phrase("create", "[TYPE] [MAX_MEMBERS]", "a new room, with you in it", this::create),
        new Phrase("join", "ROOM_ID [MESSAGE]", "into a room", this::join),
        new Phrase("random", "TYPE", "into any room of the type, or a new one", this::random),
        new Phrase("leave", "[MESSAGE]", "out of the room", this::leave),
        new Phrase("use", "ROOM", "the room the next commands are for", this::use),
        new Phrase("rooms", "", "the rooms you are in", words -> list()),
        new Phrase("members", "", "who is in the room", words -> shown(rooms.members())),
        new Phrase("broadcast", "TEXT", "to everyone, you included", this::broadcast),
        new Phrase("relay", "TEXT", "to everyone else", this::relay),
        new Phrase("tell", "UID[,UID…] TEXT", "to some", this::tell),
        new Phrase("chat", "TEXT", "to everyone, kept in the history", this::chat),
        new Phrase("history", "[COUNT]", "the newest lines of the chat", this::history),
        new Phrase("get", "[KEY…]", "properties; all without a key", this::get),
        new Phrase("set", "KEY VALUE", "sets a property", this::set),
        new Phrase("swap", "KEY EXPECTED|- VALUE", "sets it if it is as expected", this::swap),
        new Phrase("add", "KEY NUMBER", "adds to a property", this::add),
        new Phrase("unset", "KEY…", "removes properties", this::unset),
        new Phrase("put", "KEY last|sum|min|max|merge VALUE", "writes an object", this::put),
        new Phrase("drop", "KEY", "removes an object", this::drop),
        new Phrase("reserve", "UID…", "keeps places for users", this::reserve),
        new Phrase("unreserve", "UID…", "gives reserved places back", this::unreserve),
        new Phrase("owner", "UID", "makes another the owner", this::owner),
        new Phrase("kick", "UID [MESSAGE]", "removes a member", this::kick),
        new Phrase("register", "on|off", "whether finds and random joins see it", this::register),
        new Phrase("find", "[TYPE]", "registered rooms", this::find),
        new Phrase("stat", "ROOM_ID", "one room's numbers", this::stat));
  }

  private CompletionStage<String> create(Words words) {
    RoomRequest.Terms terms =
        new RoomRequest.Terms(words.at(1, "room"), true, false, words.number(2, 0), 0, 0);
    return entry(new RoomRequest.Create(terms, true, new byte[0]));
  }

  private CompletionStage<String> join(Words words) {
    return entry(new RoomRequest.Join(words.at(1), words.bytes(2)));
  }

  private CompletionStage<String> random(Words words) {
    RoomRequest.Terms terms = RoomRequest.Terms.of(words.at(1));
    return entry(new RoomRequest.JoinRandom(terms, true, words.bytes(2)));
  }

  private CompletionStage<String> leave(Words words) {
    return done(new RoomRequest.Leave(rooms.current(), words.bytes(1)));
  }

  private CompletionStage<String> use(Words words) {
    return shown("now in room " + rooms.choose(words.at(1)));
  }

  private CompletionStage<String> list() {
    return answer(
        new RoomRequest.ListOwn(),
        RoomReply.Own::decode,
        own ->
            own.roomIds().entrySet().stream()
                .map(room -> "[" + room.getKey() + "] " + room.getValue())
                .collect(Collectors.joining("\n")));
  }

  private CompletionStage<String> broadcast(Words words) {
    words.at(1);
    PayloadWriter payload = new PayloadWriter().varint(rooms.current()).raw(words.bytes(1));
    return call(RoomCmd.BROADCAST, payload.toBytes()).thenApply(ok -> "");
  }

  private CompletionStage<String> relay(Words words) {
    words.at(1);
    PayloadWriter payload = new PayloadWriter().varint(rooms.current()).raw(words.bytes(1));
    return call(RoomCmd.RELAY, payload.toBytes()).thenApply(ok -> "");
  }

  private CompletionStage<String> tell(Words words) {
    String[] uids = words.at(1).split(",");
    words.at(2);
    PayloadWriter payload = new PayloadWriter().varint(rooms.current()).varint(uids.length);
    for (String uid : uids) {
      payload.varint(rooms.member(uid));
    }
    return call(RoomCmd.MESSAGE, payload.raw(words.bytes(2)).toBytes()).thenApply(ok -> "");
  }

  private CompletionStage<String> chat(Words words) {
    words.at(1);
    return done(new RoomRequest.Chat(rooms.current(), words.rest(1)));
  }

  private CompletionStage<String> history(Words words) {
    return answer(
        new RoomRequest.ChatHistory(rooms.current(), words.number(1, LISTED_LINES_MAX)),
        RoomReply.History::decode,
        history ->
            history.lines().stream().map(EventLines::chat).collect(Collectors.joining("\n")));
  }

  private CompletionStage<String> get(Words words) {
    return answer(
        new RoomRequest.GetProperties(rooms.current(), words.from(1)),
        RoomReply.Properties::decode,
        properties -> EventLines.values(properties.values()));
  }

  private CompletionStage<String> set(Words words) {
    return done(
        new RoomRequest.SetProperties(rooms.current(), Map.of(words.at(1), words.value(2))));
  }

  private CompletionStage<String> swap(Words words) {
    Optional<Value> expected =
        words.at(2).equals("-") ? Optional.empty() : Optional.of(Words.value(words.at(2)));
    return answer(
        new RoomRequest.ReplaceProperty(rooms.current(), words.at(1), expected, words.value(3)),
        RoomReply.Replaced::decode,
        replaced ->
            (replaced.replaced() ? "replaced, now " : "not replaced, is ")
                + replaced.value().map(EventLines::value).orElse("(nothing)"));
  }

  private CompletionStage<String> add(Words words) {
    return now(new RoomRequest.IncrementProperty(rooms.current(), words.at(1), words.value(2)));
  }

  private CompletionStage<String> unset(Words words) {
    words.at(1);
    return done(new RoomRequest.RemoveProperties(rooms.current(), words.from(1)));
  }

  private CompletionStage<String> put(Words words) {
    return now(
        new RoomRequest.PutObject(
            rooms.current(), words.at(1), combine(words.at(2)), false, 0, words.value(3)));
  }

  private static Combine combine(String name) {
    try {
      return Combine.valueOf(name.toUpperCase(Locale.ROOT));
    } catch (IllegalArgumentException e) {
      throw new Words.Misuse("'" + name + "' is not last, sum, min, max or merge");
    }
  }

  private CompletionStage<String> drop(Words words) {
    return done(new RoomRequest.RemoveObject(rooms.current(), words.at(1)));
  }

  private CompletionStage<String> reserve(Words words) {
    words.at(1);
    return done(new RoomRequest.Reserve(rooms.current(), 0, words.from(1)));
  }

  private CompletionStage<String> unreserve(Words words) {
    words.at(1);
    return done(new RoomRequest.CancelReservation(rooms.current(), words.from(1)));
  }

  private CompletionStage<String> owner(Words words) {
    return done(new RoomRequest.ChangeOwner(rooms.current(), rooms.member(words.at(1))));
  }

  private CompletionStage<String> kick(Words words) {
    return done(new RoomRequest.Kick(rooms.current(), rooms.member(words.at(1)), words.bytes(2)));
  }

  private CompletionStage<String> register(Words words) {
    boolean registered =
        switch (words.at(1)) {
          case "on" -> true;
          case "off" -> false;
          default -> throw new Words.Misuse("'" + words.at(1) + "' is neither on nor off");
        };
    return done(new RoomRequest.Register(rooms.current(), registered));
  }

  private CompletionStage<String> find(Words words) {
    return stats(new RoomRequest.Find(words.at(1, ""), LISTED_ROOMS_MAX));
  }

  private CompletionStage<String> stat(Words words) {
    return stats(new RoomRequest.Stat(words.at(1)));
  }

  private CompletionStage<String> stats(RoomRequest request) {
    return answer(
        request,
        RoomReply.Stats::decode,
        stats -> stats.rooms().stream().map(EventLines::stat).collect(Collectors.joining("\n")));
  }

  private CompletionStage<String> entry(RoomRequest request) {
    return answer(
        request,
        RoomReply.Entry::decode,
        entry -> (entry.created() ? "made " : "joined ") + entry.roomId());
  }

  private CompletionStage<String> now(RoomRequest request) {
    return answer(request, RoomReply.Now::decode, now -> "now " + EventLines.value(now.value()));
  }

  private CompletionStage<String> done(RoomRequest request) {
    return call(request.cmd(), request.encode()).thenApply(ok -> "done");
  }

  private <R> CompletionStage<String> answer(
      RoomRequest request, Function<byte[], Optional<R>> decoder, Function<R, String> words) {
    return call(request.cmd(), request.encode())
        .thenApply(
            answer -> decoder.apply(answer).map(words).orElse("the server's answer is malformed"));
  }

  private CompletionStage<byte[]> call(int cmd, byte[] payload) {
    return client.call(RoomCmd.VER, cmd, payload);
  }

  private static CompletionStage<String> shown(String line) {
    return CompletableFuture.completedFuture(line);
  }
}

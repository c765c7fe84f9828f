package dev.skein.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.Combine;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomCmd;
import dev.skein.protocol.room.RoomCode;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.protocol.room.RoomReply;
import dev.skein.protocol.room.RoomRequest;
import dev.skein.protocol.room.RoomRequest.Terms;
import dev.skein.protocol.room.RoomStat;
import dev.skein.server.CommandException;
import dev.skein.server.Status;
import dev.skein.server.User;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** The built-in commands, with users on two shards. */
class RoomCommandsTest {
  private static final byte[] NOTHING = {};

  private final TestNode node = new TestNode(Rooms.module());
  private final List<TestUser> users = node.users(4);
  private final TestUser ann = users.get(0);
  private final TestUser bob = users.get(1);
  private final TestUser cyd = users.get(2);

  private long lobby(TestUser... who) {
    long number = 0;
    for (TestUser user : who) {
      number = node.enter(user, new RoomRequest.JoinRandom(Terms.of("lobby"), true, NOTHING));
    }
    for (TestUser user : who) {
      user.forget();
    }
    return number;
  }

  private void assertBad(int code, TestNode.Answer answer) {
    assertThat(answer.status()).as(answer.text()).isEqualTo(Status.BAD);
    assertThat(answer.code()).isEqualTo(code);
  }

  private void assertBad(int code, TestUser user, RoomRequest request) {
    assertBad(code, node.send(user, request));
  }

  private byte[] ok(TestUser user, RoomRequest request) {
    TestNode.Answer answer = node.send(user, request);
    assertThat(answer.status()).as(answer.text()).isEqualTo(Status.OK);
    return answer.payload();
  }

  private static byte[] said(long room, String text) {
    return new PayloadWriter().varint(room).raw(text.getBytes(UTF_8)).toBytes();
  }

  @Test
  void aMakerOwnsItsRoomAndOthersJoinById() {
    byte[] payload = ok(ann, new RoomRequest.Create(Terms.of("duel"), true, NOTHING));
    RoomReply.Entry entry = RoomReply.Entry.decode(payload).orElseThrow();
    assertThat(entry.created()).isTrue();
    assertThat(entry.roomId()).matches("[0-9a-f]{24}").startsWith("00000007");
    long number = node.enter(bob, new RoomRequest.Join(entry.roomId(), "hi".getBytes(UTF_8)));
    assertThat(number).isEqualTo(entry.room());
    assertThat(ann.events(RoomEvent.Joined.class))
        .singleElement()
        .satisfies(joined -> assertThat(joined.message()).asString(UTF_8).isEqualTo("hi"));
    assertThat(bob.events(RoomEvent.Entered.class).getFirst().owner()).isEqualTo(1);
  }

  @Test
  void aRoomCanBeMadeWithoutJoiningIt() {
    byte[] payload = ok(ann, new RoomRequest.Create(Terms.of("duel"), false, NOTHING));
    RoomReply.Entry entry = RoomReply.Entry.decode(payload).orElseThrow();
    assertThat(entry.room()).isZero();
    assertThat(ann.events()).isEmpty();
    node.enter(bob, new RoomRequest.Join(entry.roomId(), NOTHING));
    assertThat(node.rooms().find(entry.roomId()).orElseThrow().owner().orElseThrow().uid())
        .isEqualTo(bob.uid());
  }

  @Test
  void roomsAUserMakesAreLimitedAndCountAgainWhenClosed() {
    TestNode small = new TestNode(Rooms.module(), 2, 1, Map.of("maxRoomsPerUser", "2"));
    TestUser maker = small.user("maker", 1);
    RoomRequest make = new RoomRequest.Create(Terms.of("duel"), false, NOTHING);
    assertThat(small.send(maker, make).status()).isEqualTo(Status.OK);
    assertThat(small.send(maker, make).status()).isEqualTo(Status.OK);
    assertBad(RoomCode.TOO_MANY_ROOMS, small.send(maker, make));
    small.await(small.rooms().list().getFirst().close(NOTHING));
    assertThat(small.send(maker, make).status()).isEqualTo(Status.OK);
  }

  @Test
  void aHookThatRefusesToMakeRoomsDoesNotHinderRandomJoins() {
    Rooms frugal =
        Rooms.module()
            .hooks(
                new RoomHooks() {
                  @Override
                  public RoomOptions beforeCreate(User maker, RoomOptions wanted) {
                    throw CommandException.bad(2222, "no rooms of your own");
                  }
                });
    TestNode other = new TestNode(frugal);
    TestUser user = other.user("u", 0);
    RoomRequest join = new RoomRequest.JoinRandom(Terms.of("x"), true, NOTHING);
    assertBad(2222, other.send(user, join));
    frugal.create(RoomOptions.builder().type("x").registered(true).build());
    assertThat(other.send(user, join).status()).isEqualTo(Status.OK);
  }

  @Test
  void aBroadcastReachesAllMembersOnAllShardsWithOneHandOverForEach() {
    long room = lobby(users.toArray(TestUser[]::new));
    int before = node.clock().handOvers();
    assertThat(node.send(ann, RoomCmd.BROADCAST, said(room, "hello"), Channel.UNRELIABLE).status())
        .isEqualTo(Status.OK);
    assertThat(users).allSatisfy(user -> assertThat(user.heard()).containsExactly("1:hello"));
    assertThat(users)
        .allSatisfy(
            user -> assertThat(user.received().getFirst().channel()).isEqualTo(Channel.UNRELIABLE));
    // One for the command itself, one for the two members on the other shard.
    assertThat(node.clock().handOvers() - before).isEqualTo(2);
  }

  @Test
  void aRelayReachesAllButItsSender() {
    long room = lobby(ann, bob, cyd);
    node.send(bob, RoomCmd.RELAY, said(room, "psst"), Channel.ordered(1));
    assertThat(bob.heard()).isEmpty();
    assertThat(ann.heard()).containsExactly("2:psst");
    assertThat(cyd.heard()).containsExactly("2:psst");
  }

  @Test
  void aMessageReachesThoseItNames() {
    long room = lobby(ann, bob, cyd);
    byte[] payload =
        new PayloadWriter().varint(room).varint(2).varint(2).varint(3).u8('x').toBytes();
    assertThat(node.send(ann, RoomCmd.MESSAGE, payload, Channel.RELIABLE).status())
        .isEqualTo(Status.OK);
    assertThat(ann.heard()).isEmpty();
    assertThat(bob.heard()).containsExactly("1:x");
    assertThat(cyd.heard()).containsExactly("1:x");
    byte[] unknown = new PayloadWriter().varint(room).varint(1).varint(9).u8('x').toBytes();
    assertBad(RoomCode.NO_SUCH_MEMBER, node.send(ann, RoomCmd.MESSAGE, unknown, Channel.RELIABLE));
  }

  @Test
  void aCommandWithoutRequestIdIsAnsweredOkOnceAndStillBroadcast() {
    long room = lobby(ann, bob);
    CompletableFuture<TestNode.Answer> answer =
        node.start(ann, RoomCmd.BROADCAST, said(room, "x"), Channel.RELIABLE, 0);
    node.clock().settle();
    assertThat(answer.join().status()).isEqualTo(Status.OK);
    assertThat(bob.heard()).containsExactly("1:x");
  }

  @Test
  void whoIsNotInARoomCanDoNothingThere() {
    long room = lobby(ann);
    assertBad(
        RoomCode.NOT_A_MEMBER,
        node.send(bob, RoomCmd.BROADCAST, said(room, "x"), Channel.RELIABLE));
    assertBad(
        RoomCode.NOT_A_MEMBER, node.send(bob, RoomCmd.RELAY, said(room, "x"), Channel.RELIABLE));
    byte[] message = new PayloadWriter().varint(room).varint(0).toBytes();
    assertBad(RoomCode.NOT_A_MEMBER, node.send(bob, RoomCmd.MESSAGE, message, Channel.RELIABLE));
    assertBad(RoomCode.NOT_A_MEMBER, bob, new RoomRequest.Leave(room, NOTHING));
    assertBad(RoomCode.NOT_A_MEMBER, bob, new RoomRequest.Chat(room, "x"));
    assertBad(RoomCode.NOT_A_MEMBER, bob, new RoomRequest.Kick(room, 1, NOTHING));
    assertBad(RoomCode.NOT_A_MEMBER, bob, new RoomRequest.SetProperties(room, Map.of()));
    assertBad(RoomCode.NOT_FOUND, bob, new RoomRequest.Join("000000000000000000000000", NOTHING));
    assertBad(RoomCode.NOT_FOUND, bob, new RoomRequest.Stat("nonsense"));
    assertBad(
        RoomCode.NOT_FOUND, bob, new RoomRequest.JoinRandom(Terms.of("none"), false, NOTHING));
    assertBad(RoomCode.NOT_FOUND, bob, new RoomRequest.Return("nonsense", 1, 0));
  }

  @Test
  void malformedPayloadsAreAnsweredBad() {
    lobby(ann);
    for (int cmd = RoomCmd.CREATE; cmd <= RoomCmd.RETURN; cmd++) {
      byte[] nonsense = {(byte) 0xff};
      assertBad(Code.MALFORMED, node.send(ann, cmd, nonsense, Channel.RELIABLE));
    }
    byte[] trailing = new PayloadWriter().varint(1).varint(2).u8(0).toBytes();
    assertBad(Code.MALFORMED, node.send(ann, RoomCmd.CHANGE_OWNER, trailing, Channel.RELIABLE));
    byte[] manyMembers = new PayloadWriter().varint(1).varint(1001).toBytes();
    assertBad(Code.MALFORMED, node.send(ann, RoomCmd.MESSAGE, manyMembers, Channel.RELIABLE));
    assertThat(node.send(ann, RoomCmd.BROADCAST, NOTHING, Channel.RELIABLE).code())
        .isEqualTo(Code.MALFORMED);
  }

  @Test
  void termsOutOfRangeAreAnsweredBad() {
    Terms tooMany = new Terms("x", true, false, 1001, 0, 0);
    assertBad(Code.MALFORMED, ann, new RoomRequest.Create(tooMany, true, NOTHING));
    Terms one = new Terms("x", true, false, 1, 0, 0);
    assertBad(Code.MALFORMED, ann, new RoomRequest.Create(one, true, NOTHING));
    Terms slow = new Terms("x", true, false, 0, 0, 10_001);
    assertBad(Code.MALFORMED, ann, new RoomRequest.Create(slow, true, NOTHING));
  }

  @Test
  void leavingAnswersAndTellsTheOthers() {
    long room = lobby(ann, bob);
    ok(ann, new RoomRequest.Leave(room, "bye".getBytes(UTF_8)));
    assertThat(ann.events(RoomEvent.Exited.class)).hasSize(1);
    assertThat(bob.events(RoomEvent.Left.class).getFirst().reason()).isEqualTo(LeaveReason.LEFT);
    assertThat(bob.events(RoomEvent.OwnerChanged.class).getFirst().member()).isEqualTo(2);
    assertBad(RoomCode.NOT_A_MEMBER, ann, new RoomRequest.Leave(room, NOTHING));
    ok(bob, new RoomRequest.Leave(room, NOTHING));
    assertThat(node.rooms().count()).isZero();
  }

  @Test
  void onlyTheOwnerKicksAndChoosesTheNextOwner() {
    long room = lobby(ann, bob, cyd);
    assertBad(RoomCode.NOT_THE_OWNER, bob, new RoomRequest.Kick(room, 3, NOTHING));
    assertBad(RoomCode.NOT_THE_OWNER, bob, new RoomRequest.ChangeOwner(room, 2));
    assertBad(RoomCode.NOT_THE_OWNER, bob, new RoomRequest.Register(room, false));
    assertBad(RoomCode.NO_SUCH_MEMBER, ann, new RoomRequest.Kick(room, 9, NOTHING));
    ok(ann, new RoomRequest.ChangeOwner(room, 2));
    assertThat(cyd.events(RoomEvent.OwnerChanged.class).getFirst().member()).isEqualTo(2);
    ok(bob, new RoomRequest.Kick(room, 3, "rude".getBytes(UTF_8)));
    assertThat(cyd.events(RoomEvent.Exited.class).getFirst().reason())
        .isEqualTo(LeaveReason.KICKED);
    assertThat(ann.events(RoomEvent.Left.class).getFirst().message())
        .asString(UTF_8)
        .isEqualTo("rude");
    assertBad(
        RoomCode.NOT_A_MEMBER,
        node.send(cyd, RoomCmd.BROADCAST, said(room, "x"), Channel.RELIABLE));
  }

  @Test
  void propertiesAreSetReplacedIncrementedReadAndRemoved() {
    long room = lobby(ann, bob);
    ok(ann, new RoomRequest.SetProperties(room, Map.of("map", Value.of("isle"))));
    RoomReply.Replaced lost =
        RoomReply.Replaced.decode(
                ok(
                    bob,
                    new RoomRequest.ReplaceProperty(
                        room, "map", Optional.of(Value.of("old")), Value.of("new"))))
            .orElseThrow();
    assertThat(lost).isEqualTo(new RoomReply.Replaced(false, Optional.of(Value.of("isle"))));
    RoomReply.Replaced won =
        RoomReply.Replaced.decode(
                ok(
                    bob,
                    new RoomRequest.ReplaceProperty(
                        room, "lock", Optional.empty(), Value.of(bob.uid()))))
            .orElseThrow();
    assertThat(won.replaced()).isTrue();
    assertThat(
            RoomReply.Now.decode(
                    ok(bob, new RoomRequest.IncrementProperty(room, "kills", Value.of(2))))
                .orElseThrow()
                .value())
        .isEqualTo(Value.of(2));
    ok(ann, new RoomRequest.RemoveProperties(room, List.of("map")));
    assertThat(
            RoomReply.Properties.decode(ok(ann, new RoomRequest.GetProperties(room, List.of())))
                .orElseThrow()
                .values())
        .isEqualTo(Map.of("lock", Value.of(bob.uid()), "kills", Value.of(2)));
    assertThat(
            RoomReply.Properties.decode(
                    ok(ann, new RoomRequest.GetProperties(room, List.of("kills", "nope"))))
                .orElseThrow()
                .values())
        .isEqualTo(Map.of("kills", Value.of(2)));
    assertThat(ann.events(RoomEvent.PropertiesChanged.class)).hasSize(4);
    assertThat(ann.events(RoomEvent.PropertiesChanged.class))
        .isEqualTo(bob.events(RoomEvent.PropertiesChanged.class));
    assertBad(
        RoomCode.WRONG_TYPE, ann, new RoomRequest.IncrementProperty(room, "lock", Value.of(1)));
  }

  @Test
  void linkedObjectsLeaveWithTheirUser() {
    long room = lobby(ann, bob);
    ok(ann, new RoomRequest.PutObject(room, "hers", Combine.LAST, true, 0, Value.of(1)));
    RoomReply.Now sum =
        RoomReply.Now.decode(
                ok(ann, new RoomRequest.PutObject(room, "sum", Combine.SUM, false, 0, Value.of(1))))
            .orElseThrow();
    assertThat(sum.value()).isEqualTo(Value.of(1));
    ok(bob, new RoomRequest.PutObject(room, "sum", Combine.SUM, false, 0, Value.of(4)));
    ok(bob, new RoomRequest.PutObject(room, "gone", Combine.LAST, false, 0, Value.of(4)));
    ok(bob, new RoomRequest.RemoveObject(room, "gone"));
    ok(ann, new RoomRequest.Leave(room, NOTHING));
    assertThat(node.rooms().list().getFirst().objects()).isEqualTo(Map.of("sum", Value.of(5)));
    assertThat(bob.events(RoomEvent.ObjectsChanged.class).getLast().changes())
        .isEqualTo(Map.of("hers", Optional.empty()));
  }

  @Test
  void chatIsHeardByAllAndRemembered() {
    long room = lobby(ann, bob);
    ok(ann, new RoomRequest.Chat(room, "gg"));
    ok(bob, new RoomRequest.Chat(room, "wp"));
    assertThat(ann.events(RoomEvent.Chatted.class))
        .extracting(chatted -> chatted.line().uid() + " " + chatted.line().text())
        .containsExactly("u0 gg", "u1 wp");
    node.enter(cyd, new RoomRequest.JoinRandom(Terms.of("lobby"), false, NOTHING));
    assertThat(
            RoomReply.History.decode(ok(cyd, new RoomRequest.ChatHistory(room, 10)))
                .orElseThrow()
                .lines())
        .extracting(line -> line.text())
        .containsExactly("gg", "wp");
  }

  @Test
  void reservedPlacesAreKeptForTheirUsers() {
    Terms two = new Terms("pair", true, false, 2, 0, 0);
    long room = node.enter(ann, new RoomRequest.Create(two, true, NOTHING));
    ok(ann, new RoomRequest.Reserve(room, 0, List.of(bob.uid())));
    assertBad(
        RoomCode.NOT_FOUND, cyd, new RoomRequest.JoinRandom(Terms.of("pair"), false, NOTHING));
    ok(ann, new RoomRequest.CancelReservation(room, List.of(bob.uid())));
    node.enter(cyd, new RoomRequest.JoinRandom(Terms.of("pair"), false, NOTHING));
    assertBad(
        RoomCode.TOO_MANY_RESERVATIONS, ann, new RoomRequest.Reserve(room, 0, List.of(bob.uid())));
  }

  @Test
  void anExpiredReservationFreesThePlaceForRandomJoins() {
    Terms two = new Terms("pair", true, false, 2, 0, 0);
    long room = node.enter(ann, new RoomRequest.Create(two, true, NOTHING));
    ok(ann, new RoomRequest.Reserve(room, 5_000, List.of(bob.uid())));
    node.clock().advance(5_001);
    node.enter(cyd, new RoomRequest.JoinRandom(Terms.of("pair"), false, NOTHING));
  }

  @Test
  void findSeesRegisteredRoomsOnlyAndStatKnowsTheirNumbers() {
    long room = lobby(ann, bob);
    Terms hidden = new Terms("lobby", false, false, 0, 0, 0);
    node.enter(cyd, new RoomRequest.Create(hidden, true, NOTHING));
    List<RoomStat> found = find("lobby");
    assertThat(found).hasSize(1);
    assertThat(found.getFirst().members()).isEqualTo(2);
    assertThat(
            RoomReply.Stats.decode(ok(cyd, new RoomRequest.Stat(found.getFirst().id())))
                .orElseThrow()
                .rooms())
        .isEqualTo(found);
    assertThat(find("")).isEqualTo(found);
    ok(ann, new RoomRequest.Register(room, false));
    assertThat(find("lobby")).isEmpty();
    assertThat(find("")).isEmpty();
  }

  private List<RoomStat> find(String type) {
    return RoomReply.Stats.decode(ok(cyd, new RoomRequest.Find(type, 10))).orElseThrow().rooms();
  }

  @Test
  void aUserIsInAsManyRoomsAsAllowed() {
    TestNode small = new TestNode(Rooms.module(), 2, 1, Map.of("maxRoomsPerUser", "2"));
    TestUser user = small.user("u", 0);
    Set<Long> numbers = new HashSet<>();
    for (String type : List.of("a", "b")) {
      numbers.add(small.enter(user, new RoomRequest.JoinRandom(Terms.of(type), true, NOTHING)));
    }
    assertBad(
        RoomCode.TOO_MANY_ROOMS,
        small.send(user, new RoomRequest.JoinRandom(Terms.of("c"), true, NOTHING)));
    RoomReply.Own own =
        RoomReply.Own.decode(small.send(user, new RoomRequest.ListOwn()).payload()).orElseThrow();
    assertThat(own.roomIds().keySet()).isEqualTo(numbers);
  }

  @Test
  void usersWhoComeAtTheSameTimeFillRoomsOneAfterTheOther() {
    TestNode wide = new TestNode(Rooms.module(), 4, 5, Map.of());
    Terms ten = new Terms("arena", true, false, 10, 0, 0);
    List<TestUser> crowd = wide.users(100);
    crowd.forEach(user -> wide.start(user, new RoomRequest.JoinRandom(ten, true, NOTHING)));
    wide.clock().settle();
    assertThat(wide.rooms().count()).isEqualTo(10);
    assertThat(wide.rooms().list()).allSatisfy(room -> assertThat(room.members()).hasSize(10));
  }

  @Test
  void commandsThatAreNotExposedStayReserved() {
    TestNode closed = new TestNode(Rooms.module(), 1, 1, Map.of("exposeCommands", "false"));
    assertThat(closed.exposed()).hasSize(RoomCmd.RETURN - RoomCmd.CREATE + 1);
    assertThat(closed.exposed().values()).containsOnly(false);
  }

  @Test
  void broadcastsOfOneSenderArriveInOrderOnEveryShard() {
    long room = lobby(users.toArray(TestUser[]::new));
    for (int i = 0; i < 20; i++) {
      for (TestUser user : users) {
        node.start(user, RoomCmd.BROADCAST, said(room, user.uid() + "-" + i), Channel.RELIABLE, 0);
      }
    }
    node.clock().settle();
    assertThat(users).allSatisfy(user -> assertThat(user.heard()).isEqualTo(ann.heard()));
    assertThat(ann.heard()).hasSize(80);
  }
}

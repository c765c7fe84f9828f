package dev.skein.room;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import dev.skein.protocol.payload.PayloadWriter;
import dev.skein.protocol.payload.Value;
import dev.skein.protocol.room.ChatLine;
import dev.skein.protocol.room.Combine;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.protocol.room.RoomCmd;
import dev.skein.protocol.room.RoomCode;
import dev.skein.protocol.room.RoomEvent;
import dev.skein.protocol.room.RoomRequest;
import dev.skein.protocol.room.RoomRequest.Terms;
import dev.skein.server.CommandException;
import dev.skein.server.User;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** The server's API and the hooks, with users on two shards. */
class RoomsTest {
  private static final byte[] NOTHING = {};

  private final Journal journal = new Journal();
  private final TestNode node = new TestNode(Rooms.module().hooks(journal));
  private final Rooms rooms = node.rooms();
  private final TestUser ann = node.user("ann", 0);
  private final TestUser bob = node.user("bob", 1);

  private Room room(RoomOptions options, TestUser... users) {
    Room room = node.await(rooms.create(options, users[0], NOTHING));
    for (int i = 1; i < users.length; i++) {
      node.await(rooms.join(room.id(), users[i], NOTHING));
    }
    for (TestUser user : users) {
      user.forget();
    }
    journal.lines.clear();
    return room;
  }

  private void assertRefused(int code, CompletionStage<?> stage) {
    assertThatThrownBy(() -> node.await(stage))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            CommandException.class, refused -> assertThat(refused.code()).isEqualTo(code));
  }

  @Test
  void theServerTalksToAllAndToSome() {
    Room room = room(RoomOptions.of("x"), ann, bob);
    node.await(room.announce("all".getBytes(UTF_8)));
    node.await(room.announce(List.of("bob", "?"), "bob".getBytes(UTF_8), Channel.UNRELIABLE));
    node.await(room.broadcast(bob, "b".getBytes(UTF_8), Channel.RELIABLE));
    node.await(room.relay(bob, "r".getBytes(UTF_8), Channel.RELIABLE));
    node.await(room.message(bob, List.of("ann"), "m".getBytes(UTF_8), Channel.RELIABLE));
    assertThat(ann.heard()).containsExactly("0:all", "2:b", "2:r", "2:m");
    assertThat(bob.heard()).containsExactly("0:all", "0:bob", "2:b");
    assertRefused(
        RoomCode.NOT_A_MEMBER, room.broadcast(node.user("cyd", 0), NOTHING, Channel.RELIABLE));
  }

  @Test
  void theServerLooksIntoARoomFromAnyThread() {
    Room room = room(RoomOptions.builder().type("duel").maxMembers(2).build(), ann, bob);
    assertThat(room.members()).extracting(Member::uid).containsExactly("ann", "bob");
    assertThat(room.owner().orElseThrow().uid()).isEqualTo("ann");
    assertThat(room.isFull()).isTrue();
    assertThat(room.stat().members()).isEqualTo(2);
    assertThat(room.member("bob").orElseThrow().user()).isSameAs(bob);
    assertThat(rooms.find(room.id())).contains(room);
    assertThat(rooms.list()).containsExactly(room);
    assertThat(rooms.of(ann)).containsExactly(room);
    assertThat(rooms.find("duel", 10)).isEmpty();
    node.await(room.register(true));
    assertThat(rooms.find("duel", 10)).containsExactly(room);
  }

  @Test
  void theServerChangesPropertiesAndObjects() {
    Room room = room(RoomOptions.of("x"), ann);
    node.await(room.set("a", Value.of(1)));
    assertThat(node.await(room.increment("a", Value.of(4)))).isEqualTo(Value.of(5));
    assertThat(node.await(room.increment("new", Value.of(0.5)))).isEqualTo(Value.of(0.5));
    assertThat(node.await(room.update("a", old -> old.map(v -> Value.of(v.asLong() * 2)))))
        .contains(Value.of(10));
    node.await(room.remove(List.of("new")));
    assertThat(room.properties()).isEqualTo(Map.of("a", Value.of(10)));
    node.await(room.putObject("o", Value.of(1), Combine.SUM, Duration.ZERO));
    assertThat(node.await(room.putObject("o", Value.of(2), Combine.SUM, Duration.ZERO)))
        .isEqualTo(Value.of(3));
    node.await(room.putObject("link", Value.of(2), Combine.LAST, Duration.ofSeconds(1), ann));
    assertThat(room.objects()).containsOnlyKeys("o", "link");
    node.clock().advance(1001);
    assertThat(room.object("link")).isEmpty();
    node.await(room.removeObject("o"));
    assertThat(room.objects()).isEmpty();
    assertThat(journal.lines)
        .contains("properties {a=Optional[Whole[value=1]]}", "objects {o=Optional.empty}");
  }

  @Test
  void theServerKicksLetsOutAndCloses() {
    Room room = room(RoomOptions.of("x"), ann, bob);
    node.await(room.kick("ann", "out".getBytes(UTF_8)));
    assertThat(ann.events(RoomEvent.Exited.class).getFirst().reason())
        .isEqualTo(LeaveReason.KICKED);
    assertThat(room.owner().orElseThrow().uid()).isEqualTo("bob");
    assertRefused(RoomCode.NOT_A_MEMBER, room.kick("ann", NOTHING));
    node.await(rooms.join(room.id(), ann, NOTHING));
    node.await(room.changeOwner("ann"));
    assertThat(room.owner().orElseThrow().uid()).isEqualTo("ann");
    node.await(rooms.leaveAll(ann, NOTHING));
    assertThat(rooms.of(ann)).isEmpty();
    node.await(room.close("end".getBytes(UTF_8)));
    assertThat(bob.events(RoomEvent.Exited.class).getFirst().reason())
        .isEqualTo(LeaveReason.CLOSED);
    assertThat(room.isClosed()).isTrue();
    assertThat(rooms.count()).isZero();
    assertRefused(RoomCode.CLOSED, room.announce(NOTHING));
    assertRefused(RoomCode.NOT_FOUND, rooms.join(room.id(), ann, NOTHING));
  }

  @Test
  void aJoinCanBeRefusedByTheGameWithItsOwnCodeAndText() {
    Rooms picky =
        Rooms.module()
            .type(
                RoomOptions.of("vip"),
                new RoomHooks() {
                  @Override
                  public byte[] beforeJoin(Room room, User user, byte[] message) {
                    if (!user.uid().equals("ann")) {
                      throw CommandException.bad(2345, "not on the list");
                    }
                    return "welcome".getBytes(UTF_8);
                  }
                });
    TestNode club = new TestNode(picky);
    TestUser guest = club.user("ann", 0);
    long number = club.enter(guest, new RoomRequest.JoinRandom(Terms.of("vip"), true, NOTHING));
    assertThat(guest.events(RoomEvent.Entered.class).getFirst().welcome())
        .asString(UTF_8)
        .isEqualTo("welcome");
    TestNode.Answer answer =
        club.send(club.user("bob", 1), new RoomRequest.JoinRandom(Terms.of("vip"), false, NOTHING));
    assertThat(answer.code()).isEqualTo(2345);
    assertThat(answer.text()).isEqualTo("not on the list");
    assertThat(club.send(guest, new RoomRequest.Leave(number, NOTHING)).code()).isZero();
  }

  @Test
  void hooksHearOfEverythingInOrder() {
    Room room = node.await(rooms.create(RoomOptions.of("x"), ann, "hi".getBytes(UTF_8)));
    node.await(rooms.join(room.id(), bob, NOTHING));
    node.await(room.chat("welcome"));
    node.await(room.leave(ann, "bye".getBytes(UTF_8)));
    node.discard(bob);
    assertThat(journal.lines)
        .containsExactly(
            "created",
            "joined ann hi",
            "owner ann",
            "joined bob ",
            "chatted  welcome",
            "left ann LEFT bye",
            "owner bob",
            "left bob DISCONNECTED lost bob",
            "closed");
  }

  @Test
  void aLostSessionLeavesWithTheDiscardMessageOfTheGame() {
    Room room = room(RoomOptions.of("x"), ann, bob);
    node.discard(bob);
    assertThat(room.members()).hasSize(1);
    RoomEvent.Left left = ann.events(RoomEvent.Left.class).getFirst();
    assertThat(left.reason()).isEqualTo(LeaveReason.DISCONNECTED);
    assertThat(left.message()).asString(UTF_8).isEqualTo("lost bob");
    assertThat(rooms.of(bob)).isEmpty();
  }

  @Test
  void aUserThatIsGoneBeforeItsJoinIsDoneIsNotLeftBehind() {
    Room room = room(RoomOptions.of("x"), ann);
    CompletionStage<Member> joining = rooms.join(room.id(), bob, NOTHING);
    node.clock().step();
    node.startDiscard(bob);
    assertThatThrownBy(() -> node.await(joining)).isInstanceOf(CompletionException.class);
    node.clock().settle();
    assertThat(room.members()).extracting(Member::uid).containsExactly("ann");
  }

  @Test
  void theGameMayElectTheNextOwner() {
    Rooms electing =
        Rooms.module()
            .hooks(
                new RoomHooks() {
                  @Override
                  public Optional<Member> electOwner(Room room, List<Member> candidates) {
                    return Optional.of(candidates.getLast());
                  }
                });
    TestNode other = new TestNode(electing);
    List<TestUser> three = other.users(3);
    Room room = other.await(electing.create(RoomOptions.of("x"), three.get(0), NOTHING));
    other.await(electing.join(room.id(), three.get(1), NOTHING));
    other.await(electing.join(room.id(), three.get(2), NOTHING));
    other.discard(three.get(0));
    assertThat(room.owner().orElseThrow().uid()).isEqualTo("u2");
  }

  @Test
  void aHookThatThrowsIsAnInternalErrorForTheClientAndHarmsNothingElse() {
    Rooms broken =
        Rooms.module()
            .hooks(
                new RoomHooks() {
                  @Override
                  public void joined(Room room, Member member, byte[] message) {
                    throw new IllegalStateException("joined");
                  }

                  @Override
                  public Optional<String> beforeChat(Room room, Member member, String text) {
                    throw new IllegalStateException("chat");
                  }
                });
    TestNode other = new TestNode(broken);
    TestUser user = other.user("u", 0);
    long number = other.enter(user, new RoomRequest.JoinRandom(Terms.of("x"), true, NOTHING));
    assertThat(other.send(user, new RoomRequest.Chat(number, "hi")).code())
        .isEqualTo(Code.INTERNAL);
    byte[] payload = new PayloadWriter().varint(number).u8('x').toBytes();
    other.send(user, RoomCmd.BROADCAST, payload, Channel.RELIABLE);
    assertThat(user.heard()).containsExactly("1:x");
  }

  @Test
  void theGameMayVetoLeavingChatAndPropertiesAndRewriteChat() {
    Rooms strict =
        Rooms.module()
            .hooks(
                new RoomHooks() {
                  @Override
                  public void beforeLeave(Room room, Member member, byte[] message) {
                    throw CommandException.bad(RoomCode.DENIED, "stay");
                  }

                  @Override
                  public Optional<String> beforeChat(Room room, Member member, String text) {
                    return text.contains("bad") ? Optional.empty() : Optional.of(text + "!");
                  }

                  @Override
                  public void beforePropertiesChange(
                      Room room, Member member, Map<String, Optional<Value>> changes) {
                    throw CommandException.bad(RoomCode.DENIED, "read only");
                  }

                  @Override
                  public RoomOptions beforeCreate(User maker, RoomOptions wanted) {
                    return wanted.toBuilder().maxMembers(7).build();
                  }
                });
    TestNode other = new TestNode(strict);
    TestUser user = other.user("u", 0);
    long number = other.enter(user, new RoomRequest.JoinRandom(Terms.of("x"), true, NOTHING));
    assertThat(user.events(RoomEvent.Entered.class).getFirst().maxMembers()).isEqualTo(7);
    assertThat(other.send(user, new RoomRequest.Leave(number, NOTHING)).text()).isEqualTo("stay");
    assertThat(other.send(user, new RoomRequest.Chat(number, "bad")).code())
        .isEqualTo(RoomCode.DENIED);
    other.send(user, new RoomRequest.Chat(number, "good"));
    assertThat(user.events(RoomEvent.Chatted.class).getFirst().line().text()).isEqualTo("good!");
    RoomRequest set = new RoomRequest.SetProperties(number, Map.of("a", Value.of(1)));
    assertThat(other.send(user, set).text()).isEqualTo("read only");
    RoomRequest increment = new RoomRequest.IncrementProperty(number, "a", Value.of(1));
    assertThat(other.send(user, increment).text()).isEqualTo("read only");
    other.discard(user);
    assertThat(strict.count()).isZero();
  }

  @Test
  void whatAHookAsksOfItsRoomHappensAfterTheOperation() {
    List<String> heard = new ArrayList<>();
    Rooms greeting =
        Rooms.module()
            .hooks(
                new RoomHooks() {
                  @Override
                  public void joined(Room room, Member member, byte[] message) {
                    room.announce(("hello " + member.uid()).getBytes(UTF_8));
                    if (member.uid().equals("u1")) {
                      room.kick("u1", NOTHING);
                    }
                  }

                  @Override
                  public void left(Room room, Member member, LeaveReason reason, byte[] message) {
                    heard.add(member.uid() + " " + reason);
                  }
                });
    TestNode other = new TestNode(greeting);
    List<TestUser> two = other.users(2);
    Room room = other.await(greeting.create(RoomOptions.of("x"), two.get(0), NOTHING));
    other.await(greeting.join(room.id(), two.get(1), NOTHING));
    other.clock().settle();
    assertThat(two.get(0).heard()).containsExactly("0:hello u0", "0:hello u1");
    assertThat(two.get(1).heard()).containsExactly("0:hello u1");
    assertThat(heard).containsExactly("u1 KICKED");
    assertThat(greeting.of(two.get(1))).isEmpty();
  }

  @Test
  void ticksKeepTheirRhythmUntilCancelledOrTheRoomCloses() {
    Room room = room(RoomOptions.builder().ticksMaxCount(2).build(), ann, bob);
    List<Long> times = new ArrayList<>();
    Tick tick = room.every(Duration.ofMillis(100), each -> times.add(node.clock().nowMillis()));
    List<String> others = new ArrayList<>();
    room.every(Duration.ofMillis(70), each -> others.add("tick"));
    assertThatThrownBy(() -> room.every(Duration.ofMillis(1), each -> {}))
        .isInstanceOf(IllegalStateException.class);
    long start = node.clock().nowMillis();
    node.clock().advance(350);
    assertThat(times).containsExactly(start + 100, start + 200, start + 300);
    tick.cancel();
    node.clock().advance(350);
    assertThat(times).hasSize(3);
    assertThat(others).hasSize(10);
    node.await(room.close(NOTHING));
    node.clock().advance(350);
    assertThat(others).hasSize(10);
  }

  @Test
  void anEmptyRoomIsKeptForItsTtlAndThenClosed() {
    Room kept = room(RoomOptions.builder().allowEmpty(true).emptyTtlMillis(10_000).build(), ann);
    node.await(kept.leave(ann, NOTHING));
    node.clock().advance(9_999);
    assertThat(kept.isClosed()).isFalse();
    node.clock().advance(2);
    assertThat(kept.isClosed()).isTrue();
    assertThat(journal.lines).endsWith("closed");
    Room unused = rooms.create(RoomOptions.builder().emptyTtlMillis(500).build());
    node.clock().advance(501);
    assertThat(unused.isClosed()).isTrue();
  }

  @Test
  void aBundleLeavesAtTheEndOfItsInterval() {
    Room room = room(RoomOptions.builder().broadcastIntervalMillis(30).build(), ann, bob);
    node.await(room.broadcast(ann, "1".getBytes(UTF_8), Channel.RELIABLE));
    node.await(room.broadcast(bob, "2".getBytes(UTF_8), Channel.RELIABLE));
    assertThat(bob.events()).isEmpty();
    node.clock().advance(31);
    assertThat(bob.events(RoomEvent.Bundle.class))
        .singleElement()
        .satisfies(bundle -> assertThat(bundle.entries()).hasSize(2));
  }

  @Test
  void nobodyComesIntoARoomBeforeTheOwnerItIsMadeFor() {
    for (int seed = 1; seed <= 100; seed++) {
      TestNode other = new TestNode(Rooms.module(), 3, seed, Map.of());
      TestUser owner = other.user("owner", 0);
      RoomOptions open = RoomOptions.builder().type("x").registered(true).build();
      CompletionStage<Room> made = other.rooms().create(open, owner, NOTHING);
      for (int i = seed % 5; i > 0; i--) {
        other.clock().step();
      }
      other.rooms().joinOrCreate(open, other.user("guest", 1), NOTHING);
      other.clock().settle();
      assertThat(other.await(made).owner().orElseThrow().uid()).isEqualTo("owner");
    }
  }

  @Test
  void aNodeTakesAsManyRoomsAsItMayAndNoneWhileItIsOffline() {
    Rooms few = Rooms.module().settings(RoomSettings.DEFAULT.withRoomsMaxCount(1));
    TestNode small = new TestNode(few);
    Room room = few.create(RoomOptions.of("x"));
    assertThatThrownBy(() -> few.create(RoomOptions.of("x")))
        .isInstanceOfSatisfying(
            CommandException.class,
            refused -> assertThat(refused.code()).isEqualTo(RoomCode.NO_NEW_ROOMS));
    small.await(room.close(NOTHING));
    few.create(RoomOptions.of("x"));
    node.stopAccepting();
    assertRefused(RoomCode.NO_NEW_ROOMS, rooms.create(RoomOptions.of("x"), ann, NOTHING));
    assertRefused(RoomCode.NO_NEW_ROOMS, rooms.joinOrCreate(RoomOptions.of("x"), ann, NOTHING));
  }

  @Test
  void randomJoinsGoToRoomsWithAFreePlaceOnly() {
    RoomOptions pair = RoomOptions.builder().type("pair").maxMembers(2).build();
    String first = node.await(rooms.joinOrCreate(pair, ann, NOTHING)).id();
    assertThat(node.await(rooms.joinRandom("pair", bob, NOTHING)).id()).isEqualTo(first);
    String second = node.await(rooms.joinOrCreate(pair, node.user("cyd", 0), NOTHING)).id();
    assertThat(second).isNotEqualTo(first);
    assertRefused(RoomCode.NOT_FOUND, rooms.joinRandom("none", ann, NOTHING));
    assertThat(node.await(rooms.joinRandom("pair", ann, NOTHING)).id()).isEqualTo(second);
  }

  @Test
  void anUnknownOrUnfitSettingIsNamed() {
    assertThatThrownBy(() -> new TestNode(Rooms.module(), 1, 1, Map.of("maxMember", "3")))
        .hasMessageContaining("modules.room.maxMember");
    assertThatThrownBy(() -> new TestNode(Rooms.module(), 1, 1, Map.of("maxMembers", "many")))
        .hasMessageContaining("modules.room.maxMembers");
    assertThatThrownBy(() -> new TestNode(Rooms.module(), 1, 1, Map.of("maxMembers", "1001")))
        .hasMessageContaining("maxMembers 1001");
    assertThatThrownBy(() -> Rooms.module().create(RoomOptions.of("x")))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void everySettingOfARoomCanBeConfigured() throws ReflectiveOperationException {
    for (var component : RoomOptions.class.getRecordComponents()) {
      if (component.getName().equals("merge")) {
        continue;
      }
      Object now = component.getAccessor().invoke(RoomSettings.DEFAULT.defaults());
      String wanted =
          switch (now) {
            case Boolean flag -> String.valueOf(!flag);
            case String text -> "other";
            default -> Set.of("channel", "backups").contains(component.getName()) ? "1" : "77";
          };
      RoomSettings changed = RoomSettings.DEFAULT.overriddenBy(Map.of(component.getName(), wanted));
      assertThat(component.getAccessor().invoke(changed.defaults())).hasToString(wanted);
    }
  }

  /** Writes down what the hooks hear. */
  private static final class Journal implements RoomHooks {
    private final List<String> lines = new ArrayList<>();

    @Override
    public void created(Room room) {
      lines.add("created");
    }

    @Override
    public void joined(Room room, Member member, byte[] message) {
      lines.add("joined " + member.uid() + " " + new String(message, UTF_8));
    }

    @Override
    public void left(Room room, Member member, LeaveReason reason, byte[] message) {
      lines.add("left " + member.uid() + " " + reason + " " + new String(message, UTF_8));
    }

    @Override
    public byte[] discardMessage(Room room, Member member) {
      return ("lost " + member.uid()).getBytes(UTF_8);
    }

    @Override
    public void ownerChanged(Room room, Member owner) {
      lines.add("owner " + owner.uid());
    }

    @Override
    public void chatted(Room room, ChatLine line) {
      lines.add("chatted " + line.uid() + " " + line.text());
    }

    @Override
    public void propertiesChanged(Room room, Map<String, Optional<Value>> changes) {
      lines.add("properties " + changes);
    }

    @Override
    public void objectsChanged(Room room, Map<String, Optional<Value>> changes) {
      lines.add("objects " + changes);
    }

    @Override
    public void closed(Room room) {
      lines.add("closed");
    }
  }
}

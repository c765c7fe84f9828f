package dev.skein.module;

import static dev.skein.module.ClusterOfThree.LIMIT;
import static dev.skein.module.ClusterOfThree.bytes;
import static dev.skein.module.ClusterOfThree.get;
import static dev.skein.module.ClusterOfThree.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.skein.client.Client;
import dev.skein.client.CommandFailed;
import dev.skein.client.group.Group;
import dev.skein.client.room.Room;
import dev.skein.client.session.Session;
import dev.skein.dive.Dive;
import dev.skein.dive.Storage;
import dev.skein.dive.StorageOptions;
import dev.skein.dm.DirectMessages;
import dev.skein.group.GroupHooks;
import dev.skein.group.GroupOptions;
import dev.skein.group.Groups;
import dev.skein.notifier.Notification;
import dev.skein.notifier.Notifier;
import dev.skein.protocol.dm.DmCode;
import dev.skein.protocol.payload.Value;
import dev.skein.room.RoomOptions;
import dev.skein.room.Rooms;
import dev.skein.server.User;
import dev.skein.session.Sessions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;

/** The main operations of each module from every node, with the engine of real clusters below. */
@Timeout(180)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ModulesClusterTest {
  private static final int MESSAGES = 30;
  private static final int NEWS_CMD = 9;

  private final CompletableFuture<Void> newsAreOut = new CompletableFuture<>();
  private ClusterOfThree cluster;

  @BeforeAll
  void start() {
    cluster =
        ClusterOfThree.start(() ->
            List.of(
                Rooms.module(),
                Groups.module()
                    .hooks(new Farewells())
                    .staticGroup("world", GroupOptions.builder().type("world").build())
                    .staticGroup("rush", GroupOptions.builder().type("rush").build()),
                DirectMessages.module(),
                Sessions.module(),
                Dive.module()
                    .storage(StorageOptions.named("s").toBuilder().exposed(true).build())
                    .storage(
                        StorageOptions.named("near").toBuilder().nearCacheMaxCount(100).build()),
                Notifier.module().service("news", Duration.ofMillis(200), this::news)));
  }

  @AfterAll
  void stop() {
    cluster.close();
  }

  /** A group tells of those who come and go only if there is a message to tell. */
  private static final class Farewells implements GroupHooks {
    @Override
    public byte[] discardMessage(dev.skein.group.Group group, User user) {
      return bytes("gone");
    }
  }

  private Optional<Notification> news() {
    return newsAreOut.isDone()
        ? Optional.of(
            new Notification("n1", "news", 2, NEWS_CMD, bytes("extra"), Duration.ofMinutes(1)))
        : Optional.empty();
  }

  /** Waits until each has heard so much, and then the same. */
  private static void hearTheSame(List<List<String>> heard, int count) {
    await()
        .atMost(LIMIT)
        .untilAsserted(() -> assertThat(heard).allSatisfy(each -> assertThat(each).hasSize(count)));
    assertThat(heard).allSatisfy(each -> assertThat(each).isEqualTo(heard.getFirst()));
  }

  @Test
  void roomsAreJoinedFoundAndChangedFromEveryNodeAndHeardInOneOrder() throws Exception {
    String id = cluster.module(1, Rooms.class).create(RoomOptions.of("arena")).id();
    List<Room> rooms = new ArrayList<>();
    List<List<String>> heard = new ArrayList<>();
    for (Client client : cluster.connectThree("room")) {
      Room room = get(client.rooms().join(id));
      List<String> lines = new CopyOnWriteArrayList<>();
      room.onBroadcast((from, data) -> lines.add(from.uid() + " " + text(data)));
      rooms.add(room);
      heard.add(lines);
    }
    List<CompletableFuture<?>> changes = new ArrayList<>();
    for (int i = 0; i < MESSAGES; i++) {
      for (Room room : rooms) {
        room.broadcast(bytes("m" + i));
        changes.add(room.incrementProperty("n", Value.of(1)));
      }
    }
    get(CompletableFuture.allOf(changes.toArray(CompletableFuture[]::new)));
    hearTheSame(heard, 3 * MESSAGES);
    for (int node = 0; node < 3; node++) {
      Room room = rooms.get(node);
      assertThat(get(room.fetchProperties(List.of("n")))).isEqualTo(Map.of("n", Value.of(90)));
      await().atMost(LIMIT).until(() -> room.members().size() == 3);
    }
    get(rooms.get(2).leave());
    await().atMost(LIMIT).until(() -> rooms.getFirst().members().size() == 2);
  }

  @Test
  void groupsSpanAllNodesInOneOrder() throws Exception {
    List<Group> groups = new ArrayList<>();
    List<List<String>> heard = new ArrayList<>();
    for (Client client : cluster.connectThree("group")) {
      Group group = get(client.groups().join("world"));
      List<String> lines = new CopyOnWriteArrayList<>();
      group.onBroadcast((from, data) -> lines.add(from + " " + text(data)));
      groups.add(group);
      heard.add(lines);
    }
    for (int i = 0; i < MESSAGES; i++) {
      for (Group group : groups) {
        get(group.broadcastConfirmed(bytes("m" + i)));
      }
    }
    hearTheSame(heard, 3 * MESSAGES);
    for (Group group : groups) {
      assertThat(get(group.stat()).members()).isEqualTo(3);
    }
  }

  @Test
  void nodesThatMakeTheSameStaticGroupAtTheSameTimeMakeOne() throws Exception {
    List<Client> clients = cluster.connectThree("rush");
    List<CompletableFuture<Group>> joining =
        clients.stream().map(client -> client.groups().join("rush")).toList();
    List<String> heard = new CopyOnWriteArrayList<>();
    for (CompletableFuture<Group> each : joining) {
      get(each).onBroadcast((from, data) -> heard.add(text(data)));
    }
    for (CompletableFuture<Group> each : joining) {
      assertThat(get(get(each).stat()).members()).isEqualTo(3);
    }
    get(get(joining.get(1)).broadcastConfirmed(bytes("once each")));
    await().atMost(LIMIT).until(() -> heard.size() == 3);
  }

  @Test
  void directMessagesGoFromEveryNodeToEveryOther() throws Exception {
    List<Client> clients = cluster.connectThree("dm");
    Map<String, List<String>> heard = new ConcurrentHashMap<>();
    for (Client client : clients) {
      List<String> lines = new CopyOnWriteArrayList<>();
      heard.put(client.uid(), lines);
      client.directMessages().onMessage((from, data) -> lines.add(from + " " + text(data)));
    }
    for (Client from : clients) {
      for (Client to : clients) {
        get(from.directMessages().send(to.uid(), bytes("hi")));
      }
    }
    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(heard.values())
                .allSatisfy(lines ->
                    assertThat(lines).containsExactlyInAnyOrder("a-dm hi", "b-dm hi", "c-dm hi")));
    assertThatThrownBy(() -> clients.get(1).directMessages().send("nobody", bytes("hi")).join())
        .cause()
        .isInstanceOfSatisfying(
            CommandFailed.class, failed -> assertThat(failed.code()).isEqualTo(DmCode.OFFLINE));
  }

  @Test
  void aPartyMeetsOverAllNodesAndGoesOnWithoutItsOwner() throws Exception {
    List<Client> clients = cluster.connectThree("party");
    List<Session> parties = new ArrayList<>();
    parties.add(get(clients.get(0).sessions().create("party")));
    String id = parties.getFirst().id();
    List<CompletableFuture<String>> invited = new ArrayList<>();
    for (Client client : clients.subList(1, 3)) {
      CompletableFuture<String> invitation = new CompletableFuture<>();
      client.sessions().onInvited(each -> invitation.complete(each.sessionId()));
      invited.add(invitation);
    }
    get(parties.getFirst().invite(List.of("b-party", "c-party"), bytes("come")));
    for (int i = 0; i < 2; i++) {
      assertThat(get(invited.get(i))).isEqualTo(id);
      parties.add(get(clients.get(1 + i).sessions().join(id)));
    }
    List<List<String>> heard = new ArrayList<>();
    for (Session party : parties) {
      List<String> lines = new CopyOnWriteArrayList<>();
      party.onBroadcast((from, data) -> lines.add(from + " " + text(data)));
      heard.add(lines);
    }
    for (int i = 0; i < MESSAGES; i++) {
      for (Session party : parties) {
        party.broadcast(bytes("m" + i));
        get(party.incrementProperty("n", Value.of(1)));
      }
    }
    hearTheSame(heard, 3 * MESSAGES);
    get(parties.getFirst().leave());
    await()
        .atMost(LIMIT)
        .until(() ->
            !parties.get(1).owner().equals("a-party") && parties.get(1).members().size() == 2);
    assertThat(get(parties.get(2).incrementProperty("n", Value.of(0)))).isEqualTo(Value.of(90));
  }

  @Test
  void storagesAreReadAndChangedFromEveryNode() throws Exception {
    List<CompletableFuture<?>> racing = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      racing.add(storage(i % 3, "s").increment("count", 1).toCompletableFuture());
    }
    get(CompletableFuture.allOf(racing.toArray(CompletableFuture[]::new)));
    for (int node = 0; node < 3; node++) {
      Storage storage = storage(node, "s");
      assertThat(get(storage.get("count"))).contains(Value.of(600));
      assertThat(get(storage.setIfAbsent("first", Value.of(node)))).isEqualTo(node == 0);
      assertThat(get(storage.pushLast("list", Value.of(node)))).isEqualTo(node + 1);
      get(storage.set("soon" + node, Value.of(1), Duration.ofMillis(500)));
    }
    for (Client client : cluster.connectThree("dive")) {
      assertThat(get(client.storage("s").get("count"))).contains(Value.of(600));
      assertThat(get(client.storage("s").range("list", 0, 9)))
          .containsExactly(Value.of(0), Value.of(1), Value.of(2));
    }
    for (int node = 0; node < 3; node++) {
      String key = "soon" + node;
      Storage elsewhere = storage((node + 1) % 3, "s");
      await().atMost(LIMIT).until(() -> get(elsewhere.get(key)).isEmpty());
    }
  }

  @Test
  void aNearCacheSeesItsOwnNodesChangesAtOnceAndOthersSoon() throws Exception {
    for (int round = 1; round <= 20; round++) {
      Value now = Value.of(round);
      for (int key = 0; key < 5; key++) {
        get(storage(0, "near").set("k" + key, now));
        assertThat(get(storage(0, "near").get("k" + key))).contains(now);
      }
      for (int node = 1; node < 3; node++) {
        Storage other = storage(node, "near");
        await().atMost(LIMIT).until(() -> get(other.get("k0")).equals(Optional.of(now)));
      }
    }
  }

  private Storage storage(int node, String name) {
    return cluster.module(node, Dive.class).open(name);
  }

  @Test
  void everybodyOnEveryNodeIsNotifiedOnce() throws Exception {
    List<String> heard = new CopyOnWriteArrayList<>();
    for (Client client : cluster.connectThree("news")) {
      client.onPush(2, NEWS_CMD, payload -> heard.add(client.uid() + " " + text(payload)));
    }
    newsAreOut.complete(null);
    await().atMost(LIMIT).until(() -> heard.size() >= 3);
    await().during(Duration.ofSeconds(1)).atMost(LIMIT).until(() -> heard.size() == 3);
    assertThat(heard).containsExactlyInAnyOrder("a-news extra", "b-news extra", "c-news extra");
  }

  @Test
  void aUserWhoGoesLeavesItsRoomsGroupsSessionAndTalks() throws Exception {
    Client friend = cluster.connect("b-friend");
    Client leaver = cluster.connect("c-leaver");
    List<String> left = new CopyOnWriteArrayList<>();
    for (int node = 0; node < 3; node++) {
      String id = cluster.module(node, Rooms.class).create(RoomOptions.of("hall")).id();
      get(friend.rooms().join(id)).onLeft((who, why, message) -> left.add("room " + who.uid()));
      get(leaver.rooms().join(id));
    }
    for (int i = 0; i < 2; i++) {
      Group group = get(friend.groups().create("club"));
      group.onLeft((who, why, message) -> left.add("group " + who));
      get(leaver.groups().join(group.id()));
    }
    Session party = get(friend.sessions().create("team"));
    party.onLeft((who, why, message) -> left.add("session " + who));
    get(leaver.sessions().join(party.id()));
    friend.directMessages().onPeerGone((who, lost) -> left.add("talk " + who));
    get(leaver.directMessages().send("b-friend", bytes("bye")));

    leaver.close();

    await()
        .atMost(LIMIT)
        .untilAsserted(() ->
            assertThat(left)
                .containsExactlyInAnyOrder(
                    "room c-leaver",
                    "room c-leaver",
                    "room c-leaver",
                    "group c-leaver",
                    "group c-leaver",
                    "session c-leaver",
                    "talk c-leaver"));
    assertThat(friend.rooms().joined())
        .hasSize(3)
        .allSatisfy(room -> assertThat(room.members()).hasSize(1));
    for (Group group : friend.groups().joined()) {
      assertThat(get(group.stat()).members()).isEqualTo(1);
    }
    assertThat(party.members()).containsExactly("b-friend");
    assertThat(get(cluster.module(0, Sessions.class).of("c-leaver"))).isEmpty();
  }
}

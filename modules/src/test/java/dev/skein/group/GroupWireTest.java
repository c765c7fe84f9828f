package dev.skein.group;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.client.Client;
import dev.skein.client.CommandFailed;
import dev.skein.client.Transport;
import dev.skein.module.RealNode;
import dev.skein.protocol.group.GroupCode;
import dev.skein.protocol.group.GroupRequest.Terms;
import dev.skein.protocol.room.LeaveReason;
import dev.skein.server.CommandException;
import dev.skein.server.User;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Groups from real clients through real sockets to a real node and back. */
@Timeout(60)
class GroupWireTest {
  private static final byte[] NOTHING = {};

  private final ConcurrentLinkedQueue<String> hooked = new ConcurrentLinkedQueue<>();
  private final AtomicInteger ticks = new AtomicInteger();
  private final Groups groups = Groups.module();
  private RealNode node;

  /** A client in a group and what it heard there. */
  private record Player(
      Client client, dev.skein.client.group.Group group, ConcurrentLinkedQueue<String> heard) {

    static Player of(Client client, dev.skein.client.group.Group group) {
      ConcurrentLinkedQueue<String> heard = new ConcurrentLinkedQueue<>();
      group.onBroadcast((from, data) -> heard.add("broadcast " + from + " " + text(data)));
      group.onAnnounce(data -> heard.add("announce " + text(data)));
      group.onJoined((who, message) -> heard.add("joined " + who + " " + text(message)));
      group.onLeft((who, why, message) -> heard.add("left " + who + " " + why + text(message)));
      group.onExited((why, message) -> heard.add("exited " + why + " " + text(message)));
      group.onUndelivered(code -> heard.add("undelivered " + code));
      return new Player(client, group, heard);
    }

    void hears(String... lines) {
      RealNode.patience().untilAsserted(() -> assertThat(heard).containsExactly(lines));
    }

    private static String text(byte[] data) {
      return new String(data, UTF_8);
    }
  }

  /** Writes down what happens; nobody called "cheater" comes in, and "captive" does not leave. */
  private final class Notes implements GroupHooks {
    @Override
    public byte[] beforeJoin(Group group, User user, byte[] message) {
      if (user.uid().equals("cheater")) {
        throw CommandException.bad(GroupCode.DENIED, "no cheaters");
      }
      return bytes("hello " + user.uid());
    }

    @Override
    public void beforeLeave(Group group, User user, byte[] message) {
      if (user.uid().equals("captive")) {
        throw CommandException.bad(GroupCode.DENIED, "stay");
      }
    }

    @Override
    public void joined(Group group, User user, byte[] message) {
      hooked.add("joined " + user.uid());
    }

    @Override
    public void left(Group group, User user, LeaveReason reason, byte[] message) {
      hooked.add("left " + user.uid() + " " + reason);
    }

    @Override
    public byte[] discardMessage(Group group, User user) {
      return bytes("lost");
    }

    @Override
    public void closed(Group group) {
      hooked.add("closed " + group.type());
    }

    @Override
    public void tick(Group group) {
      ticks.incrementAndGet();
    }
  }

  @BeforeEach
  void start() {
    GroupOptions ticking = GroupOptions.builder().type("ticking").tickIntervalMillis(20).build();
    groups
        .hooks(new Notes())
        .type(ticking)
        .staticGroup("world", GroupOptions.builder().type("world").build());
    node = RealNode.start(groups, 1_000);
  }

  @AfterEach
  void stop() {
    node.close();
  }

  private static Player enter(Client client, String groupId, String message) {
    return client
        .groups()
        .join(groupId, bytes(message))
        .thenApply(group -> Player.of(client, group))
        .join();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(UTF_8);
  }

  private static void failsWith(int code, CompletableFuture<?> future) {
    assertThatThrownBy(future::join)
        .cause()
        .isInstanceOfSatisfying(
            CommandFailed.class, failed -> assertThat(failed.code()).isEqualTo(code));
  }

  @Test
  void membersOverEveryTransportHearTheSameInTheSameOrder() {
    Player alice = enter(node.connect("alice", Transport.UDP), "world", "");
    Player bob = enter(node.connect("bob", Transport.TCP), "world", "hi");
    Player carol = enter(node.connect("carol", Transport.WS), "world", "");
    assertThat(alice.group().welcome()).isEqualTo(bytes("hello alice"));
    alice.group().broadcast(bytes("one"));
    alice.group().broadcastConfirmed(bytes("two")).join();
    bob.group().broadcastConfirmed(bytes("three")).join();
    groups.find("world").toCompletableFuture().join().orElseThrow().announce(bytes("four"));
    String[] said = {
      "broadcast alice one", "broadcast alice two", "broadcast bob three", "announce four"
    };
    alice.hears("joined bob hi", said[0], said[1], said[2], said[3]);
    bob.hears(said);
    carol.hears(said);
    assertThat(alice.client().groups().stat("world").join().members()).isEqualTo(3);
  }

  @Test
  void groupsAreMadeJoinedLeftAndClosed() {
    Client alice = node.connect("alice", Transport.UDP);
    Client bob = node.connect("bob", Transport.UDP);
    Player first = Player.of(alice, alice.groups().create("chat").join());
    Player second = enter(bob, first.group().id(), "");
    assertThat(alice.groups().list().join()).containsValue(first.group().id());
    second.group().leave(bytes("bye")).join();
    first.hears("left bob LEFTbye");
    second.hears("exited LEFT bye");
    first.group().leave().join();
    failsWith(GroupCode.NOT_A_MEMBER, first.group().broadcastConfirmed(bytes("anybody?")));
    RealNode.patience().until(() -> hooked.contains("closed chat"));
    failsWith(GroupCode.NOT_FOUND, bob.groups().join(first.group().id()));
    failsWith(GroupCode.NOT_FOUND, bob.groups().join("no such name"));
  }

  @Test
  void aClosedGroupLetsEverybodyOut() {
    Player alice = enter(node.connect("alice", Transport.UDP), "world", "");
    Player bob = enter(node.connect("bob", Transport.UDP), "world", "");
    Group world = groups.find("world").toCompletableFuture().join().orElseThrow();
    assertThat(world.localMembers()).hasSize(2);
    world.close(bytes("over")).toCompletableFuture().join();
    alice.hears("exited CLOSED over");
    bob.hears("exited CLOSED over");
    enter(alice.client(), "world", "");
  }

  @Test
  void hooksRefuseAndTheCodeReachesTheClient() {
    failsWith(GroupCode.DENIED, node.connect("cheater", Transport.UDP).groups().join("world"));
    Player captive = enter(node.connect("captive", Transport.UDP), "world", "");
    failsWith(GroupCode.DENIED, captive.group().leave());
    failsWith(GroupCode.ALREADY_A_MEMBER, captive.client().groups().join("world"));
    captive.group().broadcastConfirmed(bytes("still here")).join();
  }

  @Test
  void aLostSessionLeavesItsGroupsAndSaysWhatTheHookSays() {
    Player alice = enter(node.connect("alice", Transport.UDP), "world", "");
    Player bob = enter(node.connect("bob", Transport.UDP), "world", "");
    bob.client().close();
    alice.hears("left bob DISCONNECTEDlost");
    assertThat(hooked).contains("left bob DISCONNECTED");
  }

  @Test
  void randomJoinsAtTheSameMomentMeetInOneGroup() {
    List<Client> players = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      players.add(node.connect("p" + i, i % 2 == 0 ? Transport.UDP : Transport.TCP));
    }
    List<CompletableFuture<dev.skein.client.group.Group>> joining =
        players.stream().map(player -> player.groups().joinOrCreate("quick")).toList();
    assertThat(joining.stream().map(each -> each.join().id()).distinct()).hasSize(1);
    failsWith(GroupCode.NOT_FOUND, players.getFirst().groups().joinRandom("nobody here"));
  }

  @Test
  void aGroupThatMayBeEmptyWaitsForItsTimeToLive() {
    Client alice = node.connect("alice", Transport.UDP);
    String id = alice.groups().createEmpty(new Terms("kept", false, true, 700)).join();
    alice.groups().join(id).join().leave().join();
    alice.groups().join(id).join().leave().join();
    RealNode.patience().until(() -> hooked.contains("closed kept"));
    failsWith(GroupCode.NOT_FOUND, alice.groups().join(id));
  }

  @Test
  void aGroupTicksUntilItCloses() {
    dev.skein.client.group.Group group =
        node.connect("alice", Transport.UDP).groups().create("ticking").join();
    RealNode.patience().until(() -> ticks.get() > 3);
    group.leave().join();
    RealNode.patience().until(() -> hooked.contains("closed ticking"));
  }

  @Test
  void aBroadcastThatIsTooLargeIsRefusedAndOneToNoGroupIsReported() {
    Player alice = enter(node.connect("alice", Transport.UDP), "world", "");
    List<Integer> errors = new ArrayList<>();
    alice.client().onError(error -> errors.add(error.code()));
    failsWith(GroupCode.TOO_LARGE, alice.group().broadcastConfirmed(new byte[61_441]));
    failsWith(GroupCode.TOO_LARGE, alice.group().leave(new byte[1_025]));
    alice.group().leave(NOTHING).join();
    alice.group().broadcast(bytes("late"));
    RealNode.patience().until(() -> errors.contains(GroupCode.NOT_A_MEMBER));
  }
}

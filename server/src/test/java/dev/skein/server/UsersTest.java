package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.mesh.NodeState;
import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.server.config.Settings.DuplicateLogin;
import dev.skein.server.transport.ConnectionEvents;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class UsersTest {
  private final TestNode node = new TestNode();
  private final List<String> seen = new ArrayList<>();

  @Test
  void aUserIsNewOnceAndDiscardedOnceWhateverHappensBetween() throws Exception {
    watch(node);
    TestConnection alice = node.connect("alice");
    User user = node.user("alice");
    alice.events().onDetached();
    assertThat(user.isConnected()).isTrue();
    assertThat(node.users.count()).isEqualTo(1);
    alice.events().onResumed();
    alice.events().onKeepAlive();
    alice.events().onDetached();
    alice.events().onClosed(new CloseReason(Code.IDLE, "gone", false));
    assertThat(seen).containsExactly("new alice", "kept alice", "discarded alice 1012");
    assertThat(user.isConnected()).isFalse();
    assertThat(node.users.count()).isZero();
    assertThat(node.metrics.values()).containsEntry("skein.users.detached", 0.0);
  }

  @Test
  void aSecondLoginEndsTheFirstBeforeTheSecondIsNew() throws Exception {
    watch(node);
    TestConnection first = node.connect("alice");
    User firstUser = node.user("alice");
    node.connect("alice");
    assertThat(first.closeReason().orElseThrow().code()).isEqualTo(Code.REPLACED);
    assertThat(seen).containsExactly("new alice", "discarded alice 1008", "new alice");
    assertThat(node.user("alice")).isNotSameAs(firstUser);
    assertThat(node.users.count()).isEqualTo(1);
    assertThat(node.mesh.self().ccu()).isEqualTo(1);
  }

  @Test
  void commandsOfASecondLoginWaitUntilTheFirstHasEnded() throws Exception {
    TestShard other = new TestShard();
    TestConnection first = node.connect("alice");
    TestConnection second = new TestConnection(other);
    CountDownLatch posted = new CountDownLatch(1);
    // The second arrives on another shard, so the first ends only when its own shard turns to it.
    Thread elsewhere =
        Thread.ofPlatform()
            .start(() -> {
              try {
                second.open(node.users, new TestShard(), "alice");
                second.command(1, 0, 1, "waits");
                posted.countDown();
              } catch (ConnectionEvents.Refused e) {
                throw new AssertionError(e);
              }
            });
    posted.await();
    elsewhere.join();
    assertThat(second.responses()).isEmpty();
    node.shard.runUntil(() -> first.closeReason().isPresent());
    other.advanceMillis(0);
    assertThat(second.onlyResponse().text()).isEqualTo("waits");
  }

  @Test
  void aSecondLoginThatIsGoneBeforeTheFirstHasEndedLeavesNothing() throws Exception {
    watch(node);
    node.connect("alice");
    TestConnection second = new TestConnection(node.shard);
    Thread.ofPlatform()
        .start(() -> {
          try {
            second.open(node.users, new TestShard(), "alice");
          } catch (ConnectionEvents.Refused e) {
            throw new AssertionError(e);
          }
        })
        .join();
    second.close(Code.NONE, "changed my mind");
    node.shard.runUntil(() -> seen.size() == 2);
    assertThat(seen).containsExactly("new alice", "discarded alice 1008");
    assertThat(node.users.count()).isZero();
    node.connect("alice");
    assertThat(seen).hasSize(3);
  }

  @Test
  void aSecondLoginCanBeRefusedInstead() throws Exception {
    TestNode refusing = new TestNode(DuplicateLogin.REFUSE);
    refusing.connect("alice");
    assertThat(refusing.users.admit(new ConnectionEvents.Identity("alice", "s")))
        .isEqualTo(Code.REPLACED);
    assertThatThrownBy(() -> refusing.connect("alice"))
        .isInstanceOfSatisfying(
            ConnectionEvents.Refused.class,
            refused -> assertThat(refused.code()).isEqualTo(Code.REPLACED));
    assertThat(refusing.users.count()).isEqualTo(1);
  }

  @Test
  void aNodeThatIsNotOnlineTakesNoNewUsersAndKeepsItsOwn() throws Exception {
    TestConnection alice = node.connect("alice");
    for (NodeState state : List.of(NodeState.TAKEN, NodeState.OFFLINE)) {
      node.mesh.update(self -> self.withState(state));
      assertThat(node.users.admit(new ConnectionEvents.Identity("bob", "s"))).isEqualTo(Code.FULL);
      assertThatThrownBy(() -> node.connect("bob")).isInstanceOf(ConnectionEvents.Refused.class);
    }
    alice.command(1, 0, 1, "still here");
    assertThat(alice.onlyResponse().text()).isEqualTo("still here");
  }

  @Test
  void hooksRunInOrderAndOneThatThrowsStopsNoOther() throws Exception {
    node.hooks.onNew.add(user -> {
      throw new IllegalStateException("logged");
    });
    node.hooks.onNew.add(user -> seen.add("second"));
    node.hooks.onNew.add(user -> seen.add("third"));
    node.connect("alice");
    assertThat(seen).containsExactly("second", "third");
  }

  @Test
  void aHookForNewUsersMayTurnThemAway() throws Exception {
    node.hooks.onNew.add(user -> user.disconnect(Code.KICKED, "not today"));
    TestConnection alice = node.connect("alice");
    assertThat(alice.closeReason().orElseThrow().code()).isEqualTo(Code.KICKED);
    assertThat(node.users.count()).isZero();
  }

  @Test
  void aPushGoesOutOnItsChannelFromAnyThread() throws Exception {
    TestConnection alice = node.connect("alice");
    User user = node.user("alice");
    user.push(2, 12, new byte[] {42});
    Thread.ofVirtual().start(() -> user.push(2, 13, new byte[0], Channel.UNRELIABLE));
    node.shard.runUntil(() -> alice.sent().size() == 2);
    assertThat(alice.sent().getFirst().message()).containsExactly(3, 2, 0, 12, 42);
    assertThat(alice.sent().getLast().channel()).isEqualTo(Channel.UNRELIABLE);
  }

  @Test
  void aPushOutOfRangeIsTheCallersMistake() throws Exception {
    node.connect("alice");
    User user = node.user("alice");
    assertThatThrownBy(() -> user.push(256, 1, new byte[0]))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> user.push(2, 1, new byte[65_533]))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("65532");
  }

  @Test
  void theAnswerOfAUserWhoHasGoneIsDropped() throws Exception {
    CountDownLatch gate = new CountDownLatch(1);
    CountDownLatch done = new CountDownLatch(1);
    node.table.addGame(
        2,
        10,
        new Route.Blocking(
            List.of((user, command) -> {
              try {
                gate.await();
              } finally {
                done.countDown();
              }
              return null;
            })));
    TestConnection alice = node.connect("alice");
    alice.command(1, 2, 10, "");
    alice.close(Code.NONE, "bye");
    done.await();
    node.connect("bob").command(1, 0, 1, "the shard goes on");
    assertThat(alice.sent()).isEmpty();
    assertThat(node.shard.pendingTimers()).isZero();
  }

  private void watch(TestNode watched) {
    watched.hooks.onNew.add(user -> seen.add("new " + user.uid()));
    watched.hooks.onKeepAlive.add(user -> seen.add("kept " + user.uid()));
    watched.hooks.onDiscard.add(
        (user, reason) -> seen.add("discarded " + user.uid() + " " + reason.code()));
  }
}

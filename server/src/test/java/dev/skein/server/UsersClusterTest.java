package dev.skein.server;

import static dev.skein.server.ClusterOfServers.until;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.client.Client;
import dev.skein.client.LoginRefused;
import dev.skein.mesh.NodeState;
import dev.skein.protocol.Channel;
import dev.skein.protocol.CloseReason;
import dev.skein.protocol.Code;
import dev.skein.server.config.Settings;
import dev.skein.server.config.Settings.DuplicateLogin;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class UsersClusterTest {
  private final ClusterOfServers cluster = new ClusterOfServers();

  @AfterEach
  void stop() {
    cluster.close();
  }

  @Test
  void aSecondLoginOnAnotherNodeEndsTheFirstWhichIsToldWhy() throws Exception {
    cluster.start(UnaryOperator.identity(), "one", "two");
    Client first = cluster.connect("alice", "one");
    BlockingQueue<CloseReason> ends = new LinkedBlockingQueue<>();
    first.onDisconnected(ends::add);
    Client second = cluster.connect("alice", "two");
    CloseReason end = ends.poll(30, TimeUnit.SECONDS);
    assertThat(end).isNotNull().extracting(CloseReason::code).isEqualTo(Code.REPLACED);
    assertThat(cluster.server("one").user("alice")).isEmpty();
    assertThat(cluster.connected()).isEqualTo(1);
    assertThat(now(cluster.server("one").directory().locate("alice")))
        .contains(new UserDirectory.Location("alice", second.sid(), "two", Role.UDP));
  }

  @Test
  void ofManyLoginsAtOnceOneSessionIsLeft() {
    cluster.start(UnaryOperator.identity(), "one", "two", "three");
    List<CompletableFuture<Client>> logins = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      logins.add(cluster.login("alice", List.of("one", "two", "three").get(i % 3)));
    }
    logins.forEach(login -> login.exceptionally(failure -> null).join());
    until(() -> cluster.connected() == 1 && cluster.engines.valueCount() == 1);
    UserDirectory.Location at =
        now(cluster.server("entry").directory().locate("alice")).orElseThrow();
    assertThat(cluster.server(at.node()).user("alice").orElseThrow().sid()).isEqualTo(at.sid());
    assertThat(
            logins.stream()
                .filter(login -> !login.isCompletedExceptionally())
                .map(CompletableFuture::join)
                .filter(client -> client.state() == Client.State.CONNECTED))
        .hasSize(1);
  }

  @Test
  void aSecondLoginIsRefusedInTheWholeClusterIfSoConfigured() {
    cluster.start(this::refusing, "one", "two");
    Client first = cluster.connect("alice", "one");
    assertThatThrownBy(() -> cluster.login("alice", "two").join())
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOfSatisfying(
            LoginRefused.class, refused -> assertThat(refused.httpStatus()).isEqualTo(409));
    assertThat(first.state()).isEqualTo(Client.State.CONNECTED);
    first.close();
    until(() -> cluster.engines.valueCount() == 0);
    cluster.connect("alice", "two");
  }

  @Test
  void ofManyLoginsAtOnceOneIsNotRefused() {
    cluster.start(this::refusing, "one", "two");
    List<CompletableFuture<Client>> logins = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      logins.add(cluster.login("alice", i % 2 == 0 ? "one" : "two"));
    }
    logins.forEach(login -> login.exceptionally(failure -> null).join());
    until(() -> cluster.connected() == 1);
    assertThat(cluster.engines.valueCount()).isEqualTo(1);
  }

  @Test
  void theUsersOfANodeThatDiedMayLogInAtOnceAlsoWhereASecondLoginIsRefused() {
    cluster.start(this::refusing, "one", "two");
    cluster.connect("alice", "one");
    cluster.engines.cutOff("one");
    until(() -> cluster.server("entry").mesh().node("one").isEmpty());
    assertThat(now(cluster.server("two").directory().locate("alice"))).isEmpty();
    assertThat(now(push("two", "alice"))).isFalse();
    cluster.connect("alice", "two");
  }

  @Test
  void aNodeThatWasCutOffGivesUpTheUsersWhoLoggedInElsewhereMeanwhile() {
    cluster.start(UnaryOperator.identity(), "one", "two");
    cluster.connect("alice", "one");
    cluster.engines.cutOff("one");
    until(() -> cluster.server("entry").mesh().node("one").isEmpty());
    cluster.connect("alice", "two");
    assertThat(cluster.server("one").user("alice")).isPresent();
    cluster.engines.heal();
    until(() -> cluster.server("one").user("alice").isEmpty());
    assertThat(cluster.server("two").user("alice")).isPresent();
    assertThat(cluster.server("one").metrics().values()).containsEntry("skein.users.lost", 1.0);
  }

  @Test
  void aNodeThatIsCutOffLetsNobodyInAndKeepsItsUsers() throws Exception {
    cluster.start(UnaryOperator.identity(), "one");
    Client alice = cluster.connect("alice", "one");
    cluster.engines.cutOff("entry");
    assertThat(cluster.call("GET", "/health/ready", null).statusCode()).isEqualTo(503);
    assertThat(cluster.call("POST", "/endpoint/type/UDP/user/bob", null).statusCode())
        .isEqualTo(503);
    cluster.engines.cutOff("one");
    assertThat(alice.state()).isEqualTo(Client.State.CONNECTED);
    cluster.engines.heal();
    until(() -> cluster.server("entry").mesh().nodesByRole("UDP").size() == 1);
    cluster.connect("bob", "one");
    assertThat(alice.state()).isEqualTo(Client.State.CONNECTED);
  }

  @Test
  void aUserIsFoundAndReachedFromAnyNode() throws Exception {
    cluster.start(UnaryOperator.identity(), "one", "two");
    Client alice = cluster.connect("alice", "one");
    BlockingQueue<byte[]> pushes = new LinkedBlockingQueue<>();
    BlockingQueue<CloseReason> ends = new LinkedBlockingQueue<>();
    alice.onPush(2, 12, pushes::add);
    alice.onDisconnected(ends::add);
    for (String node : List.of("one", "two", "entry")) {
      assertThat(now(push(node, "alice"))).isTrue();
      assertThat(pushes.poll(30, TimeUnit.SECONDS)).containsExactly(42);
      assertThat(now(push(node, "bob"))).isFalse();
    }
    assertThat(cluster.server("two").metrics().values())
        .containsEntry("skein.directory.forwarded", 2.0)
        .containsEntry("skein.directory.missed", 1.0);
    until(() -> cluster.server("two").clusterCcu() == 1);
    assertThat(now(cluster.server("two").directory().disconnect("alice", Code.KICKED, "enough")))
        .isTrue();
    CloseReason end = ends.poll(30, TimeUnit.SECONDS);
    assertThat(end).isNotNull().extracting(CloseReason::text).isEqualTo("enough");
    until(() -> now(cluster.server("two").directory().locate("alice")).isEmpty());
  }

  @Test
  void whatCannotBePushedIsTheCallersMistakeWhereverTheUserIs() {
    cluster.start(UnaryOperator.identity(), "one");
    UserDirectory directory = cluster.server("entry").directory();
    assertThatThrownBy(() -> directory.push("bob", 256, 1, new byte[0], Channel.RELIABLE))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> directory.push("bob", 2, 1, new byte[65_533], Channel.RELIABLE))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void noUserIsSentToANodeThatIsNotOnline() throws Exception {
    cluster.start(UnaryOperator.identity(), "one", "two");
    for (NodeState state : List.of(NodeState.TAKEN, NodeState.OFFLINE)) {
      if (state == NodeState.TAKEN) {
        cluster.server("one").markTaken();
      } else {
        cluster.server("one").markOffline();
      }
      // At once: what the entry knows of the node may be old, so the node is asked.
      cluster.wanted = "one";
      assertThat(cluster.call("POST", "/endpoint/type/UDP/user/alice", null).body())
          .contains("\"port\":" + cluster.server("two").address(Role.UDP).orElseThrow().getPort());
    }
    cluster.server("two").markTaken();
    assertThat(cluster.call("POST", "/endpoint/type/UDP/user/alice", null).statusCode())
        .isEqualTo(503);
    cluster.server("one").markOnline();
    assertThat(cluster.call("POST", "/endpoint/type/UDP/user/alice", null).statusCode())
        .isEqualTo(200);
  }

  @Test
  void aNodeGetsNoUsersWhileItsOwnCheckSaysThatItIsTaken() throws Exception {
    cluster.start(UnaryOperator.identity(), "one", "two");
    AtomicBoolean full = new AtomicBoolean(true);
    cluster.server("one").markTakenIf(full::get);
    until(() -> stateSeenByEntry("one") == NodeState.TAKEN);
    cluster.wanted = "one";
    assertThat(cluster.call("POST", "/endpoint/type/UDP/user/alice", null).body())
        .contains("\"port\":" + cluster.server("two").address(Role.UDP).orElseThrow().getPort());
    full.set(false);
    until(() -> stateSeenByEntry("one") == NodeState.ONLINE);
    assertThat(cluster.call("POST", "/endpoint/type/UDP/user/alice", null).body())
        .contains("\"port\":" + cluster.server("one").address(Role.UDP).orElseThrow().getPort());
  }

  private NodeState stateSeenByEntry(String node) {
    return cluster.server("entry").mesh().node(node).orElseThrow().state();
  }

  @Test
  void aNodeThatGoesWhileItIsChosenIsLeftOut() throws Exception {
    cluster.start(UnaryOperator.identity(), "one", "two");
    cluster.server("one").stop();
    cluster.wanted = "one";
    assertThat(cluster.call("POST", "/endpoint/type/UDP/user/alice", null).body())
        .contains("\"port\":" + cluster.server("two").address(Role.UDP).orElseThrow().getPort());
  }

  private ServerBuilder refusing(ServerBuilder builder) {
    return builder.set(Settings.SERVER_DUPLICATE_LOGIN, DuplicateLogin.REFUSE);
  }

  private CompletionStage<Boolean> push(String node, String uid) {
    return cluster.server(node).directory().push(uid, 2, 12, new byte[] {42}, Channel.ordered(0));
  }

  private static <T> T now(CompletionStage<T> stage) {
    return stage.toCompletableFuture().orTimeout(30, TimeUnit.SECONDS).join();
  }
}

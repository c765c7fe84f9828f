package dev.skein.mesh.clustered;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.skein.mesh.engine.EngineException;
import java.net.InetAddress;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class JoinWireTest {
  private static final Optional<String> SECRET = Optional.of("correct horse battery staple");

  private final int port = MeshPorts.free(1).getFirst();
  private final List<TestNode> nodes = new ArrayList<>();

  @AfterEach
  void close() {
    nodes.forEach(TestNode::close);
  }

  private ClusterConfig.Builder seed(String name) {
    return guest(name).port(port);
  }

  private ClusterConfig.Builder guest(String name) {
    return ClusterConfig.builder()
        .cluster("wire")
        .name(name)
        .port(0)
        .seedPatienceMillis(300)
        .namePatienceMillis(300)
        .discovery(new Discovery.Seeds(List.of("127.0.0.1:" + port)));
  }

  private TestNode started(ClusterConfig.Builder config) {
    TestNode node = TestNode.start(config);
    nodes.add(node);
    return node;
  }

  @Test
  void nodesWithASecretTalkAndOneWithAnotherIsToldSo() throws Exception {
    started(seed("a").secret(SECRET));
    started(guest("b").secret(SECRET));
    TestNode.awaitWhole(nodes);
    assertThat(nodes.get(1).add("k", 3)).isEqualTo(3);

    assertThatThrownBy(() -> TestNode.start(guest("c").secret(Optional.of("another long secret"))))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("another secret");

    assertThat(nodes.get(0).engine.members()).containsExactly("a", "b");
    assertThat(nodes.get(0).get("k")).isEqualTo(3);
  }

  @Test
  void silentAndTalkativeStrangersKeepNobodyOut() throws Exception {
    started(seed("a").secret(SECRET));
    List<Socket> strangers = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Socket stranger = new Socket(InetAddress.getLoopbackAddress(), port);
      if (i % 2 == 0) {
        stranger.getOutputStream().write("GET / HTTP/1.1\r\n\r\n".getBytes());
      }
      strangers.add(stranger);
    }

    started(guest("b").secret(SECRET));

    TestNode.awaitWhole(nodes);
    for (Socket stranger : strangers) {
      stranger.close();
    }
  }

  @Test
  void aNodeWithoutASecretListensOnLoopbackOnly() {
    assertThatThrownBy(() -> ClusteredEngine.open(seed("a").bindHost("0.0.0.0").build()))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("loopback");
  }

  @Test
  void aSecondNodeOfOneNameIsRefused() {
    started(seed("a"));

    assertThatThrownBy(() -> TestNode.start(guest("a")))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("'a' already");

    assertThat(nodes.get(0).engine.members()).containsExactly("a");
  }

  @Test
  void aNodeOfAnotherVersionIsRefusedWithBothVersions() {
    started(seed("a"));

    int version = ClusterConfig.PROTOCOL_VERSION;
    assertThatThrownBy(() -> TestNode.start(guest("b"), version + 1, TestNode.COUNTERS))
        .isInstanceOf(EngineException.class)
        .hasMessageContaining("version " + version)
        .hasMessageContaining("version " + (version + 1));

    assertThat(nodes.get(0).engine.members()).containsExactly("a");
  }

  @Test
  void aNodeWhoseSeedsAreDownWaitsForThemAndJoinsOnceTheyAreUp() {
    TestNode early = started(guest("b"));
    assertThat(early.engine.isReady()).isFalse();
    assertThat(early.views).containsExactly(List.of("b"));
    assertThat(early.say("b", "to myself")).isTrue();
    await().atMost(TestNode.LIMIT).until(() -> early.heard.contains("b: to myself"));

    started(seed("a"));

    TestNode.awaitWhole(nodes);
  }

  @Test
  void aNameThatResolvesIsEnoughToFindTheOthers() {
    started(seed("a").discovery(new Discovery.Dns("localhost")));

    assertThat(nodes.get(0).engine.members()).containsExactly("a");
    assertThat(nodes.get(0).engine.isReady()).isTrue();
  }

  @Test
  void nodesThatKnowOnlyADatabaseFindEachOther() throws Exception {
    Discovery database =
        new Discovery.Jdbc("jdbc:h2:mem:discovery;DB_CLOSE_DELAY=-1", "skein", "a password");
    started(guest("a").discovery(database).secret(SECRET));
    started(guest("b").discovery(database).secret(SECRET));
    TestNode late = started(guest("c").discovery(database).secret(SECRET));
    TestNode.awaitWhole(nodes);

    assertThat(late.engine.members()).containsExactly("a", "b", "c");
    assertThat(late.add("k", 3)).isEqualTo(3);
    assertThat(nodes.get(0).get("k")).isEqualTo(3);
  }
}

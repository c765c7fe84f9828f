package dev.skein.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

class LocalDirectoryTest {
  private final TestNode node = new TestNode();
  private final UserDirectory directory =
      new LocalDirectory(
          node.users, node.mesh, (user, target) -> CompletableFuture.completedFuture(false));

  @Test
  void aUserOfTheOnlyNodeIsFoundAndReached() throws Exception {
    TestConnection alice = node.connect("alice");
    assertThat(now(directory.locate("alice")))
        .contains(new UserDirectory.Location("alice", "sid-alice", "local", Role.UDP));
    assertThat(now(directory.push("alice", 2, 12, new byte[] {42}, Channel.ordered(1)))).isTrue();
    assertThat(alice.sent().getFirst().message()).containsExactly(3, 2, 0, 12, 42);
    assertThat(now(directory.disconnect("alice", Code.KICKED, "enough"))).isTrue();
    assertThat(alice.closeReason().orElseThrow().text()).isEqualTo("enough");
  }

  @Test
  void nobodyIsFoundWhoIsNotConnected() {
    assertThat(now(directory.locate("bob"))).isEqualTo(Optional.empty());
    assertThat(now(directory.push("bob", 2, 12, new byte[0], Channel.UNRELIABLE))).isFalse();
    assertThat(now(directory.disconnect("bob", Code.KICKED, "enough"))).isFalse();
  }

  @Test
  void aUserStaysWhereThereIsNoOtherNode() throws Exception {
    TestConnection alice = node.connect("alice");
    assertThat(now(directory.move("alice", "elsewhere"))).isFalse();
    assertThat(alice.closeReason()).isEmpty();
  }

  private static <T> T now(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }
}

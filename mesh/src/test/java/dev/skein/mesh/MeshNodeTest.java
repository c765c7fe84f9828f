package dev.skein.mesh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class MeshNodeTest {
  private static final int TIMEOUT_MILLIS = 200;
  private static final int RUNNING_MAX_COUNT = 2;
  private static final int FIRST_ID = Mesh.RESERVED_MAX_ID + 1;

  private final MeshNode mesh =
      MeshNode.local(
          new NodeInfo(
              LocalEngine.ADDRESS,
              7,
              "battle",
              NodeState.ONLINE,
              Map.of("UDP", "127.0.0.1:7100"),
              0,
              "1",
              Map.of()),
          MeshSettings.DEFAULTS
              .withRequestTimeoutMillis(TIMEOUT_MILLIS)
              .withHandlersRunningMaxCount(RUNNING_MAX_COUNT));

  record Question(String text, List<Integer> numbers) {}

  @AfterEach
  void close() {
    mesh.close();
  }

  @Test
  void aNodeThatIsAloneSeesItselfByAddressRoleAndType() {
    assertThat(mesh.nodes()).containsExactly(mesh.self());
    assertThat(mesh.node(LocalEngine.ADDRESS)).contains(mesh.self());
    assertThat(mesh.node("elsewhere")).isEmpty();
    assertThat(mesh.nodesByRole("UDP")).hasSize(1);
    assertThat(mesh.nodesByRole("TCP")).isEmpty();
    assertThat(mesh.nodesByType("battle")).hasSize(1);
    assertThat(mesh.nodesByType("UDP")).isEmpty();
  }

  @Test
  void aNodeChangesWhatIsKnownOfItButNotItsAddress() {
    mesh.update(self -> self.withState(NodeState.TAKEN).withCcu(3));
    assertThat(mesh.self().acceptsUsers()).isFalse();
    assertThat(mesh.self().ccu()).isEqualTo(3);
    NodeInfo other = new NodeInfo("other", 7, "", NodeState.ONLINE, Map.of(), 0, "1", Map.of());
    assertThatThrownBy(() -> mesh.update(self -> other))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void aRequestToOneselfIsAnsweredByItsHandlerWhichIsToldTheSender() {
    mesh.onRequest(
        FIRST_ID,
        (sender, data) -> Map.of("sender", sender, "got", data.getOrDefault("numbers", 0)));
    mesh.start();
    assertThat(
            join(
                mesh.request(
                    FIRST_ID, LocalEngine.ADDRESS, new Question("how many", List.of(1, 2)))))
        .isEqualTo(Map.of("sender", LocalEngine.ADDRESS, "got", List.of(1, 2)));
  }

  @Test
  void anRpcCarriesBytesAndHasIdsOfItsOwn() {
    mesh.onRequest(FIRST_ID, (sender, data) -> null);
    mesh.onRpc(FIRST_ID, (sender, data) -> new byte[] {data[1], data[0]});
    mesh.start();
    assertThat(join(mesh.rpc(FIRST_ID, LocalEngine.ADDRESS, new byte[] {1, 2})))
        .containsExactly(2, 1);
    assertThat(join(mesh.request(FIRST_ID, LocalEngine.ADDRESS, Map.of()))).isEmpty();
  }

  @Test
  void aHandlersExceptionReachesTheCallerAsTheHandlersError() {
    mesh.onRequest(
        FIRST_ID,
        (sender, data) -> {
          throw new IllegalStateException("no such player");
        });
    mesh.start();
    assertThatThrownBy(() -> join(mesh.request(FIRST_ID, LocalEngine.ADDRESS, Map.of())))
        .cause()
        .isInstanceOf(MeshException.HandlerFailed.class)
        .hasMessage("no such player");
  }

  @Test
  void noNodeNoHandlerAndNoAnswerAreNetworkErrors() throws InterruptedException {
    CountDownLatch never = new CountDownLatch(1);
    mesh.onRpc(
        FIRST_ID,
        (sender, data) -> {
          never.await();
          return data;
        });
    assertUnreachable(mesh.rpc(FIRST_ID, LocalEngine.ADDRESS, new byte[0]), "not started");
    mesh.start();
    assertUnreachable(mesh.rpc(FIRST_ID, "elsewhere", new byte[0]), "no node elsewhere");
    assertUnreachable(mesh.rpc(FIRST_ID + 1, LocalEngine.ADDRESS, new byte[0]), "no handler");
    assertUnreachable(mesh.rpc(FIRST_ID, LocalEngine.ADDRESS, new byte[0]), "within 200 ms");
    never.countDown();
  }

  @Test
  void requestsBeyondTheLimitFailAtOnceAndLaterOnesAreServedAgain() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(RUNNING_MAX_COUNT);
    CountDownLatch gate = new CountDownLatch(1);
    mesh.onRpc(
        FIRST_ID,
        (sender, data) -> {
          begun.countDown();
          gate.await();
          return data;
        });
    mesh.start();
    List<CompletionStage<byte[]>> running =
        List.of(
            mesh.rpc(FIRST_ID, LocalEngine.ADDRESS, new byte[0]),
            mesh.rpc(FIRST_ID, LocalEngine.ADDRESS, new byte[0]));
    begun.await();
    assertUnreachable(mesh.rpc(FIRST_ID, LocalEngine.ADDRESS, new byte[0]), "too many");
    gate.countDown();
    running.forEach(stage -> stage.toCompletableFuture().handle((bytes, failure) -> 0).join());
    assertThat(join(mesh.rpc(FIRST_ID, LocalEngine.ADDRESS, new byte[] {5}))).containsExactly(5);
  }

  @Test
  void dataOfATypeThatDoesNotTravelIsTheCallersMistake() {
    mesh.start();
    assertThatThrownBy(() ->
            mesh.request(FIRST_ID, LocalEngine.ADDRESS, Map.of("who", Map.of("me", new Object()))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("who.me is a java.lang.Object");
  }

  @Test
  void aSendReachesTheHandlerAndNobodyAnswers() throws InterruptedException {
    LinkedBlockingQueue<Map<String, Object>> got = new LinkedBlockingQueue<>();
    mesh.onRequest(
        FIRST_ID,
        (sender, data) -> {
          got.add(data);
          return null;
        });
    mesh.start();
    mesh.send(FIRST_ID, List.of("elsewhere", LocalEngine.ADDRESS), Map.of("n", 1), true);
    assertThat(got.poll(30, TimeUnit.SECONDS)).isEqualTo(Map.of("n", 1));
  }

  @Test
  void handlersAreSetOnceBeforeStartWithIdsOfTheGame() {
    mesh.onRequest(FIRST_ID, (sender, data) -> null);
    assertThatThrownBy(() -> mesh.onRequest(FIRST_ID, (sender, data) -> null))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("mesh command 10001 has a handler already");
    assertThatThrownBy(() -> mesh.onRpc(Mesh.RESERVED_MAX_ID, (sender, data) -> data))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("mesh RPC 10000 is not within 10001..65535");
    assertThatThrownBy(() -> mesh.onRpc(Mesh.MAX_ID + 1, (sender, data) -> data))
        .isInstanceOf(IllegalArgumentException.class);
    mesh.start();
    assertThatThrownBy(() -> mesh.onRpc(FIRST_ID, (sender, data) -> data))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("mesh RPC 10001 is set after start");
  }

  private static <T> T join(CompletionStage<T> stage) {
    return stage.toCompletableFuture().join();
  }

  private static void assertUnreachable(CompletionStage<byte[]> stage, String because) {
    assertThatThrownBy(() -> join(stage))
        .isInstanceOf(CompletionException.class)
        .cause()
        .isInstanceOf(MeshException.NetworkFailed.class)
        .hasMessageContaining(because);
  }
}

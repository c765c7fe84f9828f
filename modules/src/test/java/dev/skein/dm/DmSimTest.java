package dev.skein.dm;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.skein.protocol.dm.DmCmd;
import dev.skein.protocol.dm.DmCode;
import dev.skein.protocol.dm.DmEvent;
import dev.skein.protocol.dm.DmRequest;
import dev.skein.simulation.SimAnswer;
import dev.skein.simulation.SimClient;
import dev.skein.simulation.SimCluster;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Direct messages on a simulated cluster whose users move and whose nodes die. */
class DmSimTest {
  private final List<SimClient> clients = new ArrayList<>();
  private final Map<String, CompletableFuture<SimAnswer>> said = new HashMap<>();

  static LongStream seeds() {
    return LongStream.range(0, 200);
  }

  @ParameterizedTest
  @MethodSource("seeds")
  void whatIsConfirmedArrivesOnceAndInOrderWhoeverMovesOrDies(long seed) {
    SimCluster cluster = SimCluster.builder(seed).nodes(3).with(DirectMessages::module).start();
    for (int i = 0; i < 6; i++) {
      clients.add(anyNode(cluster).connect("u" + i));
    }
    for (int step = 0; step < 80; step++) {
      SimClient from = clients.get(cluster.random().nextInt(clients.size()));
      SimClient to = clients.get(cluster.random().nextInt(clients.size()));
      int chance = cluster.random().nextInt(30);
      if (chance == 0 && cluster.nodes().size() > 2) {
        cluster.crash(anyNode(cluster).index());
      } else if (chance < 5 && from.isConnected()) {
        from.node().directory().move(from.uid(), anyNode(cluster).address());
      } else if (from.isConnected()) {
        say(from, to, step);
      }
      cluster.run(Duration.ofMillis(cluster.random().nextInt(30)));
    }
    cluster.run(Duration.ofSeconds(15));
    check(seed);
  }

  private static dev.skein.simulation.SimNode anyNode(SimCluster cluster) {
    return cluster.nodes().get(cluster.random().nextInt(cluster.nodes().size()));
  }

  private void say(SimClient from, SimClient to, int step) {
    String text = from.uid() + ">" + to.uid() + " " + (1_000 + step);
    DmRequest.Send request = new DmRequest.Send(to.uid(), text.getBytes(UTF_8));
    said.put(text, from.send(request.cmd(), request.encode()));
  }

  private void check(long seed) {
    Set<String> heard = new HashSet<>();
    for (SimClient client : clients) {
      Map<String, String> last = new HashMap<>();
      for (byte[] payload : client.pushes(DmCmd.MESSAGE)) {
        var event = (DmEvent.Message) DmEvent.decode(DmCmd.MESSAGE, payload).orElseThrow();
        String text = new String(event.data(), UTF_8);
        assertThat(heard.add(text)).as("%s: %s twice", seed, text).isTrue();
        String before = last.put(event.uid(), text);
        assertThat(before == null || before.compareTo(text) < 0)
            .as("%s: %s after %s", seed, text, before)
            .isTrue();
      }
    }
    said.forEach((text, answer) -> {
      if (answer.isDone() && !answer.isCompletedExceptionally() && answer.join().isOk()) {
        assertThat(heard).as("%s: confirmed", seed).contains(text);
      }
    });
  }

  @Test
  void aPeerOnAnotherNodeIsToldOfTheEndOfASession() {
    SimCluster cluster = SimCluster.builder(1).nodes(2).with(DirectMessages::module).start();
    SimClient alice = cluster.node(0).connect("alice");
    SimClient bob = cluster.node(1).connect("bob");
    DmRequest.Send hi = new DmRequest.Send("bob", "hi".getBytes(UTF_8));
    cluster.await(alice.send(hi.cmd(), hi.encode())).orFail();
    cluster.await(cluster.node(0).directory().move("alice", cluster.node(1).address()));
    alice.leave();
    cluster.run(Duration.ofSeconds(1));
    assertThat(bob.pushes(DmCmd.PEER_GONE)).hasSize(1);
    DmRequest.Send late = new DmRequest.Send("alice", "late".getBytes(UTF_8));
    SimAnswer answer = cluster.await(bob.send(late.cmd(), late.encode()));
    assertThat(answer.code()).isEqualTo(DmCode.OFFLINE);
  }
}

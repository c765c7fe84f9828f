package dev.skein.simulation;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.skein.protocol.Channel;
import dev.skein.protocol.Code;
import dev.skein.server.Module;
import dev.skein.server.ModuleContext;
import dev.skein.server.Status;
import dev.skein.server.Traveller;
import dev.skein.server.User;
import dev.skein.server.UserDirectory.Location;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SimClusterTest {
  private static final int GREET = 900;
  private static final int HIDDEN = 901;

  private final SimCluster cluster =
      SimCluster.builder(1).with(Greeter::new, Map.of("word", "hello")).start();

  /** Greets others anywhere, and counts how often each of its users did. */
  private static final class Greeter implements Module, Traveller {
    private final Map<String, Integer> greetings = new HashMap<>();
    private final List<String> events = new ArrayList<>();

    @Override
    public String name() {
      return "greeter";
    }

    @Override
    public void install(ModuleContext context) {
      byte[] word = String.valueOf(context.settings().get("word")).getBytes(UTF_8);
      context.onUserNew(user -> events.add("+" + user.uid()));
      context.onUserDiscard((user, reason) -> events.add("-" + user.uid()));
      context.onUserMove(this);
      context.builtIn(HIDDEN, false, (user, command, responder) -> responder.ok());
      context.builtIn(
          GREET,
          true,
          (user, command, responder) -> {
            int count = greetings.merge(user.uid(), 1, Integer::sum);
            context
                .directory()
                .push(new String(command.payload(), UTF_8), 1, GREET, word, Channel.ordered(0))
                .thenAccept(there -> {
                  if (there) {
                    responder.ok(new byte[] {(byte) count});
                  } else {
                    responder.bad(Code.NONE, "nobody of that name");
                  }
                });
          });
    }

    @Override
    public byte[] pack(User user) {
      Integer count = greetings.remove(user.uid());
      return count == null ? new byte[0] : new byte[] {count.byteValue()};
    }

    @Override
    public void unpack(User user, byte[] packed) {
      greetings.put(user.uid(), (int) packed[0]);
    }
  }

  private SimAnswer greet(SimClient from, String whom) {
    return cluster.await(from.send(GREET, whom.getBytes(UTF_8)));
  }

  @Test
  void aCommandOnOneNodeReachesAUserOnAnother() {
    SimClient alice = cluster.node(0).connect("alice");
    SimClient bob = cluster.node(2).connect("bob");
    assertThat(greet(alice, "bob").orFail()).containsExactly(1);
    cluster.run(Duration.ofMillis(5));
    assertThat(bob.pushes(GREET)).containsExactly("hello".getBytes(UTF_8));
    assertThat(greet(alice, "carol").status()).isEqualTo(Status.BAD);
    assertThat(cluster.await(alice.send(HIDDEN, new byte[0])).code())
        .isEqualTo(Code.UNKNOWN_COMMAND);
  }

  @Test
  void aMovedUserKeepsItsSessionItsDataAndWhatModulesKeepAndNoModuleSeesItLeave() {
    SimClient alice = cluster.node(0).connect("alice");
    cluster.node(1).connect("bob");
    alice.user().data().set("level", 7);
    String sid = alice.sid();
    greet(alice, "bob");
    assertThat(cluster.await(cluster.node(1).directory().move("alice", "node-2"))).isTrue();
    assertThat(alice.node()).isSameAs(cluster.node(2));
    assertThat(alice.user().data().get("level", Integer.class)).contains(7);
    assertThat(greet(alice, "bob").orFail()).containsExactly(2);
    assertThat(cluster.await(cluster.node(1).directory().locate("alice")))
        .contains(new Location("alice", sid, "node-2", alice.user().role()));
    assertThat(cluster.node(0).module(Greeter.class).events).containsExactly("+alice");
    assertThat(cluster.node(2).module(Greeter.class).events).isEmpty();
  }

  @Test
  void aSecondLoginEndsTheFirstWhereverItIs() {
    SimClient first = cluster.node(0).connect("alice");
    SimClient second = cluster.node(1).connect("alice");
    cluster.run(Duration.ofMillis(1));
    assertThat(first.isConnected()).isFalse();
    assertThat(first.closed().orElseThrow().code()).isEqualTo(Code.REPLACED);
    assertThat(cluster.client("alice")).containsSame(second);
    assertThat(cluster.node(0).module(Greeter.class).events).containsExactly("+alice", "-alice");
  }

  @Test
  void usersOfADeadNodeAreGoneAndItsSuccessorKnowsNothingOfThem() {
    SimClient alice = cluster.node(0).connect("alice");
    SimClient bob = cluster.node(1).connect("bob");
    cluster.crash(0);
    assertThat(alice.isConnected()).isFalse();
    assertThat(greet(bob, "alice").status()).isEqualTo(Status.BAD);
    assertThatThrownBy(() -> cluster.node(0)).isInstanceOf(IllegalArgumentException.class);
    cluster.restart(0);
    cluster.settle();
    assertThat(cluster.node(0).module(Greeter.class).events).isEmpty();
  }

  @Test
  void theSameSeedGivesTheSameRun() {
    assertThat(trace(7)).isEqualTo(trace(7)).isNotEqualTo(trace(8));
  }

  private static List<Long> trace(long seed) {
    SimCluster run = SimCluster.builder(seed).with(Greeter::new).start();
    run.pause(1);
    run.run(Duration.ofSeconds(5));
    run.resume(1);
    run.settle();
    List<Long> trace = new ArrayList<>(List.of(run.clock().nanoTime()));
    run.nodes().forEach(node -> trace.add(node.mesh().stats().bytesIn()));
    return trace;
  }

  @Test
  void aConditionThatNeverHoldsFailsAndNamesTheSeed() {
    assertThatThrownBy(() -> cluster.runUntil(() -> false))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed 1");
  }
}

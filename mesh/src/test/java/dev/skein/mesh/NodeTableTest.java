package dev.skein.mesh;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NodeTableTest {
  private static final List<String> TRIO = List.of("a", "b", "c");

  private final NodeTable table = new NodeTable(node("a", 1), Runnable::run);
  private final List<String> told = new ArrayList<>();

  private static NodeInfo node(String address, long id) {
    return new NodeInfo(address, id, address, NodeState.ONLINE, Map.of(), 0, "1", Map.of());
  }

  /** Listeners may be told on another thread before the call is over, as here on the same. */
  private void noteWhoIsThere() {
    table.see(TRIO);
    table.hear(node("b", 2));
    table.hear(node("c", 3));
    table.watch(
        new NodeListener() {
          @Override
          public void onLeave(NodeInfo node) {
            note("left", node);
          }

          @Override
          public void onJoin(NodeInfo node) {
            note("came", node);
          }
        });
  }

  private void note(String what, NodeInfo node) {
    boolean isThere = node.equals(table.byAddress().get(node.address()));
    told.add(node.address() + " " + node.id() + " " + what + (isThere ? ", is there" : ""));
  }

  @Test
  void whoIsToldThatANodeHasLeftDoesNotSeeItAnyMore() {
    noteWhoIsThere();
    table.see(List.of("a"));
    assertThat(told).containsExactlyInAnyOrder("b 2 left", "c 3 left");
  }

  @Test
  void whoIsToldThatANodeIsRefusedDoesNotSeeItAnyMore() {
    noteWhoIsThere();
    table.refuse("b");
    assertThat(told).containsExactly("b 2 left");
  }

  @Test
  void whoIsToldThatANodeHasStartedAgainSeesOnlyTheNewOne() {
    noteWhoIsThere();
    table.hear(node("b", 20));
    assertThat(told).containsExactly("b 2 left", "b 20 came, is there");
  }
}

package dev.skein.module;

import dev.skein.simulation.SimCluster;
import dev.skein.simulation.SimNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What goes wrong in a simulated cluster of several nodes, more than one thing at a time: on the
 * lowest of a test's chances, and drawn from the cluster's seed. One thread.
 */
public final class Turmoil {
  private static final int NODES_MIN_COUNT = 2;
  private static final int FREEZE_MAX_MILLIS = 6_000;

  private final SimCluster cluster;
  private final List<Integer> down = new ArrayList<>();

  public Turmoil(SimCluster cluster) {
    this.cluster = cluster;
  }

  /** On 0 to 2 a node crashes, comes back or leaves; false if none did. */
  public boolean comesAndGoes(int chance) {
    if (chance == 0 && cluster.nodes().size() > NODES_MIN_COUNT) {
      int victim = anyNode();
      cluster.crash(victim);
      down.add(victim);
      return true;
    } else if (chance == 1 && !down.isEmpty()) {
      cluster.restart(down.removeFirst());
      return true;
    } else if (chance == 2 && cluster.nodes().size() > NODES_MIN_COUNT) {
      int victim = anyNode();
      cluster.stop(victim);
      down.add(victim);
      return true;
    }
    return false;
  }

  /**
   * On 0 to 2 the four nodes fall apart, grow together or one does not hear another; else false.
   */
  public boolean partsAndHeals(int chance) {
    switch (chance) {
      case 0 -> {
        int cut = 1 + cluster.random().nextInt(3);
        cluster.partition(
            IntStream.range(0, cut).boxed().toList(), IntStream.range(cut, 4).boxed().toList());
      }
      case 1 -> cluster.heal();
      case 2 -> {
        int one = cluster.random().nextInt(4);
        cluster.cut(one, (one + 1) % 4);
      }
      default -> {
        return false;
      }
    }
    return true;
  }

  /** Some node stands still for some seconds. */
  public void freezesSomebody() {
    int victim = anyNode();
    cluster.pause(victim);
    cluster.run(Duration.ofMillis(cluster.random().nextInt(FREEZE_MAX_MILLIS)));
    cluster.resume(victim);
  }

  private int anyNode() {
    List<SimNode> nodes = cluster.nodes();
    return nodes.get(cluster.random().nextInt(nodes.size())).index();
  }
}

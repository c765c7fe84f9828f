package dev.skein.module;

import dev.skein.simulation.SimCluster;
import java.time.Duration;
import java.util.List;

/** What goes wrong in a simulated cluster of three nodes, one thing at a time. One thread. */
public final class Mishaps {
  private static final int NOBODY = -1;

  private final SimCluster cluster;
  private int down = NOBODY;
  private boolean cut;

  public Mishaps(SimCluster cluster) {
    this.cluster = cluster;
  }

  /** True until {@link #recover}, if a node is down or alone. */
  public boolean isAnything() {
    return down != NOBODY || cut;
  }

  public void crash(int node) {
    down = node;
    cluster.crash(node);
  }

  /** The others do not see it, nor it them. */
  public void cutOff(int node) {
    cut = true;
    cluster.partition(List.of(node), List.of((node + 1) % 3, (node + 2) % 3));
  }

  /** It stands still for so long. */
  public void freeze(int node, Duration time) {
    cluster.pause(node);
    cluster.run(time);
    cluster.resume(node);
  }

  /** All is well again, when this returns. */
  public void recover() {
    if (down != NOBODY) {
      cluster.restart(down);
      down = NOBODY;
      // Until everything has two copies again.
      cluster.run(Duration.ofMillis(2_100));
    }
    if (cut) {
      cluster.heal();
      cut = false;
    }
    cluster.settle();
  }
}

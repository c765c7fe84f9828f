package dev.skein.bench;

import dev.skein.mesh.MeshStats;
import dev.skein.mesh.NodeState;
import dev.skein.simulation.SimCluster;
import dev.skein.simulation.SimNode;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.ToLongFunction;
import picocli.CommandLine.Command;

/**
 * {@code skein bench mesh-growth}: what a mesh costs each of its nodes as nodes are added. Counted
 * in simulated clusters of one JVM, so the figures are exact and the machine's speed is not in
 * them.
 */
@Command(
    name = "mesh-growth",
    mixinStandardHelpOptions = true,
    description = "Counts messages and memory per node for meshes of 3, 10, 30 and 100 nodes.")
public final class MeshGrowth implements Callable<Integer> {
  private static final int[] SIZES = {3, 10, 30, 100};
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration STEP = Duration.ofMillis(1);
  private static final int CCU_CHANGES_PER_SECOND = 100;
  private static final long SEED = 1;

  @Override
  public Integer call() {
    System.out.println(
        "| nodes | formed after (virtual ms) | frames per node to form | bytes per node to form"
            + " | frames per node and second, idle | the same, CCU changing everywhere"
            + " | state change seen by all after (virtual ms) | heap per node (KB) |");
    System.out.println("| ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: |");
    measure(SIZES[0]);
    for (int nodes : SIZES) {
      System.out.println(measure(nodes));
    }
    return 0;
  }

  private static String measure(int nodes) {
    long heapBefore = usedBytes();
    SimCluster cluster = SimCluster.of(SEED, nodes);
    long formedMillis = millis(cluster);
    long frames = perNode(cluster, MeshStats::framesOut);
    long bytes = perNode(cluster, MeshStats::bytesOut);
    cluster.run(SECOND);
    long idleBefore = perNode(cluster, MeshStats::framesOut);
    cluster.run(SECOND);
    long idle = perNode(cluster, MeshStats::framesOut) - idleBefore;
    long heapBytes = (usedBytes() - heapBefore) / nodes;
    long busy = ccuChanges(cluster);
    long seenMillis = stateChange(cluster);
    return "| %d | %d | %d | %d | %d | %d | %d | %d |"
        .formatted(nodes, formedMillis, frames, bytes, idle, busy, seenMillis, heapBytes / 1024);
  }

  private static long ccuChanges(SimCluster cluster) {
    long before = perNode(cluster, MeshStats::framesOut);
    for (int i = 1; i <= CCU_CHANGES_PER_SECOND; i++) {
      int ccu = i;
      cluster.nodes().forEach(node -> node.mesh().update(self -> self.withCcu(ccu)));
      cluster.run(SECOND.dividedBy(CCU_CHANGES_PER_SECOND));
    }
    return perNode(cluster, MeshStats::framesOut) - before;
  }

  private static long stateChange(SimCluster cluster) {
    long before = millis(cluster);
    SimNode changed = cluster.node(0);
    changed.mesh().update(self -> self.withState(NodeState.TAKEN));
    BooleanSupplier seen =
        () ->
            cluster.nodes().stream()
                .allMatch(node ->
                    node.mesh().node(changed.address()).orElseThrow().state() == NodeState.TAKEN);
    while (!seen.getAsBoolean()) {
      cluster.run(STEP);
    }
    return millis(cluster) - before;
  }

  private static long perNode(SimCluster cluster, ToLongFunction<MeshStats> figure) {
    long sum =
        cluster.nodes().stream().mapToLong(node -> figure.applyAsLong(node.mesh().stats())).sum();
    return sum / cluster.nodes().size();
  }

  private static long millis(SimCluster cluster) {
    return TimeUnit.NANOSECONDS.toMillis(cluster.clock().nanoTime());
  }

  @SuppressWarnings("SystemGC")
  private static long usedBytes() {
    System.gc();
    Runtime runtime = Runtime.getRuntime();
    return runtime.totalMemory() - runtime.freeMemory();
  }
}

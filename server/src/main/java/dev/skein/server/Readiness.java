package dev.skein.server;

import dev.skein.mesh.Mesh;
import dev.skein.mesh.NodeState;

/** Whether a node is fit to serve. Any thread may call. */
final class Readiness {
  private final Mesh mesh;
  private final int nodesMinCount;
  private volatile boolean enoughSeen;

  Readiness(Mesh mesh, int nodesMinCount) {
    this.mesh = mesh;
    this.nodesMinCount = nodesMinCount;
  }

  /** Nodes that were there once may go: a cluster that shrinks goes on. */
  boolean isReady() {
    if (!enoughSeen) {
      enoughSeen = mesh.nodes().size() >= nodesMinCount;
    }
    return enoughSeen && mesh.isReady() && mesh.self().state() != NodeState.OFFLINE;
  }
}

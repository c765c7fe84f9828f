package dev.skein.mesh;

/** Watches the nodes of the mesh; see {@link Mesh#onNodes}. */
public interface NodeListener {
  /** Runs the action whenever a node comes in sight or goes out of it. */
  static NodeListener ofComingAndGoing(Runnable action) {
    return new NodeListener() {
      @Override
      public void onJoin(NodeInfo node) {
        action.run();
      }

      @Override
      public void onLeave(NodeInfo node) {
        action.run();
      }
    };
  }

  /** A node came in sight. */
  default void onJoin(NodeInfo node) {}

  /** What a node says of itself has changed. */
  default void onChange(NodeInfo before, NodeInfo after) {}

  /** A node went out of sight: it left, died or is cut off. */
  default void onLeave(NodeInfo node) {}
}

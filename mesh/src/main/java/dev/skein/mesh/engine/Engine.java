package dev.skein.mesh.engine;

import dev.skein.mesh.Store;
import dev.skein.mesh.StoreOptions;
import java.util.List;

/**
 * What Skein needs of a cluster engine: who is there, frames to them, and stores. Everything else
 * (the mesh: node data, requests, trees, shared data) is the same over every engine. Any thread may
 * call.
 */
public interface Engine extends AutoCloseable {

  /**
   * Joins the cluster; may block until it has. Stores are opened before.
   *
   * @throws EngineException if this node may not join: a wrong secret, a node of the same name, an
   *     incompatible version; the text is for the operator
   */
  void start(Listener listener);

  /** This node's mesh address, known after {@link #start}. */
  String address();

  /** True while this node is fit to serve: joined, stores balanced, not in a minority. */
  boolean isReady();

  /**
   * Hands a frame over. Never blocks: a frame that finds the queue to its receiver full is refused.
   * Frames from one node to another arrive in order, once, unless one loses sight of the other.
   *
   * @param reliable false if the frame may be dropped as soon as the queue is half full
   * @return false if it was refused
   */
  boolean send(String address, byte[] frame, boolean reliable);

  /**
   * Hands over a frame that nobody waits for: reliable, in order with the others, but while frames
   * flow it may wait three milliseconds for company.
   *
   * @return false if it was refused
   */
  default boolean sendGathered(String address, byte[] frame) {
    return send(address, frame, true);
  }

  /**
   * Opens a store, before {@link #start}.
   *
   * @throws java.io.UncheckedIOException if its directory cannot be used
   */
  Store store(StoreOptions options, Store.Operator operator);

  /** Its figures, for operators. */
  default EngineStats stats() {
    return EngineStats.NONE;
  }

  /** Leaves the cluster; may block for some seconds, until nothing is lost by it. */
  @Override
  void close();

  /** What an engine reports, on threads of its own, one call at a time. Must not block. */
  interface Listener {
    /** The nodes in sight have changed; this one is among them. */
    void onView(List<String> addresses);

    /** A frame came; also from this node itself. */
    void onFrame(String sender, byte[] frame);
  }
}

package dev.skein.mesh;

import java.util.Collection;
import java.util.concurrent.CompletionStage;

/**
 * Bytes between the copies of one module on several nodes. Any thread may call, nothing blocks.
 * From one node to another, messages of a topic arrive in the order they were sent, once; they are
 * lost only if one of the two nodes leaves the other's sight. A node may send to itself.
 */
public interface Topic {

  /**
   * Hands a message over for a node. The array must not be changed afterwards. While messages flow
   * it may wait three milliseconds for others, which costs both nodes far less than each by itself.
   *
   * @return false if no such node is in sight or the queue to it is full (both are counted)
   */
  boolean send(String address, byte[] message);

  /**
   * The same for a message that somebody waits for: it leaves at once, and takes along what waits.
   *
   * @return false if no such node is in sight or the queue to it is full (both are counted)
   */
  boolean sendAtOnce(String address, byte[] message);

  /**
   * The same as {@link #send(String, byte[])} for many nodes; beyond a few they pass it on as a
   * tree, whose messages have no order against those sent directly. A node that dies while it
   * passes a message on loses it for those behind it.
   *
   * @return how many were refused here
   */
  int send(Collection<String> addresses, byte[] message);

  /**
   * Asks a node.
   *
   * @return the answer; or {@link MeshException.HandlerFailed}, or {@link
   *     MeshException.NetworkFailed} if there is no answer within the mesh's request time
   */
  CompletionStage<byte[]> ask(String address, byte[] question);

  /**
   * The other end. Called on a mesh thread, must not block: a module posts to its shards. What it
   * throws is logged, and reaches one who asked as {@link MeshException.HandlerFailed}.
   */
  interface Handler {
    /**
     * A message came.
     *
     * @param sender the mesh address of the node that sent it
     */
    void onMessage(String sender, byte[] message);

    /** A question came. */
    CompletionStage<byte[]> onAsk(String sender, byte[] question);
  }
}
